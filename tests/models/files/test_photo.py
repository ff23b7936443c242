"""What becomes of a good photo: upright, small, in its own colours, and silent about everything else."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import pytest
from PIL import Image

from portal.models.files.photo import LONGEST_SIDE, Photo, read_photo, thumbnail
from tests.models.files import pictures
from tests.models.files.pictures import BLUE, GREEN, GREY, RED, corners, encoded

KINDS = ("JPEG", "PNG", "WEBP", "HEIC")
# JFIF, tables, one baseline frame, one scan: a file of these has no room for words.
HARMLESS = {0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9}
TURNED = {
    1: (RED, GREEN, BLUE, GREY),
    2: (GREEN, RED, GREY, BLUE),
    3: (GREY, BLUE, GREEN, RED),
    4: (BLUE, GREY, RED, GREEN),
    5: (RED, BLUE, GREEN, GREY),
    6: (BLUE, RED, GREY, GREEN),
    7: (GREY, GREEN, BLUE, RED),
    8: (GREEN, GREY, RED, BLUE),
}


def read(data: bytes) -> Photo:
    return read_photo(BytesIO(data))


def shown(photo: Photo) -> Image.Image:
    image = Image.open(BytesIO(photo.content), formats=["JPEG"])
    image.load()
    assert (image.format, photo.media_type, image.size) == ("JPEG", "image/jpeg", (photo.width, photo.height))
    return image


def assert_corners(image: Image.Image, expected: Sequence[tuple[int, int, int]], tolerance: int = 12) -> None:
    width, height = image.size
    places = [(width // 4 + x * width // 2, height // 4 + y * height // 2) for y in (0, 1) for x in (0, 1)]
    for place, colour in zip(places, expected, strict=True):
        found = image.getpixel(place)
        assert isinstance(found, tuple)
        assert max(abs(a - b) for a, b in zip(found, colour, strict=True)) <= tolerance, (place, found, colour)


@pytest.mark.parametrize("kind", KINDS)
def test_works(kind: str) -> None:
    image = shown(read(encoded(corners(), kind)))
    assert image.size == (400, 300)
    assert_corners(image, TURNED[1])


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_but_pixels_survives(kind: str) -> None:
    sent = pictures.told_on(kind)
    assert sent.count(pictures.CANARY.encode()) >= 3
    for photo in (read(sent), thumbnail(sent), thumbnail(read(sent).content)):
        assert set(pictures.markers(photo.content)) == HARMLESS
        assert pictures.CANARY.encode() not in photo.content
        image = shown(photo)
        assert not image.getexif()
        assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_is_turned_upright(kind: str, orientation: int) -> None:
    image = shown(read(encoded(corners(), kind, exif=pictures.exif(orientation).tobytes())))
    assert image.size == ((400, 300) if orientation < 5 else (300, 400))
    assert_corners(image, TURNED[orientation])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heic_is_turned_once(orientation: int) -> None:
    sent = encoded(corners(), "HEIC", exif=pictures.exif(orientation).tobytes())
    image = shown(read(sent))
    assert image.size == ((400, 300) if orientation < 5 else (300, 400))
    assert_corners(image, TURNED[orientation])


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_damaged_exif_block_is_no_obstacle() -> None:
    sent = encoded(corners(), exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    assert_corners(shown(read(sent)), TURNED[1])


@pytest.mark.parametrize("kind", KINDS)
def test_longest_side_is_bounded(kind: str) -> None:
    photo = read(encoded(corners(3000, 1500), kind))
    assert (photo.width, photo.height) == (LONGEST_SIDE, 1280)
    assert_corners(shown(photo), TURNED[1])


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
def test_large_photos_are_reduced_first(mode: str) -> None:
    image = corners(5500, 3300).convert(mode)
    expected = [grey(colour) for colour in TURNED[1]] if mode == "L" else TURNED[1]
    assert_corners(shown(read(encoded(image, "PNG", compress_level=1))), expected)


def grey(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    seen = Image.new("RGB", (1, 1), colour).convert("L").getpixel((0, 0))
    assert isinstance(seen, int)
    return seen, seen, seen


def test_a_sliver_keeps_a_pixel() -> None:
    photo = read(encoded(Image.new("RGB", (30_000, 1), RED), "PNG"))
    assert (photo.width, photo.height) == (LONGEST_SIDE, 1)


def test_small_photos_are_not_enlarged() -> None:
    photo = read(encoded(corners(40, 30)))
    assert (photo.width, photo.height) == (40, 30)
    assert (thumbnail(photo.content).width, thumbnail(photo.content).height) == (40, 30)


def test_thumbnail() -> None:
    photo = read(encoded(corners(2000, 3000)))
    small = thumbnail(photo.content)
    assert (small.width, small.height) == (320, 480)
    assert_corners(shown(small), TURNED[1])
    assert len(small.content) < len(photo.content)


def test_colours_of_a_profile_are_kept() -> None:
    sent = encoded(corners(), icc_profile=pictures.swapped_profile(), quality=95)
    assert_corners(shown(read(sent)), (BLUE, GREEN, RED, GREY), tolerance=25)


@pytest.mark.parametrize("profile", [b"\0", b"not a profile" * 100, pictures.swapped_profile()[:300]])
def test_a_damaged_profile_is_ignored(profile: bytes) -> None:
    assert_corners(shown(read(encoded(corners(), icc_profile=profile))), TURNED[1])


def test_a_profile_for_other_channels_is_ignored() -> None:
    sent = encoded(corners().convert("L"), icc_profile=pictures.swapped_profile())
    assert shown(read(sent)).size == (400, 300)


def test_what_is_transparent_becomes_white() -> None:
    image = corners().convert("RGBA")
    image.putalpha(0)
    assert_corners(shown(read(encoded(image, "PNG"))), ((255, 255, 255),) * 4)
    assert_corners(shown(read(encoded(image, "WEBP"))), ((255, 255, 255),) * 4)


def test_other_kinds_of_pixels() -> None:
    for image in (
        Image.new("I;16", (64, 64), 32_768),
        Image.new("LA", (64, 64), (128, 255)),
        Image.new("L", (64, 64), 128),
        Image.new("P", (64, 64), 0),
    ):
        if image.mode == "P":
            image.putpalette([128, 128, 128])
        assert_corners(shown(read(encoded(image, "PNG"))), ((128, 128, 128),) * 4)
    assert_corners(shown(read(encoded(Image.new("1", (64, 64), 1), "PNG"))), ((255, 255, 255),) * 4)
    assert_corners(
        shown(read(encoded(Image.new("CMYK", (64, 64), (0, 255, 255, 0))))), ((255, 0, 0),) * 4, tolerance=40
    )


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_taken(kind: str) -> None:
    later = Image.new("RGB", (400, 300), (255, 255, 255))
    sent = encoded(corners(), kind, save_all=True, append_images=[later, later], duration=100)
    assert_corners(shown(read(sent)), TURNED[1])


def test_of_a_series_the_first_picture_is_taken() -> None:
    sent = encoded(corners(), "MPO", save_all=True, append_images=[Image.new("RGB", (400, 300))])
    assert_corners(shown(read(sent)), TURNED[1])


def test_progressive_photos_are_fine() -> None:
    assert_corners(shown(read(encoded(corners(), progressive=True))), TURNED[1])


def test_the_stream_is_not_closed() -> None:
    stream = BytesIO(encoded(corners(40, 30)))
    read_photo(stream)
    assert not stream.closed


def test_the_representation_shows_no_bytes() -> None:
    assert "\\x" not in repr(read(encoded(corners(40, 30))))
