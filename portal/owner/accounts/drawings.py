"""The drawing that an authenticator app reads."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import segno
from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from portal.models.accounts import Totp
from portal.models.errors import NotReached


def drawn(account_id: UUID) -> BaseResponse:
    """The secret that waits for its first code, as SVG; raises NotReached where none waits. Never kept by a browser."""
    totp = Totp.waiting(account_id)
    if totp is None:
        raise NotReached
    drawing = BytesIO()
    segno.make(totp.uri, error="m").save(drawing, kind="svg", scale=5, border=3, dark="#111", light="#fff", svgns=True)
    answer = Response(drawing.getvalue(), mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "no-store"
    return answer
