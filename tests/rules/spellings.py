"""The ways a value could lie on a disk, and looking for them: in files, in what is packed inside them, in tables."""

from __future__ import annotations

import base64
import html
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, MetaData, select

ENCODINGS = ("utf-8", "gbk", "utf-16-le", "utf-16-be", "unicode_escape")
# The first bytes of gzip and zlib streams.
PACKED = (b"\x1f\x8b\x08", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


def spellings(text: str) -> set[bytes]:
    """Plain in each encoding, and base64 (either alphabet), hex, percent signs and character references of it."""
    plain = {text.encode(encoding) for encoding in ENCODINGS}
    coded = {_base64(one, shift) for one in plain for shift in range(3)}
    coded |= {one.replace(b"+", b"-").replace(b"/", b"_") for one in coded}
    hexed = {one.hex().encode() for one in plain}
    plain |= {quote(text).encode(), html.escape(text).encode(), text.encode("ascii", "xmlcharrefreplace")}
    return plain | coded | hexed | {one.upper() for one in hexed}


def _base64(value: bytes, shift: int) -> bytes:
    """What base64 makes of the value wherever it stands in a longer text: the characters that depend on it alone."""
    coded = base64.b64encode(b"\0" * shift + value)
    start = -(-shift * 8 // 6)
    return coded[start : (shift + len(value)) * 8 // 6]


def unpacked(content: bytes) -> Iterator[bytes]:
    """What every gzip or zlib stream within the bytes holds, as far as it can be read."""
    view = memoryview(content)  # slices of it copy nothing
    for magic in PACKED:
        at = content.find(magic)
        while at >= 0:
            reader = zlib.decompressobj(47)  # either header, told by its bytes
            with suppress(zlib.error):
                yield reader.decompress(view[at:], 10_000_000)
            at = content.find(magic, at + 1)


class Search:
    """Looks for any spelling of some values; a value shows as itself in what is found."""

    def __init__(self, values: Iterable[str]) -> None:
        self._wanted = {spelling: value for value in values for spelling in spellings(value)}

    def within(self, content: bytes) -> set[str]:
        """The values of which any spelling is there, packed or not."""
        bodies = [content, *unpacked(content)]
        return {value for spelling, value in self._wanted.items() if any(spelling in body for body in bodies)}

    def files(self, folder: Path, leave_out: str = "") -> list[str]:
        """Where in a folder, files of every kind included."""
        every = (file for file in folder.rglob("*") if file.is_file() and file.parent.name != (leave_out or None))
        return [f"{file.name}: {value}" for file in every for value in self.within(file.read_bytes())]

    def rows(self, engine: Engine) -> list[str]:
        """Where in a database's tables: a long value is torn apart in the file itself."""
        schema, hits = MetaData(), []
        schema.reflect(engine)
        with engine.connect() as connection:
            for table in schema.sorted_tables:
                for row in connection.execute(select(table)).mappings():
                    hits += [f"{table.name}.{name}: {hit}" for name, kept in row.items() for hit in self.kept(kept)]
        return hits

    def kept(self, value: object) -> set[str]:
        """The values found in what one column of one row keeps."""
        if isinstance(value, int | float | None):
            return set()
        return self.within(value if isinstance(value, bytes) else str(value).encode("utf-8", "replace"))
