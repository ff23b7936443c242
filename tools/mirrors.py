"""Hand pip's own configuration on to uv, in the environment of the one command that needs it."""

from __future__ import annotations

import ast
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

# Each name of pip's and the variable that means the same to uv, with what separates several values there.
SAME = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "no-index": ("UV_NO_INDEX", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "proxy": ("ALL_PROXY", " "),
}
# A later one wins in pip: files before the environment, a command's own section before the global one.
SECTIONS = ("global", "install", ":env:")


def pip_options(pip: Sequence[str | Path]) -> dict[str, str]:
    """What pip was told by its files and by PIP_ variables; option name -> value. Empty when pip will not say."""
    said = subprocess.run([*pip, "config", "list"], check=False, capture_output=True, text=True)
    return parse(said.stdout) if said.returncode == 0 else {}


def parse(listing: str) -> dict[str, str]:
    """Read the lines of ``pip config list``: ``section.name='value'``, the value as Python writes it."""
    found: dict[str, tuple[int, str]] = {}
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section not in SECTIONS or not value:
            continue
        rank = SECTIONS.index(section)
        if rank >= found.get(name, (0, ""))[0]:
            found[name] = (rank, str(ast.literal_eval(value)))
    return {name: value for name, (_, value) in found.items()}


def uv_environment(options: Mapping[str, str], environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for uv. What the person has already said to uv itself stays as it is.

    pip weighs all its indexes alike while uv stops at the first that knows the name; every file is held to its hash,
    so uv may look as widely as pip does.
    """
    theirs = dict(os.environ if environ is None else environ)
    ours = {
        "UV_SYSTEM_CERTS": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
    for name, (variable, between) in SAME.items():
        values = _values(name, options.get(name, ""))
        if values:
            ours[variable] = between.join(values)
    return {**ours, **theirs}


def _values(name: str, text: str) -> list[str]:
    values = text.split() if name not in ("cert", "proxy") else [text]
    if name == "find-links":
        # pip only warns of a folder that is not there; uv would stop.
        values = [value if "://" in value else str(Path(value).expanduser()) for value in values]
        return [value for value in values if "://" in value or Path(value).exists()]
    return [value for value in values if value]
