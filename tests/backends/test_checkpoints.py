"""Places for checkpoints: written once and whole, silent about addresses, and refused in one line when wrong."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from uuid import uuid4

import pytest

from portal import config
from portal.backends.checkpoints import Folder, Mailbox, NotKept, Web, code_of, places_for
from portal.backends.mail import Mail, MailNotSent, mailer_for

NOTE = "anju/00\n12\nAAAA\n2026-11-21T08:00:00.000000Z\n\n\u2014 anju/00 BBBB\n"


class Server(HTTPServer):
    """Takes what is posted and answers with one status."""

    status = 204
    taken: list[tuple[str, bytes, str | None]]


class _Answers(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, body, self.headers["Idempotency-Key"]))
        self.send_response(self.server.status)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    """A web server on the loopback address."""
    found = Server(("127.0.0.1", 0), _Answers)
    found.taken = []
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


def places(folder: Path, text: str, **more: str) -> dict[str, object]:
    settings = config.load({"PORTAL_CHECKPOINTS": text} | more, folder)
    return places_for(settings, mailer_for(settings))


def test_a_folder_keeps_each_note_once_for_its_owner_only(tmp_path: Path):
    place, key = Folder(tmp_path / "far" / "away"), uuid4()
    for _ in range(2):
        place.keep("000000000012-aa.note", NOTE, key)
    assert [*place.notes()] == [("000000000012-aa.note", NOTE)]
    (file,) = (tmp_path / "far" / "away").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_note_is_never_written_over(tmp_path: Path):
    place = Folder(tmp_path)
    place.keep("1.note", NOTE, uuid4())
    with pytest.raises(NotKept, match="AnotherNote"):
        place.keep("1.note", NOTE + " ", uuid4())
    assert (tmp_path / "1.note").read_text() == NOTE


def test_what_a_killed_writer_left_is_no_note_and_does_not_hinder(tmp_path: Path):
    (tmp_path / "1.note.part").write_text(NOTE[:10])
    place = Folder(tmp_path)
    assert [*place.notes()] == []
    place.keep("1.note", NOTE, uuid4())
    assert [name for name, _ in place.notes()] == ["1.note"]


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotKept):
        Folder(tmp_path / "file").keep("1.note", NOTE, uuid4())
    assert [*Folder(tmp_path / "none").notes()] == []


def test_a_web_address_takes_the_note_as_it_is(server: Server, tmp_path: Path):
    key = uuid4()
    (place,) = places(tmp_path, f"http://127.0.0.1:{server.server_port}/in?token=secret").values()
    place.keep("1.note", NOTE, key)
    assert server.taken == [("/in?token=secret", NOTE.encode(), key.hex)]
    assert "secret" not in place.label + repr(place)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 403, 500])
def test_anything_but_a_2xx_is_a_failure_and_no_redirect_is_followed(server: Server, tmp_path: Path, status: int):
    server.status = status
    (place,) = places(tmp_path, f"http://127.0.0.1:{server.server_port}/in").values()
    with pytest.raises(NotKept, match=f"Http{status}"):
        place.keep("1.note", NOTE, uuid4())
    assert len(server.taken) == 1


def test_a_web_address_nobody_answers(tmp_path: Path):
    (place,) = places(tmp_path, "http://127.0.0.1:9/in").values()
    with pytest.raises(NotKept, match="NotReached"):
        place.keep("1.note", NOTE, uuid4())


def test_a_mailbox_gets_the_note_as_the_text(tmp_path: Path):
    (place,) = places(tmp_path, "mailto:dpo@example.com").values()
    assert isinstance(place, Mailbox)
    assert place.label == "d***@example.com"
    place.keep("1.note", NOTE, uuid4())
    assert len([*(tmp_path / "outbox").rglob("*.eml")]) == 1


def test_a_mail_that_fails_does_not_name_the_address():
    class Broken:
        def send(self, message: Mail) -> None:
            raise MailNotSent(550)

    with pytest.raises(NotKept) as failed:
        Mailbox("dpo@example.com", Broken()).keep("1.note", NOTE, uuid4())
    assert "dpo" not in str(failed.value)
    assert failed.value.__context__ is None


@pytest.mark.parametrize(
    "text",
    [
        "ftp://example.com/x",
        "file://relative",
        "file:///",
        "mailto:nobody",
        "http://example.com/in",
        "https://user:word@example.com/in",
        "https://",
        "words",
    ],
)
def test_a_place_that_makes_no_sense_is_refused_without_repeating_it(tmp_path: Path, text: str):
    with pytest.raises(config.SettingsError) as refused:
        places(tmp_path, text)
    assert "PORTAL_CHECKPOINTS" in str(refused.value)
    assert "word@" not in str(refused.value)


def test_plain_http_is_for_the_demonstration(tmp_path: Path):
    production = {"PORTAL_MODE": "production", "PORTAL_ROOT_KEY_FILE": "/elsewhere/key"}
    with pytest.raises(config.SettingsError):
        places(tmp_path, "http://127.0.0.1:8080/in", **production)
    (place,) = places(tmp_path, "https://witness.example.com/in", **production).values()
    assert isinstance(place, Web)


def test_several_places_have_codes_that_tell_nothing(tmp_path: Path):
    urls = [f"file://{tmp_path}/a", "mailto:dpo@example.com"]
    found = places(tmp_path, " ".join(urls))
    assert list(found) == [code_of(url) for url in urls]
    assert all(len(code) == 16 for code in found)
    assert "dpo" not in os.fspath(tmp_path) + "".join(found)
