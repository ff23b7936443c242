"""Wycheproof's vectors of the primitives the format stands on, through the functions the vault calls them by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from portal.vault.ciphers import AES_256_GCM, SM4_GCM, Sm4Gcm, cipher, hkdf
from portal.vault.index import blind_index

FOLDER = Path(__file__).parent / "wycheproof"
RFC_8998 = {  # appendix A.1
    "key": "0123456789abcdeffedcba9876543210",
    "iv": "00001234567800000000abcd",
    "aad": "feedfacedeadbeeffeedfacedeadbeefabaddad2",
    "msg": "a" * 16 + "b" * 16 + "c" * 16 + "d" * 16 + "e" * 16 + "f" * 16 + "e" * 16 + "a" * 16,
    "ct": "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
    "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d",
    "tag": "83de3541e4c2b58177e065a9bf7b62ec",
}


def vectors(name: str):
    """Rows of bytes; what is no hex stays as it is."""
    kept = {"tcId", "result", "size"}
    rows = json.loads((FOLDER / name).read_text("utf-8"))
    return [{key: value if key in kept else bytes.fromhex(value) for key, value in row.items()} for row in rows]


def numbered(vector) -> str:
    return str(vector["tcId"])


@pytest.mark.parametrize("vector", vectors("aes_gcm.json"), ids=numbered)
def test_aes_gcm(vector):
    aes, sealed = cipher(AES_256_GCM, vector["key"]), vector["ct"] + vector["tag"]
    if vector["result"] == "valid":
        assert aes.encrypt(vector["iv"], vector["msg"], vector["aad"]) == sealed
        assert aes.decrypt(vector["iv"], sealed, vector["aad"]) == vector["msg"]
    else:
        with pytest.raises(InvalidTag):
            aes.decrypt(vector["iv"], sealed, vector["aad"])


@pytest.mark.parametrize("vector", vectors("hkdf_sha256.json"), ids=numbered)
def test_hkdf(vector):
    try:
        made = hkdf(vector["ikm"], vector["info"].decode(), vector["size"])
    except ValueError:
        made = None
    assert (made == vector["okm"]) == (vector["result"] == "valid")


@pytest.mark.parametrize("vector", vectors("hmac_sha256.json"), ids=numbered)
def test_hmac(vector):
    assert blind_index(vector["key"], vector["msg"]) == vector["tag"][:16]


@pytest.mark.parametrize("vector", vectors("ed25519.json"), ids=numbered)
def test_ed25519(vector):
    try:
        Ed25519PublicKey.from_public_bytes(vector["pk"]).verify(vector["sig"], vector["msg"])
        taken = True
    except InvalidSignature:
        taken = False
    # Acceptable: keys outside the group of prime order, of which RFC 8032 leaves it open.
    assert taken == (vector["result"] == "valid") or vector["result"] == "acceptable"


def test_sm4_gcm_of_rfc_8998():
    given = {name: bytes.fromhex(value) for name, value in RFC_8998.items()}
    sm4, sealed = Sm4Gcm(given["key"]), given["ct"] + given["tag"]
    assert sm4.encrypt(given["iv"], given["msg"], given["aad"]) == sealed
    assert sm4.decrypt(given["iv"], sealed, given["aad"]) == given["msg"]
    assert sm4.encrypt(given["iv"], b"wall", None) == sm4.encrypt(given["iv"], b"wall", b"")
    for place in range(len(sealed)):
        with pytest.raises(InvalidTag):
            sm4.decrypt(given["iv"], sealed[:place] + bytes((sealed[place] ^ 1,)) + sealed[place + 1 :], given["aad"])
        with pytest.raises(InvalidTag):
            sm4.decrypt(given["iv"], sealed[:place], given["aad"])


def test_sm4_takes_a_key_of_its_own():
    key = bytes(range(32))
    made = cipher(SM4_GCM, key).encrypt(bytes(12), b"wall", b"bound")
    assert made == Sm4Gcm(hkdf(key, "anju/v1/sm4", 16)).encrypt(bytes(12), b"wall", b"bound")


@pytest.mark.parametrize("number", [-1, 0, 3, 255])
def test_no_other_algorithm(number):
    with pytest.raises(ValueError, match=r"^an algorithm number the format does not know$"):
        cipher(number, bytes(32))
