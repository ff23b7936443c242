"""The privacy notice: files named by the day they apply from, in Chinese and English; the newest is in force.

``privacy_notice.2026-11-22.zh.txt``: the first line is the title, a line beginning with # a heading, any other a
paragraph. A new pair of files is a new version, and everybody of the owner's side is shown it once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

LANGUAGES = ("zh", "en")
FOLDER = Path(__file__).parents[2] / "catalogue"
_NAME = re.compile(r"privacy_notice\.(\d{4}-\d\d-\d\d)\.(zh|en)\.txt")


class NoticeError(Exception):
    """The files of the notice cannot be used; one line for the person who starts the portal."""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrivacyNotice:
    """A version, the day it applies from, in one language."""

    version: str
    language: str
    title: str
    parts: tuple[Part, ...]


class PrivacyNotices:
    """The notices of a folder, read once. Raises NoticeError when there is none, or one in a single language."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._read = {
            (found[1], found[2]): _parse(path, found[1], found[2])
            for path in sorted(folder.iterdir())
            if (found := _NAME.fullmatch(path.name))
        }
        versions = {version for version, _ in self._read}
        if not versions or len(self._read) != len(versions) * len(LANGUAGES):
            raise NoticeError(f"{folder}: privacy_notice.<day>.zh.txt and .en.txt must both be there")
        self.version = max(versions)

    def of(self, language: str) -> PrivacyNotice:
        """The one in force, in a language."""
        return self._read[self.version, language if language in LANGUAGES else LANGUAGES[0]]


def in_force() -> PrivacyNotices:
    """The notices of the application that is serving."""
    found: PrivacyNotices = current_app.extensions["portal.privacy_notices"]
    return found


def _parse(path: Path, version: str, language: str) -> PrivacyNotice:
    title, *lines = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    parts: list[Part] = []
    for line in lines:
        if line.startswith("#"):
            parts.append(Part(line.lstrip("# "), ()))
        elif parts:
            parts[-1] = Part(parts[-1].heading, (*parts[-1].paragraphs, line))
        else:
            raise NoticeError(f"{path}: the first paragraph needs a heading")
    return PrivacyNotice(version, language, title, tuple(parts))
