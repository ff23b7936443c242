"""The English catalogue: ``python -m tools.words update`` brings it up to date, ``check`` tells what it lacks.

Chinese is the source text, so the Chinese reader sees the message ids and needs no catalogue of their own. No line
numbers and no dates are written: two people who add texts do not meet in the same lines.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polib
from babel.messages.frontend import CommandLineInterface

ROOT = Path(__file__).resolve().parent.parent
ENGLISH = ROOT / "portal" / "translations" / "en" / "LC_MESSAGES" / "messages.po"

KEYWORDS = ("N_", "_l", "lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2")
# Names that stay as they are in every language.
OWN_NAMES = ("中文", "安居")

CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%[sd]|\{(\w*)\}")


def has_chinese(text: str) -> bool:
    """Whether a text holds Chinese characters or full-width marks, apart from the names that are never translated."""
    for name in OWN_NAMES:
        text = text.replace(name, "")
    return CHINESE.search(text) is not None


def extract(target: Path, root: Path = ROOT) -> None:
    """Collect every marked text under ``root`` (as its babel.cfg says) into a template at ``target``."""
    keywords = [part for keyword in KEYWORDS for part in ("--keyword", keyword)]
    shape = ["--no-location", "--sort-output", "--no-wrap", "--add-comments", "NOTE:"]
    about = ["--project", "anju-portal", "--version", "0.1", "--msgid-bugs-address", "the project's issues"]
    paths = ["--mapping", str(root / "babel.cfg"), "--output-file", str(target), str(root)]
    _babel("extract", *keywords, *shape, *about, *paths)


def update() -> None:
    """Add the new texts to the catalogue, untranslated, and drop those that are gone; nothing is guessed."""
    with _template() as template:
        shape = ["--locale", "en", "--input-file", str(template), "--output-file", str(ENGLISH), "--no-wrap"]
        if ENGLISH.exists():
            _babel("update", *shape, "--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date")
        else:
            ENGLISH.parent.mkdir(parents=True, exist_ok=True)
            _babel("init", *shape)


def complaints(template: Path, catalogue: Path = ENGLISH) -> list[str]:
    """What keeps the catalogue from being complete for the template, a line each; empty when it is."""
    wanted = {_key(entry) for entry in polib.pofile(str(template))}
    entries = {_key(entry): entry for entry in polib.pofile(str(catalogue)) if not entry.obsolete}
    lines = [f"not in the catalogue (make words): {key[1]}" for key in sorted(wanted - entries.keys())]
    lines += [f"no longer in the code (make words): {key[1]}" for key in sorted(entries.keys() - wanted)]
    return lines + [line for entry in entries.values() for line in _wrong(entry)]


def _key(entry: polib.POEntry) -> tuple[str, str]:
    return entry.msgctxt or "", entry.msgid


def _wrong(entry: polib.POEntry) -> Iterator[str]:
    english = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if entry.fuzzy:
        yield f"fuzzy: {entry.msgid}"
    if not all(english):
        yield f"not translated: {entry.msgid}"
        return
    if any(has_chinese(text) for text in english):
        yield f"Chinese in the English text: {entry.msgid}"
    # The singular may leave the number out ("one photo"), so the last form speaks for all.
    if _places(entry.msgid) != _places(english[-1]) or any(_places(text) - _places(entry.msgid) for text in english):
        yield f"other placeholders than the source: {entry.msgid}"


def _places(text: str) -> set[str]:
    return {match.group(0) for match in _PLACEHOLDER.finditer(text)}


@contextmanager
def _template() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "messages.pot"
        extract(target)
        yield target


def _babel(*arguments: str) -> None:
    run: Callable[[list[str]], object] = CommandLineInterface().run
    run(["pybabel", "--quiet", *arguments])


def check() -> None:
    """Print what is wrong and exit 1, or say that the catalogue is complete."""
    with _template() as template:
        lines = complaints(template)
        count = len(polib.pofile(str(template)))
    if lines:
        raise SystemExit("\n".join([*lines, f"{len(lines)} complaints about the English catalogue"]))
    print(f"The English catalogue is complete: {count} texts")


if __name__ == "__main__":
    chosen = {"update": update, "check": check}.get(" ".join(sys.argv[1:]))
    if chosen is None:
        raise SystemExit(__doc__)
    chosen()
