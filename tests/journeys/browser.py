"""A browser without scripts over the real network: cookies, forms, redirects."""

from __future__ import annotations

from http import HTTPStatus
from http.cookiejar import CookieJar
from time import sleep
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.stage.client import Reading


class Browser:
    """Signs in and reports, as a person without scripts would."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        """A page."""
        with self._opener.open(self.address + path, timeout=60) as answer:
            text: str = answer.read().decode()
        return text

    def send(self, page: str, action: str, **fields: str) -> tuple[str, str]:
        """Fill the form of a page and send it; returns the address one ends at and its page."""
        form = next(form for form in Reading(page).forms if form.action.endswith(action))
        data = dict(form.fields) | fields
        request = Request(self.address + form.action, data=urlencode(data, doseq=True).encode())
        with self._opener.open(request, timeout=60) as answer:
            return answer.url, answer.read().decode()

    def sign_in(self, phone: str, password: str) -> None:
        """Through the page."""
        try:
            address, _ = self.send(self.get("/?way=password"), "/sessions", phone=phone, password=password)
        except HTTPError as busy:  # many sign in at once: again, when the answer says
            if busy.code != HTTPStatus.TOO_MANY_REQUESTS:
                raise
            sleep(int(busy.headers["Retry-After"]))
            return self.sign_in(phone, password)
        assert address.endswith("/home")
        return None

    def report(self, words: str) -> str:
        """A dripping tap in the kitchen; returns the ticket's number."""
        chosen = {"place": "space.kitchen", "category": "PLUMB", "defect": "PLUMB-02", "words": words}
        _, page = self.send(self.get("/repairs/new"), "/repairs", **chosen)
        address, _ = self.send(page, "/repairs")
        number = address.rpartition("/")[2]
        assert number.startswith("BX")
        return number
