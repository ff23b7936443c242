"""Pictures for tests, drawn on the spot."""

from __future__ import annotations

from io import BytesIO

from PIL import Image


def jpeg(colour: str = "white", size: tuple[int, int] = (120, 90)) -> BytesIO:
    """A small JPEG of one colour."""
    kept = BytesIO()
    Image.new("RGB", size, colour).save(kept, "JPEG")
    kept.seek(0)
    return kept
