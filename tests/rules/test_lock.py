"""The lock files pin what pyproject.toml asks for, by hash, and name no address."""

import re
import tomllib
from collections import defaultdict

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.rules.tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = {name: (ROOT / "requirements" / f"{name}.txt").read_text("utf-8") for name in ("uv", "run", "dev")}
ASKED = {
    "run": PROJECT["project"]["dependencies"],
    "dev": [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["scale"],
        *PROJECT["dependency-groups"]["dev"],
    ],
    "uv": ["uv"],
}


def pins(lock: str) -> dict[str, set[str]]:
    """The pinned versions by name: several where Pythons differ, each with its marker."""
    found: dict[str, set[str]] = defaultdict(set)
    for entry in map(Requirement, re.findall(r"^([a-z0-9].*?)\s*\\$", lock, flags=re.MULTILINE)):
        found[canonicalize_name(entry.name)] |= {one.version for one in entry.specifier}
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_it_names_no_address_and_no_path(name):
    assert not re.search(r"://|^-|\bfile:|/", LOCKS[name], flags=re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_entry_is_one_version_with_hashes(name):
    entries = re.split(r"\n(?=[a-z0-9])", LOCKS[name].strip())
    assert len(entries) == sum(map(len, pins(LOCKS[name]).values()))
    loose = [
        entry for entry in entries if not re.match(r"\S+==\S+.*\\(\n    --hash=sha256:[0-9a-f]{64}( \\)?)+$", entry)
    ]
    assert loose == []


@pytest.mark.parametrize("name", LOCKS)
def test_it_holds_what_the_project_asks_for(name):
    """A dependency that was added or raised without `make lock` is told here."""
    locked = pins(LOCKS[name])
    for wanted in map(Requirement, ASKED[name]):
        versions = locked.get(canonicalize_name(wanted.name))
        assert versions, f"{wanted} is not in requirements/{name}.txt: make lock"
        for version in versions:
            assert wanted.specifier.contains(version, prereleases=True), f"{wanted} but {version}: make lock"


def test_what_runs_is_what_was_tested():
    run, dev = pins(LOCKS["run"]), pins(LOCKS["dev"])
    assert run == {name: dev[name] for name in run}


def test_an_address_would_be_seen():
    planted = LOCKS["uv"] + "--find-links file:///mirror\n"
    assert re.search(r"://|^-", planted, flags=re.MULTILINE)
