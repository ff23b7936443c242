"""What is not taken, or is taken without its poison."""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from portal.models.errors import Refused
from portal.models.files import photo
from portal.models.files.photo import (
    BrokenPhoto,
    PhotoError,
    PhotosBusy,
    PhotoTooLarge,
    TooManyPixels,
    WrongPhotoType,
    read_photo,
    thumbnail,
)
from tests.models.files import pictures
from tests.models.files.pictures import corners, encoded

KINDS = ("JPEG", "PNG", "WEBP", "HEIC")
SMALL = {kind: encoded(corners(96, 64), kind) for kind in KINDS}
AVIF = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + SMALL["HEIC"][28:]

OTHER_TYPES = {
    "empty": b"",
    "one byte": b"\xff",
    "svg": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "html": b"<!doctype html><script>alert(1)</script>",
    "html called a jpeg": b"\n\xff\xd8\xff<script>alert(1)</script>",
    "pdf": b"%PDF-1.7\n1 0 obj<<>>endobj",
    "pdf before a jpeg": b"%PDF-1.7\n" + SMALL["JPEG"],
    "zip": b"PK\x03\x04" + bytes(60),
    "gif": encoded(corners(96, 64), "GIF"),
    "gif with a jpeg behind it": encoded(corners(96, 64), "GIF") + SMALL["JPEG"],
    "gif that is a script": b"GIF89a=1;alert(1)//",
    "tiff": encoded(corners(96, 64), "TIFF"),
    "bmp": encoded(corners(96, 64), "BMP"),
    "ico": encoded(corners(96, 64), "ICO"),
    "avif": AVIF,
    "a film": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(60),
    "sound in RIFF": b"RIFF\x24\0\0\0WAVEfmt " + bytes(60),
}
BROKEN = {
    "jpeg, three bytes": b"\xff\xd8\xff",
    "jpeg with html inside": b"\xff\xd8\xff\xe0<script>alert(1)</script>",
    "jpeg of no height": pictures.jpeg_claiming(64, 0),
    "jpeg of a hundred passes": pictures.many_scans(100),
    "png signature": b"\x89PNG\r\n\x1a\n",
    "png without data": pictures.png(100, 100, b""),
    "png with too little": pictures.png(4000, 4000, pictures.zeros(1000)),
    "webp head": SMALL["WEBP"][:16],
    "webp of an unknown kind": SMALL["WEBP"][:12] + b"VP9 " + SMALL["WEBP"][16:],
    "webp of another size": pictures.webp_claiming(50, 50),
    "heic head": SMALL["HEIC"][:40],
    "heic of another size": pictures.heic_claiming(6000, 4000),
    "heic that is smaller than it says": pictures.heic_claiming(8, 8),
}
BOMBS = {
    "png": pictures.png(30_000, 30_000, b"\x78\x9c"),
    "png, 900 megapixels of data": pictures.bomb(),
    "png, one row": pictures.png(2**31 - 1, 1, b""),
    "jpeg": pictures.jpeg_claiming(65_000, 65_000),
    "webp": pictures.webp_claiming(16_383, 16_383),
    "webp, the largest canvas": pictures.webp_claiming(2**24, 2**8 - 1),
    "heic": pictures.heic_claiming(30_000, 30_000),
    "just over": pictures.png(50_000, 1001, b""),
}


def read(data: bytes) -> photo.Photo:
    return read_photo(BytesIO(data))


@pytest.mark.parametrize("name", OTHER_TYPES)
def test_other_types_are_known_by_their_bytes(name: str) -> None:
    with pytest.raises(WrongPhotoType):
        read(OTHER_TYPES[name])


@pytest.mark.parametrize("name", BROKEN)
def test_broken(name: str) -> None:
    with pytest.raises(BrokenPhoto) as refused:
        read(BROKEN[name])
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("name", BOMBS)
def test_too_many_pixels(name: str) -> None:
    with pytest.raises(TooManyPixels):
        read(BOMBS[name])
    with pytest.raises(TooManyPixels):
        thumbnail(BOMBS[name])


def test_fifty_megapixels_are_allowed() -> None:
    taken = read(pictures.png(10_000, 5_000, pictures.zeros(5_000 * 10_001)))
    assert (taken.width, taken.height) == (2560, 1280)


@pytest.mark.parametrize("kind", KINDS)
def test_byte_limit(kind: str) -> None:
    data = SMALL[kind]
    assert read_photo(BytesIO(data), limit=len(data)).width == 96
    with pytest.raises(PhotoTooLarge):
        read_photo(BytesIO(data), limit=len(data) - 1)


