"""The cookie that makes a browser known, and the kind of device in coarse words: no address, no version."""

from __future__ import annotations

import secrets

from flask import current_app, request
from flask_babel import gettext
from flask_limiter.util import get_remote_address
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from portal.models.errors import N_

SALT = "portal.device"
LASTS_SECONDS = 400 * 24 * 3600  # the longest that browsers keep one

# The first word that a browser's description contains decides.
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("AlipayClient", "Alipay"),
    ("QQBrowser", "QQ"),
    ("UCBrowser", "UC"),
    ("HuaweiBrowser", "Huawei"),
    ("MiuiBrowser", "Mi"),
    ("SamsungBrowser", "Samsung"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
# Whose names are said in Chinese.
NAMES = {
    "HarmonyOS": N_("鸿蒙设备"),
    "WeChat": N_("微信"),
    "Alipay": N_("支付宝"),
    "Huawei": N_("华为浏览器"),
    "Mi": N_("小米浏览器"),
    "Samsung": N_("三星浏览器"),
    "QQ": N_("QQ 浏览器"),
    "UC": N_("UC 浏览器"),
}


def label_of(description: str) -> str | None:
    """The kind of device, such as ``iPhone · Safari``; None where the description says neither."""
    found = [next((name for word, name in table if word in description), "") for table in (SYSTEMS, BROWSERS)]
    return " · ".join(filter(None, found)) or None


def said_label(label: str | None) -> str:
    """The kind of device in the reader's language."""
    if label is None:
        return gettext("其他设备")
    return " · ".join(gettext(NAMES[name]) if name in NAMES else name for name in label.split(" · "))


def key() -> str:
    """The key of this request's browser; empty where it has none that we gave it."""
    try:
        found = _signed().loads(request.cookies.get(cookie_name(), ""))
    except BadSignature:
        return ""
    return found if isinstance(found, str) else ""


def give(answer: Response) -> str:
    """Let the browser keep its key, or a new one, for 400 days from now; returns it."""
    kept = key() or secrets.token_urlsafe(32)
    answer.set_cookie(
        cookie_name(),
        str(_signed().dumps(kept)),
        max_age=LASTS_SECONDS,
        path="/",
        secure=current_app.config["SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return kept


def cookie_name() -> str:
    """``__Host-anju-device`` where the public address is https, else ``anju-device``."""
    return "__Host-anju-device" if current_app.config["SECURE"] else "anju-device"


def source() -> str:
    """Whose requests a limit counts together: a browser we know, else everybody behind the same address."""
    return f"device:{key()}" if key() else get_remote_address()


def _signed() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=SALT)
