"""Pictures of pipes, drains and sanitary ware. Each before and after the repair."""

from __future__ import annotations

from itertools import pairwise

from portal.demo.sheet import EDGE, JADE, LIGHT, STONE, SUNKEN, VERMILION, WATER, Point, Sheet


def _tiled(sheet: Sheet, bottom: float, size: float = 100) -> None:
    """A wall of square tiles down to a height."""
    sheet.wash([(0, 0), (800, 0), (800, bottom), (0, bottom)], LIGHT, 0.7)
    for n in range(1, int(800 / size)):
        sheet.line((n * size, 0), (n * size, bottom), width=1, colour=EDGE)
    for n in range(1, int(bottom / size) + 1):
        sheet.line((0, n * size), (800, n * size), width=1, colour=EDGE)
    sheet.line((0, bottom), (800, bottom), width=2.8)


def _tube(sheet: Sheet, points: list[Point], thick: float) -> None:
    """A pipe of level and upright pieces with mitred corners, drawn along its middle."""
    left, right = _beside(points, thick), _beside(points, -thick)
    sheet.wash([*left, *reversed(right)], STONE, 0.9)
    sheet.line(*left, width=2.6)
    sheet.line(*right, width=2.6)
    shade = _beside(points, -thick * 0.45)
    sheet.line(*shade, width=1, colour=EDGE)


def _beside(points: list[Point], by: float) -> list[Point]:
    """The line that runs beside a path of right angles at a distance, left of it where positive."""
    ways = [((u > x) - (u < x), (v > y) - (v < y)) for (x, y), (u, v) in pairwise(points)]
    found = []
    for n, (x, y) in enumerate(points):
        before, after = ways[max(0, n - 1)], ways[min(n, len(ways) - 1)]
        across, along = {before[1], after[1]} - {0}, {before[0], after[0]} - {0}
        found.append((x + by * (across.pop() if across else 0), y - by * (along.pop() if along else 0)))
    return found


def pipe(sheet: Sheet, repaired: bool) -> None:
    """The trap below a sink: dripping into a bowl, or dry with a new joint."""
    _tiled(sheet, 470, 118)
    sheet.wash([(0, 470), (800, 470), (800, 600), (0, 600)], SUNKEN, 0.8)
    basin = [(190, 0), (560, 0), (520, 74), (236, 74)]
    sheet.wash(basin, STONE, 0.8)
    sheet.line((190, 0), (236, 74), (520, 74), (560, 0), width=2.8)
    _tube(sheet, [(378, 74), (378, 330), (530, 330), (530, 190), (830, 190)], 21)
    for x, y in ((378, 140), (378, 268), (530, 240)):
        nut = sheet.box(x - 30, y, 60, 30, 2.6)
        new = repaired and (x, y) == (378, 268)
        sheet.wash(nut, JADE if new else STONE, 0.75)
    sheet.outline(sheet.ring((140, 250), 26, 26), 2.4)
    sheet.line((140, 276), (140, 330), (250, 330), width=4)
    if repaired:
        sheet.line((330, 430), (470, 430), width=1.2, colour=EDGE)
        return
    bowl = [(286, 462), (474, 462), (444, 540), (316, 540)]
    sheet.wash(bowl, LIGHT, 0.9)
    sheet.closed(*bowl, width=2.6)
    sheet.wash([(296, 484), (464, 484), (446, 536), (314, 536)], WATER, 0.6)
    sheet.line((360, 300), (356, 346), width=1.6, colour=WATER)
    for n in range(sheet.rng.randint(2, 4)):
        sheet.drop(356 + sheet.rng.uniform(-4, 34), 356 + n * 30, sheet.rng.uniform(7, 10))
    sheet.blob((250 + sheet.rng.uniform(0, 60), 566), 96, 16, WATER, 0.5)
    sheet.outline(sheet.ring((378, 284), 58, 44, 0.03), 2.4, VERMILION)


def _floor(sheet: Sheet) -> None:
    """A tiled floor from above, with its drain."""
    sheet.wash([(0, 0), (800, 0), (800, 600), (0, 600)], SUNKEN, 0.7)
    for n in range(1, 5):
        sheet.line((n * 178 - 40, 0), (n * 178 - 40, 600), width=1.5, colour=EDGE)
        sheet.line((0, n * 164 - 60), (800, n * 164 - 60), width=1.5, colour=EDGE)


def _grating(sheet: Sheet, x: float, y: float) -> None:
    sheet.wash(sheet.box(x - 74, y - 74, 148, 148, 3), STONE, 0.95)
    sheet.outline(sheet.ring((x, y), 54, 54), 2.4)
    for n in range(-2, 3):
        half = (52**2 - (n * 18) ** 2) ** 0.5 - 6
        sheet.line((x - half, y + n * 18), (x + half, y + n * 18), width=4)


