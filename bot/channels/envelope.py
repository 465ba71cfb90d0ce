"""The envelope that the official account, the WeCom app and the smart bot share: SHA-1 signature and AES-256-CBC.

Source: official document "message encryption" (MP push/encryption) and WeCom documents 90968 and 101033::

    AES key  = base64(EncodingAESKey + "=")                       43 characters, 32 bytes
    IV       = the first 16 bytes of the key
    plain    = random(16) || length, 4 bytes big-endian || message || receiver
    padded   = PKCS7 with blocks of 32 bytes: always 1 to 32 bytes more
    sealed   = base64(AES-256-CBC(key, IV, padded))
    signature = hex(sha1(sorted and joined: token, timestamp, nonce, sealed))

These lines are our own because wechatpy compares signatures with ``!=`` and checks neither padding nor length.
"""

from __future__ import annotations

import binascii
import os
import secrets
from hashlib import sha1
from hmac import compare_digest
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bot.channels.base import NotGenuine, Refused

AES_BLOCK = 16
PADDING_BLOCK = 32
KEY_CHARACTERS = 43
_HEAD = 20  # 16 random bytes and the length
_PADDING = [bytes([size]) * size for size in range(PADDING_BLOCK + 1)]


class Sealed(NamedTuple):
    """What goes back within the request: the four fields of an encrypted answer."""

    encrypt: str
    signature: str
    timestamp: str
    nonce: str


def signature(*parts: str) -> str:
    """The platform's signature over values in any order; the token is one of them."""
    # surrogatepass: a query may hold anything, and two different values must never become the same bytes.
    return sha1(b"".join(sorted(part.encode("utf-8", "surrogatepass") for part in parts))).hexdigest()


def check_signature(given: str, *parts: str) -> None:
    """Raises NotGenuine unless ``given`` is the signature of ``parts``; takes the same time wherever they differ."""
    if not compare_digest(given.encode("utf-8", "surrogatepass"), signature(*parts).encode()):
        raise NotGenuine("the signature is not ours")


class Envelope:
    """Opens and seals for one receiver: appid, corporation id, or nothing for a smart bot. Safe to share by threads."""

    def __init__(self, token: str, aes_key: str, receiver: str) -> None:
        """Raises ValueError when ``aes_key`` is not an EncodingAESKey."""
        key = _key(aes_key)
        self._token = token
        self._receiver = receiver.encode()
        self._cipher = Cipher(AES(key), CBC(key[:AES_BLOCK]))

    def open(self, encrypted: str, given: str, timestamp: str, nonce: str) -> bytes:
        """The message inside. The signature is checked before anything is decrypted.

        Raises NotGenuine for a foreign signature or receiver, and Refused for what no platform would have sealed.
        """
        check_signature(given, self._token, timestamp, nonce, encrypted)
        decryptor = self._cipher.decryptor()
        return self._message(_unpadded(decryptor.update(_ciphertext(encrypted)) + decryptor.finalize()))

    def seal(
        self, message: bytes, *, timestamp: str, nonce: str | None = None, random16: bytes | None = None
    ) -> Sealed:
        """The message encrypted and signed, with a fresh nonce and fresh random bytes unless a test gives them."""
        nonce = nonce or secrets.token_hex(8)
        plain = b"".join((random16 or os.urandom(16), len(message).to_bytes(4, "big"), message, self._receiver))
        encryptor = self._cipher.encryptor()
        padded = plain + _PADDING[PADDING_BLOCK - len(plain) % PADDING_BLOCK]
        ciphertext = encryptor.update(padded) + encryptor.finalize()
        encrypt = binascii.b2a_base64(ciphertext, newline=False).decode()
        return Sealed(encrypt, signature(self._token, timestamp, nonce, encrypt), timestamp, nonce)

    def _message(self, plain: bytes) -> bytes:
        end = _HEAD + int.from_bytes(plain[16:_HEAD], "big")
        if end > len(plain):
            raise Refused("the message is longer than its envelope")
        if not compare_digest(plain[end:], self._receiver):
            raise NotGenuine("the envelope is for another receiver")
        return plain[_HEAD:end]


def _key(aes_key: str) -> bytes:
    try:
        # Not strict: the last of the 43 characters carries two bits that the platform's own generator sets freely.
        key = binascii.a2b_base64(aes_key + "=")
    except ValueError:
        key = b""
    if len(aes_key) != KEY_CHARACTERS or len(key) != 32:
        raise ValueError("an EncodingAESKey is 43 letters and digits")
    return key


def _ciphertext(encrypted: str) -> bytes:
    try:
        ciphertext = binascii.a2b_base64(encrypted, strict_mode=True)
    except ValueError:
        raise Refused("the envelope is not base64") from None
    if not ciphertext or len(ciphertext) % AES_BLOCK:
        raise Refused("the ciphertext is not whole blocks")
    return ciphertext


def _unpadded(padded: bytes) -> bytes:
    size = padded[-1]
    if not 1 <= size <= PADDING_BLOCK or not padded.endswith(_PADDING[size]):
        raise Refused("the padding is wrong")
    plain = padded[:-size]
    if len(plain) < _HEAD:
        raise Refused("the envelope is empty")
    return plain
