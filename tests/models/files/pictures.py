"""Real picture files, good and hostile, made on the spot."""

from __future__ import annotations

import re
import struct
import zlib
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

RED, GREEN, BLUE, GREY = (220, 30, 30), (30, 180, 30), (30, 30, 220), (128, 128, 128)
CANARY = "CANARY-7f3a"
PLACE = (31.0, 13.0, 49.0)


def corners(width: int = 400, height: int = 300) -> Image.Image:
    """Red above left, green above right, blue below left, grey below right."""
    image = Image.new("RGB", (width, height), GREY)
    for colour, box in ((RED, (0, 0)), (GREEN, (width // 2, 0)), (BLUE, (0, height // 2))):
        image.paste(colour, (*box, box[0] + width // 2, box[1] + height // 2))
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The image as a file of the kind."""
    if kind == "HEIC":
        options.setdefault("quality", 90)
        file = pillow_heif.from_pillow(image)
        buffer = BytesIO()
        file.save(buffer, **options)
        return buffer.getvalue()
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """What a phone writes: a place, a maker, a comment."""
    made = Image.Exif()
    made[0x0112] = orientation
    made[0x010F] = CANARY
    made[0x9286] = CANARY
    gps = made.get_ifd(0x8825)
    gps[1], gps[2] = "N", tuple(IFDRational(value) for value in PLACE)
    return made


def told_on(kind: str) -> bytes:
    """A picture that carries a canary in everything its format has room for."""
    image = corners()
    everything: dict[str, Any] = {"exif": exif().tobytes(), "xmp": f"<x>{CANARY}</x>".encode()}
    if kind == "JPEG":
        everything["comment"] = CANARY.encode()
    if kind == "PNG":
        words = PngInfo()
        words.add_text("Author", CANARY)
        words.add_itxt("Comment", CANARY, zip=False)
        everything["pnginfo"] = words
        everything.pop("xmp")
    return encoded(image, kind, icc_profile=swapped_profile(), **everything) + CANARY.encode()


def swapped_profile() -> bytes:
    """A colour profile in which red and blue have changed places: what is stored red is meant blue."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return plain.replace(b"rXYZ", b"----").replace(b"bXYZ", b"rXYZ").replace(b"----", b"bXYZ")


def png(width: int, height: int, data: bytes, depth: int = 8, colour: int = 0) -> bytes:
    """A PNG whose header says what it likes."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def zeros(length: int) -> bytes:
    """A genuine zlib stream of ``length`` zero bytes, a thousandth as long; quick, because its blocks repeat."""
    piece = 1 << 20
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(piece)) + packer.flush(zlib.Z_FULL_FLUSH)
    last = zlib.compressobj(9, zlib.DEFLATED, -15)
    rest = last.compress(bytes(length % piece)) + last.flush(zlib.Z_FINISH)
    return b"\x78\xda" + block * (length // piece) + rest + struct.pack(">I", (length % 65521) << 16 | 1)


def bomb() -> bytes:
    """900 megapixels of black in less than a megabyte: a PNG without any fault."""
    return png(30_000, 30_000, zeros(30_000 * 30_001))


def jpeg_claiming(width: int, height: int) -> bytes:
    """A JPEG whose frame header announces another size than its data holds."""
    data = encoded(corners(64, 64))
    return re.sub(
        rb"(\xff\xc0..\x08)....",
        lambda found: found[1] + struct.pack(">HH", height, width),
        data,
        count=1,
        flags=re.DOTALL,
    )


def heic_claiming(width: int, height: int) -> bytes:
    """A HEIC whose container announces another size than its picture has."""
    size = struct.pack(">II", width, height)
    return re.sub(
        rb"(ispe....)........", lambda found: found[1] + size, encoded(corners(64, 64), "HEIC"), flags=re.DOTALL
    )


def webp_claiming(width: int, height: int) -> bytes:
    """A WebP whose canvas announces another size than its picture has."""
    data = encoded(corners(64, 64), "WEBP", exif=exif().tobytes())
    return data[:24] + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little") + data[30:]


def many_scans(extra: int) -> bytes:
    """A progressive JPEG with ``extra`` more passes over its pixels than it needs."""
    data = encoded(Image.new("L", (64, 64), 128), progressive=True)
    last = data.rfind(b"\xff\xc4", 0, data.rfind(b"\xff\xda"))
    return data[:-2] + data[last:-2] * extra + b"\xff\xd9"


def markers(jpeg: bytes) -> list[int]:
    """The markers of a JPEG file in order, to its very last byte."""
    found, at = [jpeg[1]], 2
    while at < len(jpeg):
        marker = jpeg[at + 1]
        found.append(marker)
        if marker == 0xD9:
            assert at + 2 == len(jpeg), "bytes behind the end of the picture"
            return found
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == 0xDA:
            at = re.compile(rb"\xff[^\x00\xd0-\xd7]").search(jpeg, at).start()  # type: ignore[union-attr]
    raise AssertionError("no end")
