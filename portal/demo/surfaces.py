"""Pictures of what rooms are made of: ceiling, wall, floors, window. Each before and after the repair."""

from __future__ import annotations

from itertools import pairwise

from portal.demo.sheet import AMBER, EDGE, INK, JADE, LIGHT, PAPER, STONE, SUNKEN, VERMILION, WATER, Point, Sheet

FAR, NEAR = 0.22, 0.78  # where the buckled boards begin and end, as shares of the floor's depth


def _room(sheet: Sheet) -> None:
    """A corner of a room seen from below: ceiling above, three walls."""
    sheet.wash([(0, 0), (800, 0), (800, 130), (590, 250), (230, 250), (0, 150)], LIGHT, 0.9)
    left = [(0, 150), (230, 250), (230, 600), (0, 600)]
    sheet.wash(left, STONE, 0.75)
    sheet.wash([(230, 250), (590, 250), (590, 600), (230, 600)], SUNKEN, 0.8)
    sheet.wash([(590, 250), (800, 130), (800, 600), (590, 600)], STONE, 0.45)
    sheet.hatch(left, 15, EDGE)
    for points in (((0, 150), (230, 250), (590, 250), (800, 130)), ((230, 250), (230, 600)), ((590, 250), (590, 600))):
        sheet.line(*points, width=2.8)
    sheet.line((0, 168), (232, 267), (588, 267), (800, 150), width=1.2, colour=EDGE)


def ceiling(sheet: Sheet, repaired: bool) -> None:
    """A ceiling's corner: a brown stain that drips, or fresh paint."""
    _room(sheet)
    sheet.outline(sheet.ring((585, 95), 62, 26), 2)
    sheet.outline(sheet.ring((585, 95), 46, 18), 1.2)
    x = sheet.rng.uniform(300, 380)
    if repaired:
        sheet.wash([(235, 90), (470, 70), (500, 215), (265, 238)], LIGHT, 1)
        for n in range(5):
            sheet.line((245 + n * 46, 95 - n * 3), (268 + n * 46, 226 - n * 3), width=0.9, colour=STONE)
        return
    for rx, ry, strength in ((112, 52, 0.3), (84, 38, 0.34), (46, 20, 0.42)):
        sheet.blob((x, 190), rx * sheet.rng.uniform(0.9, 1.12), ry, AMBER, strength)
    sheet.outline(sheet.ring((x, 190), 106, 48, 0.14), 1.1, AMBER)
    for n in range(sheet.rng.randint(2, 4)):
        sheet.drop(x - 40 + n * 34, 300 + sheet.rng.uniform(0, 190), sheet.rng.uniform(7, 11))
    sheet.line((x - 6, 232), (x - 7, 262), width=1.4, colour=WATER)


def crack(sheet: Sheet, repaired: bool) -> None:
    """The wall above a door: a crack that runs off the corner, or a wall without one."""
    sheet.wash([(0, 0), (800, 0), (800, 600), (0, 600)], SUNKEN, 0.6)
    frame = [(90, 250), (390, 250), (390, 600), (90, 600)]
    sheet.wash(frame, STONE, 0.9)
    sheet.line((90, 600), (90, 250), (390, 250), (390, 600), width=3)
    sheet.line((118, 600), (118, 278), (362, 278), (362, 600), width=2)
    sheet.hatch([(122, 282), (358, 282), (358, 600), (122, 600)], 17, EDGE)
    sheet.line((0, 60), (800, 44), width=1.4, colour=EDGE)
    if repaired:
        sheet.wash([(372, 80), (760, 70), (770, 330), (400, 330)], LIGHT, 0.95)
        _roller(sheet, 640, 360)
        return
    _run_of_a_crack(sheet, (392, 248))


