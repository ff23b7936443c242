"""The reader's language: chosen in the session, else the browser's; Chinese where neither says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from babel import Locale
from babel.support import NullTranslations, Translations
from flask import Flask, request, session
from flask_babel import Domain, get_locale, gettext, pgettext

from portal import extensions

LOCALES = ("zh", "en")


class Catalogue(Domain):
    """The library's domain of messages, which finds the texts of a locale at once: a page asks some hundred times."""

    def __init__(self) -> None:
        super().__init__()
        self._of: dict[Locale | None, NullTranslations | Translations] = {}

    def get_translations(self) -> NullTranslations | Translations:
        """The texts of the locale that is in force."""
        locale = get_locale()
        found = self._of.get(locale)
        if found is None:
            found = self._of[locale] = super().get_translations()
        return found


def install(app: Flask) -> None:
    """Choose the locale for every request, and let templates ask for it."""
    extensions.babel.init_app(app, locale_selector=choose)
    extensions.babel.domain_instance = catalogue = Catalogue()
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: catalogue.get_translations().ugettext(text),
        ngettext=lambda one, many, count: catalogue.get_translations().ungettext(one, many, count),
        pgettext=lambda context, text: catalogue.get_translations().upgettext(context, text),
        npgettext=lambda context, one, many, count: catalogue.get_translations().unpgettext(context, one, many, count),
        newstyle=True,
    )
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.globals.update(locale=language, local=local, said=said, listed=listed)


def choose() -> str:
    """The locale of this request: ``zh`` or ``en``."""
    chosen = session.get("locale")
    return chosen if chosen in LOCALES else request.accept_languages.best_match(LOCALES) or "zh"


def language() -> str:
    """The two letters of the locale that is in force, in a request or a job."""
    found = get_locale()
    return "en" if found is not None and found.language == "en" else "zh"


def local(row: Any, name: str) -> str:
    """A text that a row keeps in both languages, such as ``local(space, "name")``; empty where it has none."""
    return getattr(row, f"{name}_{language()}") or ""


def said(text: str, **values: Any) -> str:
    """A source text that a model marked with ``N_``, in the reader's language."""
    return gettext(text, **values)


def listed(words: Iterable[str]) -> str:
    """Words one after the other: 装修、门窗 / Finishes, doors."""
    first, *rest = [*words] or [""]
    return pgettext("列举", "、").join((first, *map(inside, rest)))


def inside(words: str) -> str:
    """Words as they stand inside a line: in English not capitalised, unless they are a short form such as AC."""
    if language() != "en" or words[1:2].isupper():
        return words
    return words[:1].lower() + words[1:]
