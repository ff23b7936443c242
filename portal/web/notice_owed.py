"""Until the privacy notice in force is acknowledged, nothing else opens for the owner's side."""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.models.accounts.privacy_notice import in_force
from portal.models.property.signed_in import SignedIn


class NoticeOwed(Exception):
    """The person has not acknowledged the privacy notice in force."""


def owed(signed_in: SignedIn) -> bool:
    """Whether the session's person still has to read the notice; the staff is told by its employer."""
    return not signed_in.staff and signed_in.notice_version != in_force().version


def install(app: Flask) -> None:
    """Lead whoever owes it to the notice, and from there back to where they wanted to go."""
    app.register_error_handler(NoticeOwed, _show)


def _show(_error: NoticeOwed) -> BaseResponse:
    page = url_for("owner.privacy.notice.show")
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": page})
    if request.method != "GET":
        return redirect(page, 303)
    return redirect(f"{page}?next={quote(request.full_path.rstrip('?'), safe='/')}", 303)
