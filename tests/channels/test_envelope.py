"""The envelope against the published vectors, against wechatpy, and against what nobody should have sealed."""

from __future__ import annotations

import base64
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.utils import check_signature as wechatpy_check

from bot.channels import envelope as module
from bot.channels.base import NotGenuine, Refused
from bot.channels.envelope import Envelope, check_signature, signature
from bot.platforms.sealing import PlatformSeal
from tests.channels.vectors import ENVELOPES, OA_APP_ID, OA_KEY, OA_TOKEN, PLAIN, WECOM_ECHO, Signature, Vector

WHEN, NONCE = "1763683200", "415670741"
OURS = Envelope(OA_TOKEN, OA_KEY, OA_APP_ID)
PLATFORM = PlatformSeal(OA_TOKEN, OA_KEY, OA_APP_ID)

vectors = pytest.mark.parametrize("vector", ENVELOPES.values(), ids=ENVELOPES.keys())
plain_vectors = pytest.mark.parametrize("vector", PLAIN.values(), ids=PLAIN.keys())


def ours(vector: Vector) -> Envelope:
    return Envelope(vector.token, vector.aes_key, vector.receiver)


def signed(vector: Vector) -> str:
    """The published signature, or ours where the source has none."""
    return vector.signature or signature(vector.token, vector.timestamp, vector.nonce, vector.encrypt)


def opened(encrypted: str, envelope: Envelope = OURS) -> bytes:
    """Opens what is correctly signed."""
    return envelope.open(encrypted, signature(OA_TOKEN, WHEN, NONCE, encrypted), WHEN, NONCE)


@plain_vectors
def test_plain_signature_as_published(vector: Signature) -> None:
    assert signature(vector.token, vector.timestamp, vector.nonce) == vector.signature
    check_signature(vector.signature, vector.token, vector.timestamp, vector.nonce)
    wechatpy_check(vector.token, vector.signature, vector.timestamp, vector.nonce)


@plain_vectors
def test_plain_signature_of_something_else_is_refused(vector: Signature) -> None:
    for parts in ((vector.token, vector.timestamp, vector.nonce + "0"), ("other", vector.timestamp, vector.nonce)):
        with pytest.raises(NotGenuine):
            check_signature(vector.signature, *parts)


@vectors
def test_envelope_opens_as_published(vector: Vector) -> None:
    assert ours(vector).open(vector.encrypt, signed(vector), vector.timestamp, vector.nonce) == vector.message


@vectors
def test_wechatpy_opens_the_same(vector: Vector) -> None:
    crypto = WeChatCrypto(vector.token, vector.aes_key, vector.receiver)
    found = crypto.decrypt_message({"Encrypt": vector.encrypt}, signed(vector), vector.timestamp, vector.nonce)
    assert found.encode() == vector.message


@vectors
def test_the_simulator_opens_the_same(vector: Vector) -> None:
    platform = PlatformSeal(vector.token, vector.aes_key, vector.receiver)
    assert platform.decrypt(vector.encrypt) == vector.message
    assert platform.sign(vector.timestamp, vector.nonce, vector.encrypt) == signed(vector)


@vectors
def test_envelope_seals_byte_for_byte(vector: Vector) -> None:
    sealed = ours(vector).seal(
        vector.message, timestamp=vector.timestamp, nonce=vector.nonce or "0", random16=vector.random16
    )
    assert sealed.encrypt == vector.encrypt
    if vector.signature:
        assert sealed.signature == vector.signature


@vectors
def test_a_changed_signature_value_or_receiver_is_not_genuine(vector: Vector) -> None:
    envelope, given_signature = ours(vector), signed(vector)
    for forged in ("", "0" * 40, given_signature.upper(), given_signature + "0", "é" * 40, "\ud800"):
        with pytest.raises(NotGenuine):
            envelope.open(vector.encrypt, forged, vector.timestamp, vector.nonce)
    with pytest.raises(NotGenuine):
        envelope.open(vector.encrypt, given_signature, vector.nonce + "1", vector.timestamp)
    with pytest.raises(NotGenuine):
        envelope.open("A" + vector.encrypt[1:], given_signature, vector.timestamp, vector.nonce)
    for stranger in ("", vector.receiver + "0", vector.receiver[:-1], "wx0000000000000000"):
        with pytest.raises(NotGenuine):
            Envelope(vector.token, vector.aes_key, stranger).open(
                vector.encrypt, given_signature, vector.timestamp, vector.nonce
            )


def test_an_echo_that_was_not_url_decoded_is_not_genuine() -> None:
    spoiled = WECOM_ECHO.encrypt.replace("+", " ")
    assert spoiled != WECOM_ECHO.encrypt
    with pytest.raises(NotGenuine):
        ours(WECOM_ECHO).open(spoiled, WECOM_ECHO.signature, WECOM_ECHO.timestamp, WECOM_ECHO.nonce)


def _block(message: bytes = b"<xml/>", length: int | None = None, receiver: str = OA_APP_ID) -> bytes:
    size = len(message) if length is None else length
    return b"r" * 16 + size.to_bytes(4, "big") + message + receiver.encode()