def test_no_more_than_the_limit_is_read() -> None:
    endless = BytesIO(SMALL["JPEG"] + bytes(40_000_000))
    with pytest.raises(PhotoTooLarge):
        read_photo(endless)
    assert endless.tell() == photo.MOST_BYTES + 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "tail", [b"<script>alert(1)</script>", b"%PDF-1.7", b"PK\x05\x06" + bytes(18), b"<?php x(); ?>"]
)
def test_what_stands_behind_the_picture_does_not_survive(kind: str, tail: bytes) -> None:
    taken = read(SMALL[kind] + tail)
    assert tail not in taken.content
    pictures.markers(taken.content)


def test_a_script_in_a_comment_does_not_survive() -> None:
    script = b"*/=alert(1)/*"
    assert script not in read(encoded(corners(96, 64), comment=script)).content


def test_more_data_than_the_header_says_is_not_unpacked() -> None:
    taken = read(pictures.png(100, 100, pictures.zeros(900_000_000)))
    assert (taken.width, taken.height) == (100, 100)


def test_passes_are_counted_to_the_end_of_the_picture_only() -> None:
    assert read(SMALL["JPEG"] + b"\xff\xda\0\x04\0\0" * 1000).width == 96
    assert read(pictures.many_scans(30)).width == 64


def test_each_reason_has_its_own_sentence() -> None:
    reasons = (PhotoError, WrongPhotoType, PhotoTooLarge, TooManyPixels, BrokenPhoto, PhotosBusy)
    assert set(PhotoError.__subclasses__()) == set(reasons[1:])
    assert len({reason.message for reason in reasons}) == len(reasons)
    assert issubclass(PhotoError, Refused)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
@given(data=st.data())
def test_cut_off_anywhere(kind: str, data: st.DataObject) -> None:
    whole = SMALL[kind]
    at = data.draw(st.integers(0, len(whole) - 1))
    try:
        taken = read(whole[:at])
    except PhotoError:
        return
    assert max(taken.width, taken.height) <= photo.LONGEST_SIDE


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
@given(data=st.data())
def test_damaged_anywhere(kind: str, data: st.DataObject) -> None:
    whole = bytearray(SMALL[kind])
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        taken = read(bytes(whole))
    except PhotoError:
        return
    pictures.markers(taken.content)


MEASURED = """
import json, sys, time
from io import BytesIO
from pathlib import Path
from portal.models.files.photo import PhotoError, read_photo

def peak():
    words = Path("/proc/self/status").read_text().split()
    return int(words[words.index("VmHWM:") + 1]) / 1024

read_photo(BytesIO(Path(sys.argv[1]).read_bytes()))
result = {}
for name in sys.argv[2:]:
    data, before, begun = Path(name).read_bytes(), peak(), time.perf_counter()
    try:
        read_photo(BytesIO(data))
        refused = False
    except PhotoError:
        refused = True
    result[Path(name).name] = refused, time.perf_counter() - begun, peak() - before
print(json.dumps(result))
"""


def largest() -> dict[str, bytes]:
    """Photos of 50 megapixels that are allowed, in the forms that need most memory."""
    flat = Image.new("RGB", (8160, 6120), pictures.RED)
    return {
        "progressive jpeg": encoded(flat, progressive=True),
        "transparent png": pictures.png(8160, 6120, pictures.zeros(6120 * (8160 * 4 + 1)), colour=6),
        "large webp": encoded(flat, "WEBP", quality=1, method=0),
    }


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[bool, float, float]]:
    """Of each bomb and then of each largest photo: refused?, seconds and further megabytes, in a fresh process."""
    if not Path("/proc/self/status").exists():
        pytest.skip("this system does not tell a process's peak memory")
    folder, files = tmp_path_factory.mktemp("photos"), {"warm": SMALL["JPEG"], **BOMBS, **largest()}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    command = [sys.executable, "-c", MEASURED, *(str(folder / name) for name in files)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    return {name: tuple(figures) for name, figures in json.loads(done.stdout).items()}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_nothing(costs: dict[str, tuple[bool, float, float]], name: str) -> None:
    refused, seconds, megabytes = costs[name]
    assert refused
    assert seconds < 0.1
    assert megabytes < 20


def test_memory_of_the_largest_photos_is_bounded(costs: dict[str, tuple[bool, float, float]]) -> None:
    bounds = {"progressive jpeg": 350, "transparent png": 350, "large webp": 900}
    for name, bound in bounds.items():
        refused, _, megabytes = costs[name]
        assert not refused, name
        assert megabytes < bound, (name, megabytes)
