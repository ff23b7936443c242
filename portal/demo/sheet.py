"""A sheet of paper to draw on: washes of colour below, lines of a pen above, both a little unsteady.

Coordinates are those of the finished picture, 800 × 600 from the upper left. Everything that is random comes from the
one source the sheet was made with, so the same seed draws the same picture.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Point = tuple[float, float]
Colour = tuple[int, int, int]

WIDTH, HEIGHT = 800, 600
FINE = 2  # the pen's own resolution

PAPER: Colour = (0xF6, 0xF3, 0xEB)
LIGHT: Colour = (0xFF, 0xFD, 0xF8)
SUNKEN: Colour = (0xEC, 0xE7, 0xDB)
STONE: Colour = (0xD9, 0xD2, 0xC2)
EDGE: Colour = (0x85, 0x7F, 0x6D)
INK: Colour = (0x1F, 0x24, 0x20)
JADE: Colour = (0x1B, 0x66, 0x51)
AMBER: Colour = (0x9A, 0x6A, 0x14)
VERMILION: Colour = (0xB0, 0x2F, 0x1B)
WATER: Colour = (0x5F, 0x88, 0x8C)


class Sheet:
    """The paper. Draw on it, then take the ``jpeg``."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.colours = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        self.grain = self._clouds(84, 70)
        self.pens: dict[Colour, Image.Image] = {}

    def wash(self, points: Sequence[Point], colour: Colour, strength: float = 0.5, soft: int = 2) -> None:
        """Fill a shape with water colour: uneven inside, a darker rim; strength from 0 to 1, where 1 covers all."""
        shaken = [self._shaken(point, 2) for point in points]
        pad = 2 * soft + 10
        left, up = int(min(x for x, _ in shaken)) - pad, int(min(y for _, y in shaken)) - pad
        size = int(max(x for x, _ in shaken)) + pad - left, int(max(y for _, y in shaken)) + pad - up
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).polygon([(x - left, y - up) for x, y in shaken], fill=255)
        mask = mask.filter(ImageFilter.BoxBlur(soft))
        rim = ImageChops.subtract(mask, mask.filter(ImageFilter.BoxBlur(soft + 7)))
        uneven = self.grain.crop((left + 200, up + 200, left + 200 + size[0], up + 200 + size[1]))
        body = mask if strength >= 1 else ImageChops.multiply(mask, uneven).point(lambda level: int(level * strength))
        rim = rim.point(lambda level: int(level * strength * 0.55))
        self.colours.paste(colour, (left, up), ImageChops.add(body, rim))

    def blob(self, centre: Point, rx: float, ry: float, colour: Colour, strength: float = 0.5) -> None:
        """A round, irregular wash: a stain, a puddle."""
        self.wash(self.ring(centre, rx, ry, 0.16), colour, strength, 3)

    def ring(self, centre: Point, rx: float, ry: float, uneven: float = 0.0, turns: int = 36) -> list[Point]:
        """The points of an ellipse, dented by waves of a random phase."""
        phases = [self.rng.uniform(0, math.tau) for _ in range(3)]
        points = []
        for n in range(turns):
            angle = math.tau * n / turns
            dent = sum(math.sin(angle * (k + 2) + phase) / (k + 1.5) for k, phase in enumerate(phases))
            grow = 1 + uneven * dent
            points.append((centre[0] + rx * grow * math.cos(angle), centre[1] + ry * grow * math.sin(angle)))
        return points

    def line(self, *points: Point, width: float = 2.2, colour: Colour = INK) -> None:
        """A pen line through points: slightly bent, thinner where the hand is quick."""
        for start, end in pairwise(points):
            self._stroke(start, end, width, colour)

    def closed(self, *points: Point, width: float = 2.2, colour: Colour = INK) -> None:
        """A pen line that returns to where it began."""
        self.line(*points, points[0], width=width, colour=colour)

    def outline(self, points: Sequence[Point], width: float = 2.2, colour: Colour = INK) -> None:
        """A smooth closed pen line through many points, such as a ring's."""
        pen = ImageDraw.Draw(self._pen(colour))
        fine = [(x * FINE, y * FINE) for x, y in (self._shaken(point, 0.7) for point in points)]
        pen.line([*fine, *fine[:2]], fill=255, width=round(width * FINE), joint="curve")

    def box(self, x: float, y: float, w: float, h: float, width: float = 2.2, colour: Colour = INK) -> list[Point]:
        """A rectangle in pen; returns its corners."""
        corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
        self.closed(*corners, width=width, colour=colour)
        return corners

    def hatch(self, corners: Sequence[Point], gap: float = 11, colour: Colour = INK) -> None:
        """Thin parallel lines between the left and the right side of a four-cornered shape: shade."""
        upper_left, upper_right, lower_right, lower_left = corners
        length = max(abs(lower_left[1] - upper_left[1]), abs(lower_right[1] - upper_right[1]), gap)
        for n in range(1, int(length / gap)):
            share = n * gap / length + self.rng.uniform(-0.004, 0.004)
            start, end = _between(upper_left, lower_left, share), _between(upper_right, lower_right, share)
            self._stroke(_between(start, end, 0.03), _between(start, end, self.rng.uniform(0.86, 0.98)), 0.9, colour)

    def drop(self, x: float, y: float, size: float = 9) -> None:
        """A falling drop of water."""
        round_part = [
            (x + size * 0.8 * math.cos(math.radians(turn)), y + size * 0.8 * math.sin(math.radians(turn)))
            for turn in range(-25, 206, 23)
        ]
        shape = [(x, y - size * 1.9), *round_part]
        self.wash(shape, WATER, 0.8, 1)
        self.outline(shape, 1.4)

    def jpeg(self, *, mirrored: bool, turn: float, share: float) -> bytes:
        """The finished picture as a hand would take it: turned by some degrees, showing so much of the sheet."""
        picture = self.colours
        for colour, pen in self.pens.items():
            picture.paste(colour, mask=pen.reduce(FINE))
        if mirrored:
            picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        width, height = WIDTH * share, HEIGHT * share
        left, up = self.rng.uniform(0, WIDTH - width), self.rng.uniform(0.5, 1) * (HEIGHT - height)
        cos, sin = math.cos(math.radians(turn)) * share, math.sin(math.radians(turn)) * share
        view = (cos, -sin, left + sin * HEIGHT / 2, sin, cos, up - sin * WIDTH / 2)
        picture = picture.transform(
            (WIDTH, HEIGHT), Image.Transform.AFFINE, view, Image.Resampling.BILINEAR, fillcolor=PAPER
        )
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=82)
        return out.getvalue()

    def _stroke(self, start: Point, end: Point, width: float, colour: Colour) -> None:
        pen, length = ImageDraw.Draw(self._pen(colour)), math.dist(start, end)
        steps = max(2, int(length / 26))
        bend, phase = min(2.2, length / 60) * self.rng.uniform(-1, 1), self.rng.uniform(0, math.tau)
        across = ((start[1] - end[1]) / (length or 1), (end[0] - start[0]) / (length or 1))
        points = []
        for n in range(steps + 1):
            off = bend * math.sin(math.pi * n / steps) + 0.6 * math.sin(phase + n * 1.3)
            x, y = _between(start, end, n / steps)
            points.append(((x + across[0] * off) * FINE, (y + across[1] * off) * FINE))
        for n, (here, there) in enumerate(pairwise(points)):
            thick = width * FINE * (1 + 0.22 * math.sin(phase + n * 0.9))
            pen.line([here, there], fill=255, width=max(1, round(thick)), joint="curve")

    def _pen(self, colour: Colour) -> Image.Image:
        if colour not in self.pens:
            self.pens[colour] = Image.new("L", (WIDTH * FINE, HEIGHT * FINE))
        return self.pens[colour]

    def _shaken(self, point: Point, by: float) -> Point:
        return point[0] + self.rng.uniform(-by, by), point[1] + self.rng.uniform(-by, by)

    def _clouds(self, across: int, down: int) -> Image.Image:
        """Soft light and dark, never below a half: how a wash dries. 200 wider than the paper all round."""
        small = Image.frombytes("L", (across, down), self.rng.randbytes(across * down))
        large = small.resize((WIDTH + 400, HEIGHT + 400), Image.Resampling.BICUBIC).filter(ImageFilter.BoxBlur(9))
        return large.point(lambda level: 130 + level * 125 // 255)


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
