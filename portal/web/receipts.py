"""The file of a receipt: words for people in both languages, then the signed note for whoever verifies it."""

from __future__ import annotations

from flask import Response, render_template
from flask_babel import force_locale

from portal.web.erasures import Told
from portal.web.i18n import LOCALES


def receipt_file(number: str, note: str) -> Response:
    """A text file to keep. ``flask --app portal privacy receipt FILE`` verifies the note at its end."""
    parts = []
    for locale in LOCALES:
        with force_locale(locale):
            parts.append(render_template("notices/receipt.txt", receipt=Told.of(note)))
    named = {"Content-Disposition": f'attachment; filename="anju-receipt-{number}.txt"'}
    return Response("\n\n".join([*parts, note]), mimetype="text/plain", headers=named)
