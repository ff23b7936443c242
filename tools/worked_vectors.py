"""The worked examples of docs/security.md: vectors of the sealed format taken apart, so that they cannot drift."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.vault.index import index_key
from tools.words import ROOT

VECTORS = ROOT / "tests" / "vault" / "sealed_vectors.json"
WIDE = 64
Vector = dict[str, Any]
Parts = list[tuple[str, bytes]]


def examples(path: Path = VECTORS) -> str:
    """One example of each construction, as Markdown."""
    named = {vector["name"]: vector for vector in json.loads(path.read_text("utf-8"))["must_hold"]}
    shown = (
        _root(named["root, production"]),
        _wrap(named["epoch key 7 under the root"]),
        _wrap(named["data key of a person, version 1"]),
        _wrap(named["secret index"]),
        _group(named["group, Chinese and an emoji, keys in order"]),
        _index(named["index, phone, unique"]),
        _index(named["index, phone with HMAC-SM3"]),
        _file(named["file, 10 bytes"]),
        _note(named["commitment, of that text"]),
        _chain(named["chain of three events with a checkpoint"]),
    )
    return "\n\n".join(shown)


def group_bound(vector: Vector) -> Parts:
    """The associated data of a group vector, part by part."""
    label = vector["label"].encode()
    return [
        ('"anju/v1/group"', b"anju/v1/group"),
        ("header", bytes.fromhex(vector["blob"])[:4]),
        ("length of label", bytes((len(label),))),
        ("label", label),
        ("row id", bytes.fromhex(vector["row"])),
        *_subject(vector),
    ]


def padded(content: bytes) -> bytes:
    """The plaintext of a group: 0x80 and zeros up to the next multiple of 32."""
    return content + b"\x80" + bytes(-(len(content) + 1) % 32)


def _root(vector: Vector) -> str:
    return _section("A root key", _lines([("text", vector["text"].strip())], [("root id", _hex(vector["root_id"]))]))


def _wrap(vector: Vector) -> str:
    sealed = _sealed(bytes.fromhex(vector["wrapped"]), header=0)
    given = [("wrapping key", _hex(vector["under"])), ("key", _hex(vector["key"]))]
    return _section(
        f"Wrapping: {vector['name']}", _lines([], given, [("associated data", _hex(vector["context"]))], sealed)
    )


def _group(vector: Vector) -> str:
    said = [("label", vector["label"]), ("JSON", vector["json"])]
    key = [("data key", bytes.fromhex(vector["keys"][str(vector["version"])]))]
    plain = [("plaintext", padded(vector["json"].encode()))]
    bound = [(f"bound {name}", part) for name, part in group_bound(vector)]
    return _section("A sealed group", _lines(said, key, plain, bound, _sealed(bytes.fromhex(vector["blob"]))))


def _index(vector: Vector) -> str:
    said = [("label and field", f"{vector['label']}.{vector['field']}"), ("typed", vector["text"])]
    secret = bytes.fromhex(vector["secret"])
    key = index_key(secret, vector["label"], vector["field"], 1)
    parts = [(f"secret {vector['secret_name']}", secret), ("key of the field", key)]
    found = [("normalised", _hex(vector["normalised"])), ("index", _hex(vector["index"]))]
    title = "A blind index with HMAC-SM3" if vector["secret_name"].endswith("sm3") else "A blind index"
    return _section(title, _lines(said, parts, found))


def _file(vector: Vector) -> str:
    key = [("data key", bytes.fromhex(vector["keys"][str(vector["version"])])), ("file id", _hex(vector["file_id"]))]
    held = [("file key", _hex(vector["file_key"])), ("size", vector["size"].to_bytes(8))]
    stored = bytes.fromhex(vector["object"])
    chunk = [
        ("content", _hex(vector["content"])),
        ("chunk nonce", bytes(11) + b"\x01"),
        ("object ciphertext", stored[:-16]),
        ("object tag", stored[-16:]),
    ]
    blob = [(f"blob {name}", part) for name, part in _sealed(bytes.fromhex(vector["blob"]))]
    return _section("A sealed file of one chunk", _lines([], key, held, blob, chunk))


def _note(vector: Vector) -> str:
    shown = json.dumps(vector["fields"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _section(
        "The commitment to an event's note",
        _lines([("JSON", shown)], [('"sealed" of the event', _hex(vector["commitment"]))]),
    )


def _chain(vector: Vector) -> str:
    lines: list[str] = []
    for number, event in enumerate(vector["events"], 1):
        lines += _lines([(f"event {number}", event["json"])], [(f"h({number})", _hex(event["hash"]))])
    lines += _lines([], [("public key", _hex(vector["public"]))])
    checkpoint = ["checkpoint:", *(f"  {line}" for line in vector["checkpoint"].rstrip("\n").split("\n"))]
    return _section("A chain of three events and its checkpoint", [*lines, *checkpoint])


def _subject(vector: Vector) -> Parts:
    return [("subject kind", bytes((vector["kind"],))), ("subject id", _hex(vector["subject"]))]


def _sealed(blob: bytes, header: int = 4) -> Parts:
    """A blob as header (unless it has none), nonce, ciphertext and tag."""
    rest = [("nonce", blob[header : header + 12]), ("ciphertext", blob[header + 12 : -16]), ("tag", blob[-16:])]
    return [("header", blob[:header]), *rest] if header else rest


def _hex(text: str) -> bytes:
    return bytes.fromhex(text)


def _section(title: str, lines: list[str]) -> str:
    return "\n".join([f"**{title}**", "```", *(line.rstrip() for line in lines), "```"])


def _lines(said: list[tuple[str, str]], *parts: Parts) -> list[str]:
    lines = [f"{name + ':':<24} {text}" for name, text in said]
    for name, part in (one for group in parts for one in group):
        lines += _broken(f"{name} ({len(part)} B):", part.hex())
    return lines


def _broken(name: str, text: str) -> Iterator[str]:
    for start in range(0, max(len(text), 1), WIDE):
        yield f"{name if start == 0 else '':<28} {text[start : start + WIDE]}"
