"""What the first bytes of a photo say, read before any decoder is trusted with them."""

from __future__ import annotations

import re
from typing import Literal

from portal.models.files.photo_errors import BrokenPhoto, WrongPhotoType

Format = Literal["JPEG", "PNG", "WebP", "HEIC"]

MOST_SCANS = 50
_HEVC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"))
_HEIF_BRANDS = frozenset((b"mif1", b"msf1"))
# In the data of a scan 0xFF is followed by 0 (a plain 0xFF), a restart number, or more 0xFF: anything else is a marker.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SCAN, _END = 0xDA, 0xD9


def sniffed(data: bytes) -> Format:
    """The format by content alone; raises WrongPhotoType for everything else (GIF, SVG, PDF, AVIF, HTML ...)."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WebP"
    if data[4:8] == b"ftyp" and _hevc(data):
        return "HEIC"
    raise WrongPhotoType


def _hevc(data: bytes) -> bool:
    box = data[: min(int.from_bytes(data[:4], "big"), 256)]
    brands = {box[at : at + 4] for at in (8, *range(16, len(box), 4))}
    return box[8:12] in _HEVC_BRANDS | _HEIF_BRANDS and bool(brands & _HEVC_BRANDS)


def webp_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels from a WebP's first chunk. Its decoder claims memory for them when it is made."""
    chunk, body = data[12:16], data[20:30]
    if len(body) < 10:
        raise BrokenPhoto
    if chunk == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    raise BrokenPhoto


def check_scans(jpeg: bytes) -> None:
    """Refuse a JPEG of more than MOST_SCANS scans.

    A progressive picture paints itself in about ten passes. A hostile one packs a hundred thousand empty passes into
    a few megabytes, and each of them walks over all the pixels: hours of work that no pixel limit would stop.
    """
    at, scans = 2, 0
    while (found := _MARKER.search(jpeg, at)) is not None:
        marker = jpeg[found.start() + 1]
        if marker == _END:
            return
        scans += marker == _SCAN
        if scans > MOST_SCANS:
            raise BrokenPhoto
        length = int.from_bytes(jpeg[found.end() : found.end() + 2], "big")
        at = found.end() + max(length, 2)