def _padded(size: int, last: bytes) -> bytes:
    """A block whose length leaves ``size`` for the padding, which is ``last`` repeated."""
    head = _block(b"m" * 14)
    return (head + b"x" * (-(len(head) + size) % 32)) + last * size


WRONG = {
    "one byte": "A",
    "nothing": "",
    "not base64": "*" * 64,
    "not ASCII": "号" * 64,
    "newline inside": PLATFORM.encrypt_block(_block())[:40] + "\n" + PLATFORM.encrypt_block(_block())[40:],
    "padding of base64 missing": PLATFORM.encrypt_block(_block(b"m")).rstrip("=") + "A",
    "no whole blocks": base64.b64encode(b"x" * 33).decode(),
    "15 bytes": base64.b64encode(b"x" * 15).decode(),
    "pad byte 0": PLATFORM.encrypt_padded(_padded(32, b"\0")),
    "pad byte 33": PLATFORM.encrypt_padded(_padded(33, b"\x21")),
    "pad byte 255": PLATFORM.encrypt_padded(_padded(32, b"\xff")),
    "pad not uniform": PLATFORM.encrypt_padded(_block(b"m" * 14)[:48].ljust(63, b"x") + b"\x08"),
    "only padding": PLATFORM.encrypt_padded(b"\x20" * 32),
    "only random and padding": PLATFORM.encrypt_block(b"r" * 16),
    "length beyond the end": PLATFORM.encrypt_block(_block(length=10_000)),
    "length of 4 GB": PLATFORM.encrypt_block(_block(length=2**32 - 1)),
}


@pytest.mark.parametrize("encrypted", WRONG.values(), ids=WRONG.keys())
def test_correctly_signed_garbage_is_refused(encrypted: str) -> None:
    with pytest.raises(Refused) as refused:
        opened(encrypted)
    assert refused.value.status == 400


@pytest.mark.parametrize("length", [0, 3, 7])
def test_a_length_that_cuts_into_the_message_is_for_another_receiver(length: int) -> None:
    with pytest.raises(NotGenuine):
        opened(PLATFORM.encrypt_block(_block(b"message!", length=length)))


@pytest.mark.parametrize("size", range(1, 33))
def test_every_padding_of_1_to_32_opens(size: int) -> None:
    message = b"m" * (32 * 3 - size - 20 - len(OA_APP_ID))
    assert opened(PLATFORM.encrypt(message)) == message


@given(message=st.binary(max_size=300), receiver=st.text(st.characters(codec="utf-8"), max_size=20))
@settings(max_examples=150, deadline=None)
def test_any_message_goes_round_between_us_and_the_simulator(message: bytes, receiver: str) -> None:
    mine, platform = Envelope(OA_TOKEN, OA_KEY, receiver), PlatformSeal(OA_TOKEN, OA_KEY, receiver)
    sealed = mine.seal(message, timestamp=WHEN)
    assert platform.decrypt(sealed.encrypt) == message
    assert platform.sign(sealed.timestamp, sealed.nonce, sealed.encrypt) == sealed.signature
    assert opened(platform.encrypt(message), mine) == message


@given(message=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_goes_round_between_us_and_wechatpy(message: str) -> None:
    theirs = WeChatCrypto(OA_TOKEN, OA_KEY, OA_APP_ID)
    sealed = OURS.seal(message.encode(), timestamp=WHEN)
    fields = {"Encrypt": sealed.encrypt}
    assert theirs.decrypt_message(fields, sealed.signature, sealed.timestamp, sealed.nonce) == message
    from_them = theirs.encrypt_message(message, NONCE, WHEN)
    encrypted = from_them.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    assert opened(encrypted) == message.encode()


def test_wechatpy_refuses_what_we_refuse() -> None:
    with pytest.raises(InvalidSignatureException):
        WeChatCrypto(OA_TOKEN, OA_KEY, OA_APP_ID).decrypt_message({"Encrypt": "A"}, "0" * 40, WHEN, NONCE)


def test_the_same_message_is_never_sealed_the_same_way_twice() -> None:
    sealed = [OURS.seal(b"message", timestamp=WHEN) for _ in range(50)]
    assert len({one.encrypt for one in sealed}) == len({one.nonce for one in sealed}) == 50


def test_signature_and_receiver_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def watched(left: bytes, right: bytes) -> bool:
        compared.append((left, right))
        return hmac.compare_digest(left, right)

    monkeypatch.setattr(module, "compare_digest", watched)
    encrypted = PLATFORM.encrypt(b"message")
    opened(encrypted)
    given_signature = signature(OA_TOKEN, WHEN, NONCE, encrypted).encode()
    assert compared == [(given_signature, given_signature), (OA_APP_ID.encode(), OA_APP_ID.encode())]


@pytest.mark.parametrize("key", ["", "A" * 42, "A" * 44, "*" * 43, "号" * 43, "A" * 42 + "="])
def test_a_key_that_is_none_is_named_at_start(key: str) -> None:
    with pytest.raises(ValueError, match="43"):
        Envelope(OA_TOKEN, key, OA_APP_ID)
