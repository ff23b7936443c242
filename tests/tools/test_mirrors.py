"""What a person told pip reaches uv, and nothing of it is written down."""

import sys
from pathlib import Path

import pytest

from tools.mirrors import parse, pip_options, uv_environment

LISTING = r"""
:env:.default-timeout='180'
:env:.find-links='/nowhere /'
global.extra-index-url='file:///one/simple\nfile:///two/simple'
global.index-url='https://global.invalid/'
install.index-url='https://user:pa\'ss@install.invalid/'
global.find-links='/other'
download.index-url='https://download.invalid/'
global.cert='/etc/own authority.pem'
"""


def test_pips_own_order_decides():
    options = parse(LISTING)
    assert options["index-url"] == "https://user:pa'ss@install.invalid/"
    assert options["find-links"] == "/nowhere /"
    assert options["extra-index-url"].split() == ["file:///one/simple", "file:///two/simple"]


def test_uv_hears_the_same():
    environment = uv_environment(parse(LISTING), {})
    assert environment["UV_DEFAULT_INDEX"] == "https://user:pa'ss@install.invalid/"
    assert environment["UV_INDEX"] == "file:///one/simple file:///two/simple"
    assert environment["SSL_CERT_FILE"] == "/etc/own authority.pem"
    assert environment["UV_SYSTEM_CERTS"] == "1"


def test_a_folder_that_is_not_there_stops_nobody():
    assert uv_environment(parse(LISTING), {})["UV_FIND_LINKS"] == "/"


def test_without_configuration_uv_decides_itself():
    environment = uv_environment(parse(""), {"PATH": "/bin"})
    assert environment["PATH"] == "/bin"
    assert not {"UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS", "SSL_CERT_FILE"} & environment.keys()


def test_what_was_said_to_uv_itself_stays():
    said = {"UV_DEFAULT_INDEX": "https://uv.invalid/", "SSL_CERT_FILE": "/mine.pem"}
    assert uv_environment(parse(LISTING), said) | said == uv_environment(parse(LISTING), said)


def test_a_real_pip_is_asked(tmp_path, monkeypatch):
    settings = tmp_path / "pip.conf"
    settings.write_text("[global]\nno-index = true\nindex-url: https://mirror.invalid/web\n")
    for name in ("PIP_INDEX_URL", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    # .venv has no pip of its own; the Python it was made of may have one.
    base = Path(sys.base_prefix) / "bin" / "python3"
    options = pip_options([base, "-m", "pip"])
    if not options:
        pytest.skip("no pip beside the Python that made .venv")
    assert options["index-url"] == "https://mirror.invalid/web"
    assert uv_environment(options, {})["UV_NO_INDEX"] == "true"


def test_a_pip_that_is_not_there_says_nothing():
    assert pip_options([sys.executable, "-c", "raise SystemExit(1)"]) == {}
