"""The receipt of an erasure, for somebody who has no account any more: whoever holds the link takes it, once."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from portal.extensions import limiter
from portal.models.base import db
from portal.models.privacy.erasure import Erasure
from portal.web.erasures import ErasureView
from portal.web.forms import Form
from portal.web.guard import public
from portal.web.receipts import receipt_file

receipts = Blueprint("receipts", __name__)


@receipts.get("/receipts/<token>")
@public
@limiter.limit("30/minute")
def show(token: str) -> str:
    """What was destroyed; 404 for a link that is unknown, used or over."""
    view = ErasureView.of(Erasure.of_token(token))
    return render_template("owner/privacy/receipt.html", view=view, receipt=view.receipt, token=token, form=Form())


@receipts.post("/receipts/<token>")
@public
@limiter.limit("30/minute")
def take(token: str) -> Response:
    """Hand the file out; the link ends here."""
    erasure = Erasure.of_token(token)
    note = erasure.take()
    db.session.commit()
    return receipt_file(erasure.number, note)