def drain(sheet: Sheet, repaired: bool) -> None:
    """A floor drain: standing in its own water, or clear."""
    _floor(sheet)
    x, y = 405 + sheet.rng.uniform(-30, 30), 310 + sheet.rng.uniform(-20, 20)
    if not repaired:
        sheet.blob((x, y), 300, 196, WATER, 0.5)
        sheet.blob((x + 40, y + 20), 214, 130, WATER, 0.3)
    _grating(sheet, x, y)
    if repaired:
        for n in range(4):
            sheet.line((x - 190 + n * 26, y + 130), (x - 150 + n * 26, y + 102), width=1, colour=JADE)
        return
    for n, size in enumerate((96, 140, 190)):
        ring = sheet.ring((x, y), size, size * 0.8, 0.05)
        sheet.line(*ring[3 + n : 13], width=1.2, colour=WATER)
        sheet.line(*ring[20 : 31 - n], width=1.2, colour=WATER)


def water_test(sheet: Sheet, _repaired: bool) -> None:
    """A bathroom floor under water for two days, the level marked on the wall."""
    _tiled(sheet, 300, 100)
    sheet.wash([(0, 300), (800, 300), (800, 600), (0, 600)], WATER, 0.55)
    sheet.wash([(0, 300), (800, 300), (800, 344), (0, 344)], WATER, 0.3)
    for _ in range(16):
        x, y = sheet.rng.uniform(20, 700), sheet.rng.uniform(330, 580)
        sheet.line((x, y), (x + 30, y - 4), (x + 70, y), width=1.1, colour=LIGHT)
    sheet.line((80, 286), (330, 286), width=4, colour=VERMILION)
    sheet.line((92, 270), (92, 300), width=2.4, colour=VERMILION)
    scale = sheet.box(560, 90, 46, 260, 2.4)
    sheet.wash(scale, LIGHT, 0.95)
    for n in range(1, 20):
        sheet.line((560, 90 + n * 13), (572 if n % 5 else 586, 90 + n * 13), width=1.2)
    sheet.wash([(556, 300), (610, 300), (610, 352), (556, 352)], WATER, 0.4)
    sheet.outline(sheet.ring((250, 470), 70, 40), 2.2)
    sheet.wash(sheet.ring((250, 470), 66, 37), STONE, 0.8)


def toilet(sheet: Sheet, repaired: bool) -> None:
    """A water closet from the side: a puddle round its foot, or firm on a new seal."""
    _tiled(sheet, 490, 122)
    sheet.wash([(0, 490), (800, 490), (800, 600), (0, 600)], SUNKEN, 0.85)
    if not repaired:
        sheet.blob((400, 540), 260, 34, WATER, 0.6)
    tank = sheet.box(520, 130, 120, 200, 2.8)
    sheet.wash(tank, LIGHT, 1)
    sheet.box(510, 112, 140, 24, 2.6)
    bowl = [(210, 326), (640, 326), (636, 372), (560, 420), (548, 520), (350, 520), (342, 440), (250, 392)]
    sheet.wash(bowl, LIGHT, 1)
    sheet.closed(*bowl, width=2.8)
    sheet.line((200, 318), (520, 318), width=5)
    sheet.hatch([(556, 336), (630, 336), (560, 420), (546, 420)], 10, EDGE)
    sheet.line((330, 520), (570, 520), width=5 if repaired else 2.4, colour=JADE if repaired else EDGE)
    if not repaired:
        for n in range(4):
            sheet.drop(352 + n * 58 + sheet.rng.uniform(-10, 10), 548 + sheet.rng.uniform(0, 20), 6)
        sheet.outline(sheet.ring((450, 524), 150, 40, 0.03), 2.2, VERMILION)


def shower(sheet: Sheet, repaired: bool) -> None:
    """A shower behind glass: water running out below the door, or kept in."""
    _tiled(sheet, 500, 112)
    sheet.wash([(0, 500), (800, 500), (800, 600), (0, 600)], SUNKEN, 0.85)
    sheet.line((150, 60), (300, 60), (300, 100), width=4)
    head = [(250, 100), (350, 100), (366, 128), (234, 128)]
    sheet.wash(head, STONE, 0.9)
    sheet.closed(*head, width=2.4)
    for n in range(9):
        x = 240 + n * 15
        sheet.line((x, 140), (x - 22 + n * 5 + sheet.rng.uniform(-6, 6), 470), width=1, colour=WATER)
    for corners in ([(420, 40), (560, 40), (560, 500), (420, 500)], [(566, 60), (720, 36), (720, 548), (566, 506)]):
        sheet.wash(corners, WATER, 0.16)
        sheet.closed(*corners, width=2.8)
    sheet.line((590, 270), (590, 330), width=5)
    for x in (446, 480, 640):
        sheet.line((x, 120), (x + 30, 80), width=1, colour=EDGE)
    sheet.line((120, 500), (560, 500), width=4 if repaired else 2, colour=JADE if repaired else EDGE)
    if not repaired:
        sheet.blob((590, 556), 170, 26, WATER, 0.65)
        for n in range(5):
            sheet.line((566 + n * 16, 508 + n * 6), (556 + n * 20, 540 + n * 4), width=1.6, colour=WATER)
        sheet.outline(sheet.ring((566, 510), 84, 46, 0.03), 2.2, VERMILION)
