"""SM4 (GB/T 32907-2016) and SM3 (GB/T 32905-2016), written from the standards for clearness, not for speed."""

from __future__ import annotations

S = bytes.fromhex(
    "d690e9fecce13db716b614c228fb2c052b679a762abe04c3aa441326498606999c4250f491ef987a33540b43edcfac62"
    "e4b31ca9c908e89580df94fa758f3fa64707a7fcf37317ba83593c19e6854fa8686b81b27164da8bf8eb0f4b70569d35"
    "1e240e5e6358d1a225227c3b01217887d40046579fd327524c3602e7a0c4c89eeabf8ad240c738b5a3f7f2cef96115a1"
    "e0ae5da49b341a55ad933230f58cb1e31df6e22e8266ca60c02923ab0d534e6fd5db3745defd8e2f03ff6a726d6c5b51"
    "8d1baf92bbddbc7f11d95c411f105ad80ac13188a5cd7bbd2d74d012b8e5b4b08969974a0c96777e65b9f109c56ec684"
    "18f07dec3adc4d2079ee5f3ed7cb3948"
)
FK = (0xA3B1BAC6, 0x56AA3350, 0x677D9197, 0xB27022DC)
WORD = 0xFFFFFFFF


def turned(word: int, by: int) -> int:
    """A 32-bit word rotated to the left."""
    by %= 32
    return ((word << by) | (word >> (32 - by))) & WORD


def words(block: bytes) -> list[int]:
    return [int.from_bytes(block[at : at + 4]) for at in range(0, len(block), 4)]


def _substituted(word: int) -> int:
    return int.from_bytes(bytes(S[byte] for byte in word.to_bytes(4)))


def sm4_round_keys(key: bytes) -> list[int]:
    """The 32 round keys of a 16-byte key."""
    k = [word ^ fixed for word, fixed in zip(words(key), FK, strict=True)]
    for i in range(32):
        ck = int.from_bytes(bytes((4 * i + j) * 7 % 256 for j in range(4)))
        b = _substituted(k[i + 1] ^ k[i + 2] ^ k[i + 3] ^ ck)
        k.append(k[i] ^ b ^ turned(b, 13) ^ turned(b, 23))
    return k[4:]


def sm4_block(round_keys: list[int], block: bytes) -> bytes:
    """One block of 16 bytes encrypted."""
    x = words(block)
    for i, rk in enumerate(round_keys):
        b = _substituted(x[i + 1] ^ x[i + 2] ^ x[i + 3] ^ rk)
        x.append(x[i] ^ b ^ turned(b, 2) ^ turned(b, 10) ^ turned(b, 18) ^ turned(b, 24))
    return b"".join(word.to_bytes(4) for word in x[:-5:-1])


def _compressed(v: list[int], block: bytes) -> list[int]:
    w = words(block)
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ turned(w[j - 3], 15)
        w.append(x ^ turned(x, 15) ^ turned(x, 23) ^ turned(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = v
    for j in range(64):
        early = j < 16
        ss1 = turned((turned(a, 12) + e + turned(0x79CC4519 if early else 0x7A879D8A, j)) & WORD, 7)
        ff = a ^ b ^ c if early else (a & b) | (a & c) | (b & c)
        gg = e ^ f ^ g if early else (e & f) | (~e & g)
        tt1 = (ff + d + (ss1 ^ turned(a, 12)) + (w[j] ^ w[j + 4])) & WORD
        tt2 = (gg + h + ss1 + w[j]) & WORD
        a, b, c, d = tt1, a, turned(b, 9), c
        e, f, g, h = tt2 ^ turned(tt2, 9) ^ turned(tt2, 17), e, turned(f, 19), g
    return [old ^ new for old, new in zip(v, (a, b, c, d, e, f, g, h), strict=True)]


def sm3(message: bytes) -> bytes:
    """The 32-byte hash."""
    v = words(bytes.fromhex("7380166f4914b2b9172442d7da8a0600a96f30bc163138aae38dee4db0fb0e4e"))
    padded = message + b"\x80" + bytes(-(len(message) + 9) % 64) + (8 * len(message)).to_bytes(8)
    for at in range(0, len(padded), 64):
        v = _compressed(v, padded[at : at + 64])
    return b"".join(word.to_bytes(4) for word in v)


def hmac_sm3(key: bytes, message: bytes) -> bytes:
    """HMAC (RFC 2104) with SM3, whose block has 64 bytes."""
    padded = (sm3(key) if len(key) > 64 else key).ljust(64, b"\0")
    inner = sm3(bytes(byte ^ 0x36 for byte in padded) + message)
    return sm3(bytes(byte ^ 0x5C for byte in padded) + inner)
