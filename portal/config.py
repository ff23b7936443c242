"""One frozen, typed Settings: read once, refused with one clear line when something is wrong."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

RELEASE = "0.1.0"  # as in pyproject.toml

Mode = Literal["demo", "production"]
Algorithm = Literal["aes", "sm4"]


class SettingsError(Exception):
    """A setting that cannot be used; the message is one line for the person who starts the portal."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation can choose. Names in the environment are ``PORTAL_`` + the field in capitals.

    What may hold a secret stays out of the repr. ``root_provider`` names a factory as ``module:factory``; the two
    ``next_`` settings say where ``keys rotate-root`` goes. ``algorithm`` is what new seals use. ``checkpoints`` are the
    places outside the database, separated by blanks, that signed checkpoints of the audit chain go to.
    ``codes_a_day`` is how many one-time codes go out in 24 hours in all: messages cost money.
    """

    mode: Mode
    instance: Path
    database_url: str = field(repr=False)
    keys_url: str = field(repr=False)
    epochs_url: str = field(repr=False)
    root_key_file: Path | None
    root_key: str | None = field(repr=False)
    next_root_key: str | None = field(repr=False)
    root_provider: str | None = field(repr=False)
    next_root_provider: str | None = field(repr=False)
    algorithm: Algorithm
    ledger: Path
    checkpoints: tuple[str, ...] = field(repr=False)
    public_url: str
    proxies: int
    storage_url: str
    limits_url: str = field(repr=False)
    bus_url: str = field(repr=False)
    smtp_url: str | None = field(repr=False)
    mail_from: str
    password_memory_kib: int
    codes_a_day: int
    worker: bool
    testing: bool = False

    @property
    def demo(self) -> bool:
        """Whether this is the demonstration: development keys, nothing sent outside."""
        return self.mode == "demo"

    @property
    def secure(self) -> bool:
        """Whether the public address is https, so that cookies carry ``Secure`` and the ``__Host-`` name."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def outbox(self) -> Path:
        """Where mails lie that are not sent outside (folder of mode 0700)."""
        return self.instance / "outbox"


def load(environ: Mapping[str, str] | None = None, instance: Path | None = None, port: int = 8000) -> Settings:
    """Read the settings: the environment wins over ``instance/settings.toml``, which wins over the defaults.

    ``port`` is only for the default public address. Raises SettingsError with one line that names the setting.
    """
    env = os.environ if environ is None else environ
    folder = Path(env.get("PORTAL_INSTANCE") or instance or Path.cwd() / "instance").resolve()
    chosen = _Chosen(env, _file(folder / "settings.toml"))
    mode = chosen.text("mode", "demo")
    if mode not in ("demo", "production"):
        raise SettingsError(f"PORTAL_MODE is 'demo' or 'production', not {mode!r}")
    settings = Settings(
        mode="demo" if mode == "demo" else "production",
        instance=folder,
        database_url=chosen.text("database_url", f"sqlite:///{folder}/portal.sqlite"),
        keys_url=chosen.text("keys_url", f"sqlite:///{folder}/keys.sqlite"),
        epochs_url=chosen.text("epochs_url", f"sqlite:///{folder}/epochs.sqlite"),
        root_key_file=_root_key_file(chosen, folder, mode),
        root_key=chosen.text("root_key", "") or None,
        next_root_key=chosen.text("next_root_key", "") or None,
        root_provider=chosen.text("root_provider", "") or None,
        next_root_provider=chosen.text("next_root_provider", "") or None,
        algorithm=chosen.algorithm(),
        ledger=Path(chosen.text("ledger", f"{folder}/erasures.ledger")),
        checkpoints=tuple(chosen.text("checkpoints", f"file://{folder}/checkpoints").split()),
        public_url=chosen.text("public_url", f"http://127.0.0.1:{port}").rstrip("/"),
        proxies=chosen.number("proxies", 0, 0, 9),
        storage_url=chosen.text("storage_url", f"file://{folder}/files"),
        limits_url=chosen.text("limits_url", "memory://"),
        bus_url=chosen.text("bus_url", ""),
        smtp_url=chosen.text("smtp_url", "") or None,
        mail_from=chosen.text("mail_from", "service@anju.invalid"),
        password_memory_kib=chosen.number("password_memory_kib", 46 * 1024, 19 * 1024, 1024 * 1024),
        codes_a_day=chosen.number("codes_a_day", 2000, 0, 1_000_000),
        worker=chosen.text("worker", "yes") != "no",
    )
    _check(settings)
    return settings


@dataclass(frozen=True, slots=True)
class _Chosen:
    env: Mapping[str, str]
    file: Mapping[str, object]

    def text(self, name: str, default: str) -> str:
        value = self.env.get(f"PORTAL_{name.upper()}", self.file.get(name, default))
        return str(value).strip()

    def number(self, name: str, default: int, low: int, high: int) -> int:
        text = self.text(name, str(default))
        if not text.isdigit() or not low <= int(text) <= high:
            raise SettingsError(f"PORTAL_{name.upper()} is a whole number from {low} to {high}, not {text!r}")
        return int(text)

    def algorithm(self) -> Algorithm:
        found = self.text("algorithm", "aes")
        if found not in ("aes", "sm4"):
            raise SettingsError(f"PORTAL_ALGORITHM is 'aes' or 'sm4', not {found!r}")
        return "sm4" if found == "sm4" else "aes"


def _file(path: Path) -> Mapping[str, object]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path.name} cannot be read: {error}") from None


def _root_key_file(chosen: _Chosen, folder: Path, mode: str) -> Path | None:
    named = chosen.text("root_key_file", "")
    if named:
        return Path(named)
    return folder / "DEV-ONLY.key" if mode == "demo" else None


def _check(settings: Settings) -> None:
    url = urlsplit(settings.public_url)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise SettingsError(f"PORTAL_PUBLIC_URL is an http or https address, not {settings.public_url!r}")
    if settings.demo:
        if url.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise SettingsError(
                "PORTAL_MODE=demo serves the loopback address only; PORTAL_PUBLIC_URL names another host"
            )
        return
    if not settings.root_key_file and not settings.root_key and not settings.root_provider:
        raise SettingsError("PORTAL_ROOT_KEY_FILE must name the root key's file, outside the instance folder")
    if settings.root_key_file and settings.root_key_file.resolve().is_relative_to(settings.instance):
        raise SettingsError(
            "PORTAL_ROOT_KEY_FILE must lie outside the instance folder: a copy of it would hold key and data"
        )


def for_flask(settings: Settings, secret: bytes) -> dict[str, object]:
    """The settings as Flask and its extensions read them; ``secret`` signs the form cookie."""
    return {
        "SECRET_KEY": secret,
        "SECURE": settings.secure,
        "PUBLIC_URL": settings.public_url,
        "PROXIES": settings.proxies,
        "DEMO": settings.demo,
        "TESTING": settings.testing,
        "PASSWORD_MEMORY_KIB": settings.password_memory_kib,
        "CODES_A_DAY": settings.codes_a_day,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},
        "SESSION_COOKIE_NAME": "__Host-anju-form" if settings.secure else "anju-form",
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": True,
        "MAX_FORM_PARTS": 200,
        "MAX_FORM_MEMORY_SIZE": 256 * 1024,
        "BABEL_DEFAULT_LOCALE": "zh",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "RATELIMIT_STORAGE_URI": settings.limits_url,
        "RATELIMIT_HEADERS_ENABLED": False,
    }
