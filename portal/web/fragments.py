"""The only place that looks at htmx's headers: pages without it, answers of pieces with it."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse


def wants_pieces() -> bool:
    """Whether a script asked, and takes pieces for an answer."""
    return request.headers.get("HX-Request") == "true"


def page(template: str, swap: str, *, status: int = 200, **context: Any) -> BaseResponse:
    """The page, or only its changed pieces when a script asked; the same context feeds both."""
    name = swap if wants_pieces() else template
    answer = make_response(render_template(name, swapping=wants_pieces(), **context), status)
    answer.headers["Vary"] = "HX-Request"
    return answer


def changed(location: str) -> BaseResponse:
    """After a verb, without a script: on to the page (303)."""
    return redirect(location, 303)


def go(location: str) -> BaseResponse:
    """On to another page, for scripts and for people without them."""
    if wants_pieces():
        return Response(status=204, headers={"HX-Redirect": location})
    return redirect(location, 303)


def unchanged(tag: str) -> BaseResponse | None:
    """A 304 when the piece on the screen carries this very tag already; None when it must be rendered."""
    if request.headers.get("HX-PTag") == tag:
        return Response(status=304, headers={"HX-PTag": tag})
    return None


def piece(swap: str, tag: str, /, **context: Any) -> BaseResponse:
    """A live piece with its tag, so that the next poll can be answered 304."""
    answer = make_response(render_template(swap, swapping=True, **context))
    answer.headers["HX-PTag"] = tag
    return answer
