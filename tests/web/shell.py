"""An application with nothing but the shell: templates, filters, assets, forms and both languages."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_wtf.csrf import CSRFProtect

from portal.web import assets, filters, i18n

ROOT = Path(__file__).parents[2]

# What these tests need said in English; the portal's own catalogue is judged elsewhere.
ENGLISH: dict[tuple[str | None, str], str | tuple[str, str]] = {
    (None, "今天"): "Today",
    (None, "昨天"): "Yesterday",
    (None, "明天"): "Tomorrow",
    ("句中", "今天"): "today",
    ("句中", "昨天"): "yesterday",
    ("句中", "明天"): "tomorrow",
    (None, "%(num)s 天"): ("%(num)s day", "%(num)s days"),
    (None, "%(num)s 小时"): ("%(num)s h", "%(num)s h"),
    (None, "%(num)s 分钟"): ("%(num)s min", "%(num)s min"),
    (None, "%(building)s号楼"): "Block %(building)s",
    (None, "%(entrance)s单元"): "Unit %(entrance)s",
    ("房号", "%(number)s"): "Flat %(number)s",
    (None, "剩 %(time)s"): "%(time)s left",
    (None, "超 %(time)s"): "%(time)s over",
    (None, "已超 %(time)s"): "%(time)s over",
    (None, "还有 %(time)s"): "%(time)s left",
    (None, "已暂停"): "Paused",
    (None, "%(time)s 达成"): "%(time)s met",
    (None, "%(time)s 未达成"): "%(time)s missed",
    ("列举", "、"): ", ",
    (None, "上午"): "morning",
    (None, "%(day)s %(weekday)s %(half)s"): "%(weekday)s %(day)s, %(half)s",
    (None, "跳到正文"): "Skip to content",
    (None, "·安居"): " · Anju",
    (None, "·安居工作台"): " · Anju workbench",
    (None, "有 %(num)s 处要改"): ("%(num)s thing to change", "%(num)s things to change"),
}


def build(folder: Path) -> Flask:
    """The shell alone; ``folder`` is an empty one for its English words."""
    app = Flask("portal", root_path=str(ROOT / "portal"), static_folder=None)
    app.config.update(
        SECRET_KEY="only for these tests", TESTING=True, BABEL_TRANSLATION_DIRECTORIES=str(_english(folder))
    )
    CSRFProtect(app)
    for part in (i18n, filters, assets):
        part.install(app)
    app.add_url_rule("/language", "owner.accounts.language", lambda: "", methods=["POST"])
    app.add_url_rule("/home", "owner.home", lambda: "")
    app.add_url_rule("/day", "staff.day", lambda: "")
    return app


def _english(folder: Path) -> Path:
    catalogue = Catalog(locale="en")
    for (context, source), words in ENGLISH.items():
        plural = isinstance(words, tuple)
        catalogue.add((source, source) if plural else source, words, context=context)
    place = folder / "en" / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    return folder
