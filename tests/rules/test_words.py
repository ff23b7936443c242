"""Names that say something, docstrings, and no trace of the machine that a file was written on."""

import ast
import re
from pathlib import Path

import pytest

from tests.rules.tree import ROOT, files, is_revision, modules, name, tree

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "services", "service", "manager"}

# In two parts, so that this file does not name them itself.
HOSTS = (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmmirror", "com"), ("deb.debian", "org"))
REGISTRIES = re.compile(
    r"://[a-z0-9.-]+/(simple|packages)\b|index-url[ =]+(https?|file):|" + "|".join(map(r"\.".join, HOSTS))
)
HOMES = re.compile(r"(?<![\w.])/(home|Users|root)/\w")


def machine_paths() -> list[str]:
    """Where this copy lies and whose home it is, when they are special enough to be told from ordinary words."""
    return [str(path) for path in (ROOT, Path.home()) if len(path.parts) > 2]


def traces(text: str) -> list[str]:
    """The first trace of each kind in a text: a registry's address, somebody's home, this copy's own path."""
    found = [match.group(0) for pattern in (REGISTRIES, HOMES) if (match := pattern.search(text))]
    return found + [path for path in machine_paths() if re.search(rf"{re.escape(path)}(?![\w-])", text)]


def undocumented(module: ast.Module) -> list[str]:
    """The public functions and classes of a module, and the module itself, that have no docstring."""
    documented = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    public = [node for node in module.body if isinstance(node, documented) and not node.name.startswith("_")]
    lacking = [node.name for node in public if not ast.get_docstring(node)]
    return lacking if ast.get_docstring(module) or not module.body else ["the module", *lacking]


def test_names_say_what_a_file_is_for():
    parts = {path: {Path(part).stem for part in path.relative_to(ROOT).parts} for path in files()}
    assert [name(path) for path, stems in parts.items() if stems & EMPTY_NAMES] == []


def test_no_trace_of_a_machine_or_a_registry():
    found = {}
    for path in files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if seen := traces(text):
            found[name(path)] = seen
    assert found == {}


def test_everything_public_says_what_a_reader_cannot_see():
    lacking = {name(path): undocumented(tree(path)) for path in modules() if not is_revision(path)}
    assert {path: names for path, names in lacking.items() if names} == {}


@pytest.mark.parametrize(
    "text",
    [
        "--index-url " + "https://mirror.invalid/",
        "see https://mirror.invalid" + "/simple/flask",
        "from registry.npm" + "js.org",
        "/home" + "/lin/anju",
        f"{ROOT}/portal",
    ],
)
def test_a_trace_is_seen(text):
    assert traces(text) or str(ROOT) not in "".join(machine_paths())


def test_ordinary_words_are_no_trace():
    assert traces("a simple index, /homes/12, file://{folder}/files, https://example.invalid/portal") == []


def test_a_missing_docstring_is_seen():
    module = ast.parse("def open(): ...\ndef _shut(): ...\nclass Door:\n    'A way in.'\nasync def go(): ...\n")
    assert undocumented(module) == ["the module", "open", "go"]