def _run_of_a_crack(sheet: Sheet, spot: Point) -> None:
    """A crack that climbs to the right, branches, and is marked across where its width is watched."""
    rough = [spot]
    while spot[0] < 690 and spot[1] > 74:
        spot = (spot[0] + sheet.rng.uniform(10, 30), spot[1] - sheet.rng.uniform(-6, 26))
        rough.append(spot)
    for n, (start, end) in enumerate(pairwise(rough)):
        sheet.line(start, end, width=4.2 - 2.8 * n / len(rough))
    sheet.line(*[(x + 4, y + 4) for x, y in rough], width=1.2, colour=EDGE)
    for x, y in sheet.rng.sample(rough[2:-1], 3):
        bend = (x + sheet.rng.uniform(14, 34), y + sheet.rng.uniform(4, 22))
        sheet.line((x, y), bend, (bend[0] + sheet.rng.uniform(8, 30), bend[1] + sheet.rng.uniform(10, 34)), width=1.4)
    x, y = rough[len(rough) // 2]
    sheet.line((x - 22, y - 32), (x + 18, y + 30), width=2.2, colour=VERMILION)


def _roller(sheet: Sheet, x: float, y: float) -> None:
    sheet.wash(sheet.box(x - 60, y, 120, 40), LIGHT, 0.9)
    sheet.line((x + 60, y + 20), (x + 86, y + 20), (x + 86, y + 66), (x, y + 66), (x, y + 96), width=2.4)
    sheet.wash(sheet.box(x - 11, y + 96, 22, 110), JADE, 0.7)


def _slanted(sheet: Sheet, rows: int, columns: int, top: float = 90) -> list[list[Point]]:
    """The crossings of a floor's joints as one sees it when standing: narrow above, wide below."""
    grid = []
    for row in range(rows + 1):
        share = (row / rows) ** 1.35
        y, spread = top + (620 - top) * share, 0.62 + 0.75 * share
        grid.append([(400 + (column / columns - 0.5) * 900 * spread, y) for column in range(columns + 1)])
    for line in (*grid, *zip(*grid, strict=True)):
        sheet.line(line[0], line[-1], width=1.7)
    return grid


def tile(sheet: Sheet, repaired: bool) -> None:
    """Floor tiles: one cracked and proud, or all of them whole."""
    sheet.wash([(0, 90), (800, 90), (800, 600), (0, 600)], SUNKEN, 0.8)
    sheet.wash([(0, 0), (800, 0), (800, 90), (0, 90)], STONE, 0.8)
    sheet.line((0, 70), (800, 70), width=1.4)
    grid = _slanted(sheet, 4, 5)
    row, column = 2, sheet.rng.choice((1, 2, 3))
    a, b, c, d = grid[row][column], grid[row][column + 1], grid[row + 1][column + 1], grid[row + 1][column]
    for r, s in ((0, 1), (1, 3), (3, 0), (3, 4)):
        sheet.wash([grid[r][s], grid[r][s + 1], grid[r + 1][s + 1], grid[r + 1][s]], STONE, 0.4)
    if repaired:
        sheet.wash([a, b, c, d], LIGHT, 1)
        sheet.line((a[0] + 20, a[1] + 16), (a[0] + 62, a[1] + 60), width=1, colour=EDGE)
        sheet.line((a[0] + 44, a[1] + 14), (a[0] + 74, a[1] + 46), width=1, colour=EDGE)
        return
    sheet.wash([a, b, c, d], STONE, 0.95)
    sheet.hatch([a, b, (c[0], c[1] - 20), (d[0], d[1] - 20)], 12, EDGE)
    spot = (a[0] + sheet.rng.uniform(30, 80), a[1])
    while spot[1] < c[1] - 4:
        step = (spot[0] + sheet.rng.uniform(-14, 30), min(spot[1] + sheet.rng.uniform(12, 26), c[1]))
        sheet.line(spot, step, width=2.8)
        if sheet.rng.random() < 0.45:
            sheet.line(step, (step[0] + sheet.rng.uniform(20, 52), step[1] - sheet.rng.uniform(-14, 24)), width=1.6)
        spot = step
    sheet.line((d[0], d[1] - 7), (c[0], c[1] - 10), width=2.2)


def floor(sheet: Sheet, repaired: bool) -> None:
    """Boards of a wooden floor: buckled up by the wall, or flat."""
    sheet.wash([(0, 0), (800, 0), (800, 150), (0, 150)], LIGHT, 0.7)
    sheet.wash([(0, 150), (800, 150), (800, 600), (0, 600)], AMBER, 0.26)
    sheet.wash([(0, 118), (800, 118), (800, 150), (0, 150)], STONE, 0.9)
    sheet.line((0, 118), (800, 118), width=1.4)
    sheet.line((0, 150), (800, 150), width=2.6)
    edges = [(400 + (n - 4) * 92, 400 + (n - 4) * 210) for n in range(9)]
    hump = 9 if repaired else sheet.rng.choice((2, 3, 4))
    for n in range(9):
        if n == hump + 1:
            sheet.line(_board(edges, n, 0), _board(edges, n, FAR), width=1.8)
            sheet.line(_board(edges, n, NEAR), _board(edges, n, 1), width=1.8)
        else:
            sheet.line(_board(edges, n, 0), _board(edges, n, 1), width=1.8)
        share = sheet.rng.uniform(0.15, 0.85)
        if n not in (hump, hump + 1):
            sheet.line(_board(edges, n, share), _board(edges, min(n + 1, 8), share), width=1.4)
    if not repaired:
        _hump(sheet, edges, hump)
    for _ in range(14):
        x, y = sheet.rng.uniform(30, 770), sheet.rng.uniform(190, 580)
        sheet.line((x, y), (x + (x - 400) * 0.06, y + 22), width=0.8, colour=AMBER)


def _board(edges: list[tuple[int, int]], n: int, share: float) -> Point:
    """A point of the n-th joint, so far down from the wall."""
    above, below = edges[n]
    return above + (below - above) * share, 150 + 450 * share


def _hump(sheet: Sheet, edges: list[tuple[int, int]], n: int) -> None:
    """Two boards that push each other up like a tent, with a dark gap below."""
    left = [_board(edges, n, FAR), _board(edges, n, NEAR)]
    right = [_board(edges, n + 2, FAR), _board(edges, n + 2, NEAR)]
    ridge = [(x, y - rise) for (x, y), rise in ((_board(edges, n + 1, FAR), 22), (_board(edges, n + 1, NEAR), 60))]
    sheet.wash([*left, *reversed(right)], PAPER, 1)
    sheet.wash([left[0], ridge[0], ridge[1], left[1]], AMBER, 0.32)
    sheet.wash([ridge[0], right[0], right[1], ridge[1]], AMBER, 0.55)
    sheet.wash([left[1], ridge[1], right[1]], INK, 0.75)
    sheet.hatch([ridge[0], right[0], right[1], ridge[1]], 10, EDGE)
    for points in ((left[0], ridge[0], right[0]), (left[1], ridge[1], right[1]), left, right, ridge):
        sheet.line(*points, width=2.6)


def window(sheet: Sheet, repaired: bool) -> None:
    """A window with its sill: water in the corner, or a dry one."""
    sheet.wash([(0, 0), (800, 0), (800, 600), (0, 600)], SUNKEN, 0.55)
    sheet.wash([(150, 50), (650, 50), (650, 450), (150, 450)], LIGHT, 1)
    sheet.wash([(150, 300), (260, 230), (370, 290), (500, 210), (650, 300), (650, 450), (150, 450)], JADE, 0.22)
    sheet.wash([(150, 50), (650, 50), (650, 200), (150, 230)], WATER, 0.2)
    for x, y, w, h in ((150, 50, 500, 400), (166, 66, 226, 368), (408, 66, 226, 368)):
        sheet.box(x, y, w, h, 2.8)
    sheet.line((618, 230), (618, 280), width=5)
    sheet.line((618, 252), (640, 252), width=4)
    sill = [(110, 450), (690, 450), (720, 492), (80, 492)]
    sheet.wash(sill, LIGHT, 0.9)
    sheet.closed(*sill, width=2.6)
    sheet.line((80, 492), (80, 512), (720, 512), (720, 492), width=2)
    if repaired:
        sheet.line((160, 442), (640, 442), width=4.5, colour=JADE)
        sheet.line((208, 100), (262, 190), width=1, colour=EDGE)
        sheet.line((236, 98), (284, 176), width=1, colour=EDGE)
        return
    x = sheet.rng.choice((200, 560))
    sheet.blob((x + 10, 472), 92, 14, WATER, 0.7)
    sheet.blob((x, 548), 60, 30, AMBER, 0.3)
    for n in range(4):
        sheet.line((x - 20 + n * 14, 512), (x - 22 + n * 14, 540 + sheet.rng.uniform(0, 46)), width=1.5, colour=WATER)
    sheet.drop(x - 14, 440, 7)
    sheet.drop(x + 26, 570, 8)
    for n in range(9):
        start = (180 + n * 50 + sheet.rng.uniform(-14, 14), 90 + sheet.rng.uniform(0, 180))
        sheet.line(start, (start[0] - 14, start[1] + 44), width=0.9, colour=WATER)
