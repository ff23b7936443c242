"""Numbers for the drawings: path data that a template sets into SVG, because pages carry no inline style."""

from __future__ import annotations

FLOORS, COLUMNS = 14, 5


def lit_window(floor: str | int, column: int = 3, floors: int = FLOORS) -> str:
    """The window of a flat on the drawn front (14 floors, 5 windows each), counted from the ground and the left.

    A taller building is drawn to scale. Empty where the floor is not a number above ground (B1, 夹层).
    """
    text = str(floor)
    if not text.isdecimal() or int(text) < 1:
        return ""
    tall = max(floors, int(text), FLOORS)
    row = -(-int(text) * FLOORS // tall)
    across = min(max(column, 1), COLUMNS)
    return f"M{11 + 20 * across} {17 + 8 * (FLOORS - row)}h8v5h-8z"
