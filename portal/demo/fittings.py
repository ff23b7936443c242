"""Pictures of doors, cabinets, sockets, lamps and machines. Each before and after the repair."""

from __future__ import annotations

import math

from portal.demo.sheet import AMBER, EDGE, INK, JADE, LIGHT, STONE, SUNKEN, VERMILION, WATER, Point, Sheet


def _turned(points: list[Point], centre: Point, degrees: float) -> list[Point]:
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    moved = ((x - centre[0], y - centre[1]) for x, y in points)
    return [(centre[0] + x * cos - y * sin, centre[1] + x * sin + y * cos) for x, y in moved]


def _around(x: float, y: float, w: float, h: float) -> list[Point]:
    return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]


def lock(sheet: Sheet, repaired: bool) -> None:
    """A door's handle and lock: sagging on loose screws, or level."""
    sheet.wash(_around(0, 0, 560, 600), AMBER, 0.2)
    sheet.wash(_around(560, 0, 240, 600), SUNKEN, 0.9)
    for x in (556, 574, 650):
        sheet.line((x, 0), (x, 600), width=2.6)
    for n in range(16):
        grain, tall = sheet.rng.uniform(20, 530), sheet.rng.uniform(40, 110)
        above, below = (0, tall) if n % 2 else (600 - tall, 600)
        sheet.line((grain, above), (grain + sheet.rng.uniform(-4, 4), below), width=0.7, colour=AMBER)
    lean = 0.0 if repaired else sheet.rng.uniform(4, 8)
    plate = _turned(_around(400, 150, 84, 320), (442, 160), lean)
    sheet.wash(plate, LIGHT, 1)
    sheet.closed(*plate, width=2.8)
    droop = 0.0 if repaired else -sheet.rng.uniform(20, 32)
    handle = _turned([(442, 214), (180, 214), (166, 228), (180, 244), (442, 244)], (442, 230), droop + lean)
    sheet.wash(handle, STONE, 1)
    sheet.closed(*handle, width=2.8)
    sheet.outline(sheet.ring((442, 230), 26, 26), 2.6)
    cylinder = _turned([(442, 380)], (442, 160), lean)[0]
    sheet.outline(sheet.ring(cylinder, 22, 22), 2.4)
    sheet.line(cylinder, (cylinder[0], cylinder[1] + 34), width=4)
    sheet.wash(sheet.box(574, 250, 50, 130, 2.2), STONE, 0.9)
    if repaired:
        sheet.line((484, 300), (574, 300), width=1.2, colour=JADE)
        sheet.line((484, 312), (574, 312), width=1.2, colour=JADE)
        return
    for n in range(3):
        sheet.line((516 + n * 8, 240 + n * 22), (546, 226 + n * 22), width=2, colour=VERMILION)
    screw = _turned([(460, 172)], (442, 160), lean)[0]
    sheet.line((screw[0], screw[1]), (screw[0] + 26, screw[1] - 18), width=4)


def cabinet(sheet: Sheet, repaired: bool) -> None:
    """Kitchen cabinets: one door hanging crooked, or all in line."""
    sheet.wash(_around(0, 0, 800, 600), SUNKEN, 0.55)
    sheet.wash(_around(70, 60, 660, 400), LIGHT, 0.9)
    sheet.box(70, 60, 660, 400, 3)
    crooked = sheet.rng.choice((0, 1, 2))
    for n in range(3):
        corners = _around(84 + n * 216, 74, 204, 372)
        wrong = n == crooked and not repaired
        if wrong:
            sheet.hatch(corners, 12, EDGE)
            corners = _turned(corners, corners[0], 5)
        sheet.wash(corners, STONE if wrong else LIGHT, 0.85)
        sheet.closed(*corners, width=2.6)
        inner = [(x + (22 if x < corners[0][0] + 100 else -22), y) for x, y in corners]
        low = max(y for _, y in corners)
        sheet.line((inner[0][0], corners[0][1] + 26), (inner[1][0], corners[1][1] + 26), width=1, colour=EDGE)
        sheet.line((inner[1][0] - 8, low - 90), (inner[1][0] - 8, low - 40), width=5)
        if wrong:
            sheet.outline(sheet.ring((corners[0][0] + 16, corners[0][1] + 40), 42, 42, 0.04), 2.4, VERMILION)
    sheet.wash(_around(0, 470, 800, 26), STONE, 1)
    sheet.line((0, 470), (800, 470), width=2.6)
    sheet.line((0, 496), (800, 496), width=2)
    if repaired:
        sheet.line((76, 452), (724, 452), width=2, colour=JADE)


