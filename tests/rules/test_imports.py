"""What the import contracts of pyproject.toml cannot say: names rather than modules."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.tree import PORTAL, modules, name, tree

MODELS = PORTAL / "models"
ABOVE = {"asgi", "cli"}
# The app's settings and key ring are the same for every request; everything else of flask is about one request.
OF_FLASK = {"current_app"}
# Verbs that order commits between the stores, which share no transaction (docs/security.md, order of commits).
ORDERS_COMMITS = {"portal/models/privacy/replaying.py", "portal/models/privacy/shredding.py"}
WEB_ONLY = {"flask_login", "flask_wtf", "wtforms", "jinja2", "werkzeug", "flask_babel"}


def imported(module: ast.Module) -> Iterator[tuple[str, str]]:
    """(module, name) of every import; the name is empty for a plain ``import``."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def reaches_up(module: ast.Module) -> list[str]:
    """Names of the application itself: what portal/__init__.py defines, not the packages inside portal."""
    names = [name for source, name in imported(module) if source == "portal"]
    return [name for name in names if not (PORTAL / name).is_dir() and not (PORTAL / f"{name}.py").is_file()]


def web_words(module: ast.Module) -> list[str]:
    """What a model takes from the web or does to the transaction: request, session, template, form, commit."""
    taken = [f"{source}.{name}" for source, name in imported(module) if source == "flask" and name not in OF_FLASK]
    taken += [source for source, _ in imported(module) if source.partition(".")[0] in WEB_ONLY]
    called = [node.func for node in ast.walk(module) if isinstance(node, ast.Call)]
    return taken + [f"{func.attr}()" for func in called if isinstance(func, ast.Attribute) and func.attr == "commit"]


def top(path: Path) -> str:
    """The floor that a module lives on: the first part of its name inside portal."""
    return Path(path.relative_to(PORTAL).parts[0]).stem


def paths(*, models: bool) -> list[Path]:
    return [path for path in modules() if path.is_relative_to(MODELS) is models]


def test_nobody_below_reaches_for_the_application():
    found = {name(path): reaches_up(tree(path)) for path in modules() if top(path) not in ABOVE}
    assert {path: names for path, names in found.items() if names} == {}


# Verbs that order commits between the stores: each step stands before the next begins.
ORDERS_COMMITS = {"portal/models/privacy/replaying.py", "portal/models/privacy/shredding.py"}


def test_models_know_no_request_and_commit_nothing():
    found = {name(path): web_words(tree(path)) for path in paths(models=True)}
    assert {path: words for path, words in found.items() if words} == {path: ["commit()"] for path in ORDERS_COMMITS}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("from flask import current_app, request", ["flask.request"]),
        ("import flask", ["flask."]),
        ("from wtforms import Form", ["wtforms"]),
        ("db.session.commit()", ["commit()"]),
        ("from sqlalchemy import select\ndb.session.flush()", []),
    ],
)
def test_a_model_that_knows_the_web_is_seen(source, words):
    assert web_words(ast.parse(source)) == words


def test_reaching_up_is_seen():
    assert reaches_up(ast.parse("from portal import create_app, models, config")) == ["create_app"]
