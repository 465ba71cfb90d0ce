"""Personal text at rest: encryption bound to its place, and keyed hashes to look a value up without storing it.

Keys are derived by HKDF-SHA256 (RFC 5869) under the labels ``column``, ``lookup``, ``link`` and ``session``.
Ciphertext reads ``k<id>:<base64 of nonce and AES-256-GCM>``; its associated data is ``table.column:row``, so a
value copied to another row or column does not open. The first key writes, all keys read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
LINK_BYTES = 16  # 128 bits: cannot be guessed


class VaultError(Exception):
    """The stored value does not open with any of the keys at hand, or was moved from its row."""


def derive(key: bytes, label: str) -> bytes:
    """A 32-byte key for one purpose."""
    return HKDF(algorithm=SHA256(), length=32, salt=b"menkou", info=label.encode()).derive(key)


@dataclass(frozen=True, slots=True)
class Key:
    """One secret key with everything derived from it."""

    id: str
    column: AESGCM
    lookup: bytes
    link: bytes
    session: bytes

    @classmethod
    def of(cls, secret: bytes) -> Key:
        if len(secret) != 32:
            raise VaultError("a key has 32 bytes")
        return cls(
            id=derive(secret, "id")[:4].hex(),
            column=AESGCM(derive(secret, "column")),
            lookup=derive(secret, "lookup"),
            link=derive(secret, "link"),
            session=derive(secret, "session"),
        )


class Vault:
    """Seals and opens personal values."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        if not secrets:
            raise VaultError("at least one key is needed")
        keys = [Key.of(secret) for secret in secrets]
        self.first = keys[0]
        self._keys = {key.id: key for key in keys}
        self._order = keys

    def seal(self, text: str, place: str, row: str) -> str:
        """Encrypts ``text`` for ``place`` (``table.column``) of ``row``."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self.first.column.encrypt(nonce, text.encode(), f"{place}:{row}".encode())
        return f"k{self.first.id}:{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, place: str, row: str) -> str:
        """The text again. Raises VaultError when no key fits or the value was moved."""
        key_id, _, packed = sealed.partition(":")
        key = self._keys.get(key_id[1:])
        if key is None:
            raise VaultError(f"the key {key_id} is not at hand")
        raw = base64.b64decode(packed)
        try:
            return key.column.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], f"{place}:{row}".encode()).decode()
        except InvalidTag as error:
            raise VaultError(f"a value of {place} does not belong to its row") from error

    def is_current(self, sealed: str) -> bool:
        """Whether the value is written with the first key (rotation leaves such values alone)."""
        return sealed.startswith(f"k{self.first.id}:")

    def lookup(self, value: str) -> str:
        """Keyed hash under the first key: what new rows carry."""
        return _keyed(self.first, value)

    def lookups(self, value: str) -> list[str]:
        """Hashes under every key: what a search accepts while rotation is under way."""
        return [_keyed(key, value) for key in self._order]

    def link(self, name: str, key_id: str | None = None) -> str:
        """A signed token of 128 bits for ``name``; the same name gives the same token under the same key."""
        key = self.first if key_id is None else self._keys[key_id]
        digest = hmac.digest(key.link, name.encode(), "sha256")[:LINK_BYTES]
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def is_link(self, name: str, token: str) -> bool:
        """Whether a token is the one of ``name``, under any of the keys."""
        return any(hmac.compare_digest(self.link(name, key.id).encode(), token.encode()) for key in self._order)

    def session_hash(self, token: str) -> str:
        """What the session table stores in place of a token."""
        return hmac.digest(self.first.session, token.encode(), "sha256").hex()


def _keyed(key: Key, value: str) -> str:
    return f"{key.id}:{hmac.digest(key.lookup, value.encode(), 'sha256')[:20].hex()}"


def link_hash(token: str) -> str:
    """What the database stores of a link: without the token nobody can follow it, whatever key made it."""
    return hashlib.sha256(token.encode()).hexdigest()
