"""Short files, short functions. A table that is one literal may be longer; it says here why."""

import ast
from statistics import median

from tests.rules.tree import is_revision, modules, name, tree

LONGEST_MODULE = 250
LONGEST_FUNCTION = 40
USUAL_MODULE = 80
USUAL_FUNCTION = 7

# File -> why it may be longer than LONGEST_MODULE.
TABLES: dict[str, str] = {}


def lengths() -> dict[str, int]:
    return {name(path): len(path.read_text("utf-8").splitlines()) for path in modules() if not is_revision(path)}


def functions() -> dict[str, int]:
    """Lines of every function from ``def`` to its end; nested ones count in the outer one as well."""
    found = {}
    for path in modules():
        if is_revision(path):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                found[f"{name(path)}:{node.lineno} {node.name}"] = node.end_lineno - node.lineno + 1
    return found


def test_no_module_is_long():
    long = {path: lines for path, lines in lengths().items() if lines > LONGEST_MODULE}
    assert {path: lines for path, lines in long.items() if path not in TABLES} == {}


def test_every_exception_is_still_needed():
    assert {path for path in TABLES if lengths().get(path, 0) <= LONGEST_MODULE} == set()


def test_no_function_is_long():
    assert {function: lines for function, lines in functions().items() if lines > LONGEST_FUNCTION} == {}


def test_most_are_short():
    assert median(lines for lines in lengths().values() if lines) <= USUAL_MODULE
    assert median(functions().values()) <= USUAL_FUNCTION