def socket(sheet: Sheet, repaired: bool) -> None:
    """A wall socket: hanging out, scorched, or straight with the tester in it."""
    sheet.wash(_around(0, 0, 800, 600), SUNKEN, 0.5)
    sheet.line((0, 540), (800, 532), width=2)
    lean = 0.0 if repaired else sheet.rng.uniform(-11, 11)
    centre = (400.0, 280.0)
    if not repaired:
        sheet.blob((430, 190), 150, 120, EDGE, 0.4)
        hole = _around(286, 166, 228, 228)
        sheet.wash(hole, INK, 0.75)
    plate = _turned(_around(270, 150, 260, 260), centre, lean)
    sheet.wash(plate, LIGHT, 1)
    sheet.closed(*plate, width=3)
    sheet.closed(*_turned(_around(292, 172, 216, 216), centre, lean), width=1.4, colour=EDGE)
    slots: list[tuple[Point, Point]] = [((350, 216), (350, 250)), ((450, 216), (450, 250)), ((400, 296), (400, 330))]
    slots += [((352, 350), (368, 322)), ((448, 350), (432, 322))]
    for pair in slots:
        start, end = _turned(list(pair), centre, lean)
        sheet.line(start, end, width=7)
    if repaired:
        sheet.wash(sheet.box(590, 220, 70, 150, 2.4), JADE, 0.5)
        for n in range(3):
            sheet.wash(sheet.ring((625, 250 + n * 34), 9, 9), AMBER, 0.9)
        sheet.line((590, 330), (470, 332), width=2)
        return
    for n in range(3):
        x, y = 470 + n * 26, 208 - n * 34
        sheet.line((x, y), (x + 16, y - 26), (x + 4, y - 28), (x + 22, y - 60), width=2.4, colour=VERMILION)


def lamp(sheet: Sheet, repaired: bool) -> None:
    """A lamp on the ceiling: dark, or lit."""
    sheet.wash(_around(0, 0, 800, 600), SUNKEN if repaired else EDGE, 0.4)
    x = 400 + sheet.rng.uniform(-60, 60)
    if repaired:
        for wide, strength in ((330, 0.2), (230, 0.22), (130, 0.3)):
            sheet.blob((x, 270), wide, wide * 0.78, (0xF0, 0xC8, 0x60), strength)
    else:
        sheet.hatch(_around(0, 0, 800, 600), 20, EDGE)
    sheet.line((0, 40), (800, 40), width=2.4)
    sheet.line((x, 40), (x, 170), width=3)
    shade = [(x - 60, 170), (x + 60, 170), (x + 130, 270), (x - 130, 270)]
    sheet.wash(shade, LIGHT if repaired else STONE, 1)
    sheet.closed(*shade, width=3)
    sheet.outline(sheet.ring((x, 286), 34, 30), 2.4)
    if not repaired:
        sheet.line((x - 14, 276), (x - 2, 292), (x + 8, 276), (x + 16, 296), width=1.8)
        return
    for n in range(9):
        angle = math.pi * (n + 0.5) / 9
        dx, dy = math.cos(angle), math.sin(angle)
        sheet.line((x + dx * 60, 290 + dy * 54), (x + dx * 110, 290 + dy * 100), width=2.2, colour=AMBER)


def vent(sheet: Sheet, repaired: bool) -> None:
    """A grille of the air conditioning: dusty and dripping, or blowing."""
    sheet.wash(_around(0, 0, 800, 210), LIGHT, 0.9)
    sheet.wash(_around(0, 210, 800, 390), SUNKEN, 0.75)
    sheet.line((0, 210), (800, 210), width=2.6)
    frame = [(130, 60), (670, 60), (640, 176), (160, 176)]
    sheet.wash(frame, STONE if repaired else EDGE, 0.7)
    sheet.closed(*frame, width=3)
    for n in range(1, 6):
        y = 60 + n * 19
        sheet.line((134 + n * 5, y), (666 - n * 5, y), width=3)
    if repaired:
        for n in range(5):
            x = 210 + n * 90
            wave = [(x + 22 * math.sin(k * 0.9), 230 + k * 26) for k in range(9)]
            sheet.line(*wave, width=2, colour=JADE)
        return
    sheet.blob((470, 236), 120, 34, AMBER, 0.3)
    for n in range(sheet.rng.randint(4, 6)):
        sheet.drop(200 + n * 80 + sheet.rng.uniform(-20, 20), 270 + sheet.rng.uniform(0, 220), sheet.rng.uniform(8, 12))
    sheet.line((0, 560), (800, 556), width=2)
    sheet.blob((430, 578), 130, 12, WATER, 0.6)


def panel(sheet: Sheet, repaired: bool) -> None:
    """A panel on a wall (lift, entry, breaker): dark and faulty, or lit."""
    sheet.wash(_around(0, 0, 800, 600), SUNKEN, 0.6)
    for edge in (90, 700):
        sheet.line((edge, 0), (edge, 600), width=1.4, colour=EDGE)
    sheet.wash(_around(270, 70, 260, 460), STONE, 1)
    sheet.box(270, 70, 260, 460, 3)
    screen = _around(300, 104, 200, 140)
    sheet.wash(screen, JADE if repaired else INK, 0.6 if repaired else 0.8)
    sheet.closed(*screen, width=2.4)
    for n in range(6):
        centre = (342 + n % 2 * 116, 306 + n // 2 * 74)
        sheet.wash(sheet.ring(centre, 26, 26), LIGHT, 1)
        sheet.outline(sheet.ring(centre, 26, 26), 2.4, JADE if repaired and n == 0 else INK)
    if repaired:
        sheet.line((360, 176), (390, 206), (446, 140), width=6, colour=LIGHT)
        return
    x = sheet.rng.uniform(340, 420)
    sheet.line((x, 104), (x + 30, 150), (x + 6, 176), (x + 44, 244), width=1.8, colour=LIGHT)
    sheet.line((x + 30, 150), (x + 74, 132), width=1.4, colour=LIGHT)
    sheet.closed((620, 170), (690, 290), (550, 290), width=3, colour=VERMILION)
    sheet.line((620, 206), (620, 252), width=5, colour=VERMILION)
    sheet.line((620, 266), (620, 272), width=6, colour=VERMILION)
