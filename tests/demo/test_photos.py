"""The drawn photos: every kind there is, the same from the same seed, and nothing but a picture."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops, ImageStat

from portal.demo.photos import KINDS, SUBJECTS, draw
from tests.demo.stage import everything


def picture(kind: str, seed: int = 1) -> Image.Image:
    return Image.open(io.BytesIO(draw(kind, seed)))


def distance(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of the lightness, 0 to 255."""
    return ImageStat.Stat(ImageChops.difference(one.convert("L"), other.convert("L"))).mean[0]


def test_every_subject_has_a_before_and_an_after():
    assert len(KINDS) == 2 * len(SUBJECTS) + 1
    assert {"ceiling-before", "pipe-before", "tile-before", "lock-before", "lock-after", "water-test"} <= KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_is_a_jpeg_on_paper(kind):
    drawn = picture(kind)
    assert (drawn.format, drawn.mode, drawn.size) == ("JPEG", "RGB", (800, 600))
    assert 10_000 < len(draw(kind, 1)) < 120_000
    assert not drawn.getexif()
    light = ImageStat.Stat(drawn.convert("L"))
    assert 140 < light.mean[0] < 250  # washes on paper, neither black nor blank
    assert light.extrema[0][0] < 70  # with ink on it


@pytest.mark.parametrize("subject", sorted(SUBJECTS))
def test_the_repair_can_be_seen(subject):
    assert distance(picture(f"{subject}-before"), picture(f"{subject}-after")) > 2


def test_a_seed_draws_the_same_picture():
    draw.cache_clear()
    first = draw("pipe-before", 3)
    draw.cache_clear()
    assert draw("pipe-before", 3) == first


@pytest.mark.parametrize("kind", ["ceiling-before", "floor-before", "window-after"])
def test_seeds_differ(kind):
    assert len({draw(kind, seed) for seed in range(1, 5)}) == 4


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="no picture of 'sunset'"):
        draw("sunset", 1)


def test_few_pictures_serve_all_repairs():
    named = {
        photo for scene in everything() for photo in (*scene.photos, *(p for step in scene.steps for p in step.photos))
    }
    assert {photo.partition(":")[0] for photo in named} == KINDS
    assert len(named) <= 140
