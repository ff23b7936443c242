"""A browser without scripts: it reads every page it gets and complains about what no page may have."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal import create_app  # noqa: F401 - the application's own response class is used
from portal.models.accounts import Account, Person, RecoveryCode, Session, Totp, has_factor
from portal.models.actor import Actor
from portal.models.base import db
from portal.web import signing_in
from tests.people import CAST, PASSWORD


class Form:
    """A form of a page: where it goes and what it would send as it stands."""

    def __init__(self, action: str, method: str) -> None:
        self.action, self.method = action, method
        self.actions = [action]  # its own, and those of its buttons
        self.fields: dict[str, list[str]] = {}

    def add(self, name: str, value: str) -> None:
        """One more value under a name."""
        self.fields.setdefault(name, []).append(value)


class Reading(HTMLParser):
    """Title, headings, forms, and the faults that no page may have."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.title, self.h1 = "", 0
        self.forms: list[Form] = []
        self.faults: list[str] = []
        self.ids: set[str] = set()
        self._in_title, self._select = False, ""
        self._form: Form | None = None
        self._textarea: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what matters of a tag."""
        values = {name: value or "" for name, value in attrs}
        for name in values:
            if name == "style" or (name.startswith("on") and len(name) > 2):
                self.faults.append(f"<{tag} {name}>")
        if "id" in values and values["id"] in self.ids:
            self.faults.append(f"id {values['id']} twice")
        self.ids.add(values.get("id", ""))
        if tag in ("script", "style") and not values.get("src"):
            self.faults.append(f"inline <{tag}>")
        self._in_title = tag == "title"
        self.h1 += tag == "h1"
        if tag == "form":
            self._form = Form(values.get("action", ""), values.get("method", "get"))
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, values)

    def _control(self, tag: str, values: dict[str, str]) -> None:
        name, kind = values.get("name", ""), values.get("type", "text")
        assert self._form is not None
        if "formaction" in values:
            self._form.actions.append(values["formaction"])
        if tag == "input" and name and kind not in ("submit", "button", "file"):
            if kind not in ("radio", "checkbox") or "checked" in values:
                self._form.add(name, values.get("value", "on" if kind == "checkbox" else ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in values or self._select not in self._form.fields):
            self._form.fields[self._select] = [values.get("value", "")]
        elif tag == "textarea":
            self._textarea = name
            self._form.fields[name] = [""]

    def handle_endtag(self, tag: str) -> None:
        """Leave what was open."""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        """Text of the title and of text areas."""
        if self._in_title:
            self.title += data
            self._in_title = False
        if self._textarea and self._form:
            self._form.fields[self._textarea] = [data.removeprefix("\n").removeprefix("\r\n")]


def _recovery_code(app: Flask, key: str) -> str:
    """A code of somebody of the cast, who has an app from now on."""
    with app.app_context():
        person = Person.by_phone(CAST[key].phone)
        assert person is not None
        account, by = Account.of(person), Actor(person_id=person.id)
        if not has_factor(account.id):
            totp = Totp.begin(account)
            totp.confirm(totp.now(), by=by)
        code = RecoveryCode.renew(account, by=by)[0]
        db.session.commit()
        return code


class PageClient(FlaskClient):
    """Checks every page it opens; ``submit`` fills a form of a page as a person would."""

    @classmethod
    def of(cls, app: Flask, key: str | None) -> PageClient:
        """A browser with a session of somebody of the cast, or of nobody."""
        app.test_client_class = cls
        client = app.test_client()
        if key is not None:
            with app.test_request_context():
                person = Person.by_phone(CAST[key].phone)
                assert person is not None
                _, token = Session.begin(Account.of(person))
                db.session.commit()
                client.set_cookie(signing_in.cookie_name(), token, domain="localhost")
        return client  # type: ignore[return-value]

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # type: ignore[override]
        """Answer a request; a page with a fault fails the test."""
        answer = super().open(*args, **kwargs)
        if answer.mimetype == "text/html" and answer.data:
            self._check(answer)
        return answer

    def sign_in(self, key: str) -> TestResponse:
        """Sign in for real, through the page; who owes a second step takes it with a recovery code."""
        answer = self.submit("/?way=password", "/sessions", phone=CAST[key].phone, password=PASSWORD)
        if not answer.headers.get("Location", "").startswith("/second-step"):
            return answer
        code = _recovery_code(self.application, key)
        page = self.get(answer.headers["Location"])
        form = next(form for form in Reading(page.text).forms if form.fields.get("way") == ["recovery"])
        return self.post(form.action, data=form.fields | {"code": code})

    def form(self, page: str | TestResponse, action: str) -> Form:
        """The form of a page whose action ends so."""
        answer = self.get(page) if isinstance(page, str) else page
        for form in Reading(answer.text).forms:
            for offered in form.actions:
                if offered.endswith(action):
                    form.action = offered
                    return form
        raise AssertionError(f"no form {action} on {answer.request.path}")

    def submit(self, page: str | TestResponse, action: str, follow: bool = False, **fields: Any) -> TestResponse:
        """Load the page, fill its form and send it; what the page does not offer is sent all the same."""
        form = self.form(page, action)
        data: dict[str, Any] = dict(form.fields) | fields
        return self.post(form.action, data=data, follow_redirects=follow)

    def _check(self, answer: TestResponse) -> None:
        text = answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        reading = Reading(text)
        assert not reading.faults, f"{answer.request.path}: {reading.faults}"
        if "<html" in text:
            assert reading.title.strip(), f"{answer.request.path} has no title"
            assert reading.h1 == 1, f"{answer.request.path} has {reading.h1} h1"
        for form in reading.forms:
            assert form.method.lower() != "post" or "csrf_token" in form.fields, f"{form.action} has no CSRF token"
