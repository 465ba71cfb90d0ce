"""The platform's own side of the envelope, written from the documents alone, so that it can disagree with ours.

Source: official document "message encryption". Nothing here is shared with the channels: a misreading there must not
be confirmed by the same misreading here.
"""

from __future__ import annotations

import base64
import hashlib
import random
import string
import struct
import xml.etree.ElementTree as ElementTree

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

BLOCK_BITS = 32 * 8


class Unacceptable(Exception):
    """An answer that the platform would not deliver; the person reads that the account is out of service."""


def sign(token: str, *parts: str) -> str:
    """The values sorted as strings, joined, hashed."""
    return hashlib.sha1("".join(sorted([token, *parts])).encode()).hexdigest()


class PlatformSeal:
    """Seals what the platform pushes and opens what it is answered."""

    def __init__(self, token: str, encoding_aes_key: str, receiver: str) -> None:
        self._token = token
        self._key = base64.b64decode(encoding_aes_key + "=")
        self._receiver = receiver

    def encrypt(self, message: bytes, receiver: str | None = None) -> str:
        """The message for ``receiver`` (a test may name a foreign one), behind sixteen fresh letters and digits."""
        head = "".join(random.SystemRandom().choices(string.ascii_lowercase + string.digits, k=16)).encode()
        tail = (self._receiver if receiver is None else receiver).encode()
        return self.encrypt_block(head + struct.pack(">I", len(message)) + message + tail)

    def encrypt_block(self, block: bytes) -> str:
        """Any block padded and encrypted, also one without head and tail: for trying what must be refused."""
        padder = PKCS7(BLOCK_BITS).padder()
        return self.encrypt_padded(padder.update(block) + padder.finalize())

    def encrypt_padded(self, padded: bytes) -> str:
        """Whole AES blocks encrypted as they are: for trying wrong padding."""
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()

    def sign(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """The signature over one envelope."""
        return sign(self._token, timestamp, nonce, encrypted)

    def decrypt(self, encrypted: str) -> bytes:
        """The message in an answer. Raises Unacceptable for anything that is not exactly as the document says."""
        decryptor = self._cipher().decryptor()
        unpadder = PKCS7(BLOCK_BITS).unpadder()
        try:
            padded = decryptor.update(base64.b64decode(encrypted, validate=True)) + decryptor.finalize()
            block = unpadder.update(padded) + unpadder.finalize()
            (length,) = struct.unpack(">I", block[16:20])
        except (ValueError, struct.error) as error:
            raise Unacceptable(f"the envelope does not open: {error}") from error
        message, receiver = block[20 : 20 + length], block[20 + length :]
        if len(message) != length or receiver != self._receiver.encode():
            raise Unacceptable("the envelope's length or receiver is wrong")
        return message

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))


def table(xml: bytes, names: set[str]) -> dict[str, str]:
    """A flat XML document that has exactly the elements ``names``, each once. Raises Unacceptable."""
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise Unacceptable("the XML declares a document type")
    try:
        root = ElementTree.fromstring(xml.decode())
    except (ElementTree.ParseError, UnicodeDecodeError) as error:
        raise Unacceptable(f"not XML: {error}") from error
    found = [element.tag for element in root]
    if root.tag != "xml" or sorted(found) != sorted(names):
        raise Unacceptable(f"the XML has {root.tag}: {found}")
    if any(len(element) for element in root):
        raise Unacceptable("the XML has elements where text belongs")
    return {element.tag: element.text or "" for element in root}
