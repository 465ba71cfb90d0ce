"""The interfaces of the official account, WeCom and 微信客服, as a sender needs them: answers, or an error that says
what is to be done about it.

``TryLater`` means that nothing can have happened, ``Unsure`` that it may have. What changes nothing for anybody when
it happens twice (reading, fetching, laying a file ready) is never ``Unsure``. Neither the token, which stands in every
address, nor a platform's own words, which may quote a person's, get into an error or a log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from bot.channels.base import ChannelError, Closed, TryLater, Unsure
from bot.channels.http import LARGEST, Heard, Http, NotOut, TooLarge, Unheard, form
from bot.channels.wechat_errors import MINUTE, ErrorClasses
from handlers.rules.pacing import next_window

# JSON escapes control characters with \u, which the platforms refuse (40033); a written-out backslash stays.
_ESCAPES = re.compile(r"(\\\\)|\\u00[01][0-9a-f]")
JSON = "application/json; charset=utf-8"
_MAY_HAVE_ACTED = frozenset({502, 504})  # a gateway speaks; what is behind it may have acted
_TOO_MUCH = frozenset({408, 429})


class Tokens(Protocol):
    """Where access tokens come from."""

    def current(self) -> str:
        """A token that should be good. Raises TryLater, Closed."""
        ...

    def renewed(self, dead: str) -> str:
        """Another one than ``dead``, which the platform refused. Raises TryLater, Closed."""
        ...


class ApiError(ChannelError):
    """The platform refused this request, and repeating it would not help."""

    def __init__(self, code: int, path: str) -> None:
        super().__init__(f"errcode {code} from {path}")
        self.code, self.path = code, path


class PersonRefused(ApiError):
    """This person cannot be reached this way; ``gone``: at this address, until they come back."""

    def __init__(self, code: int, path: str, *, gone: bool) -> None:
        super().__init__(code, path)
        self.gone = gone


class AlreadyDone(ApiError):
    """An earlier try arrived; ``body`` is the platform's answer, with the id it gave then."""

    def __init__(self, code: int, path: str, body: Mapping[str, Any]) -> None:
        super().__init__(code, path)
        self.body = body


class TooBig(ApiError):
    """What was to be read or fetched is larger than the caller takes."""

    def __init__(self, path: str) -> None:
        super().__init__(0, path)
        self.args = (f"too large an answer from {path}",)


@dataclass(frozen=True, slots=True)
class File:
    """A downloaded file, as the platform had it."""

    mime: str
    content: bytes = field(repr=False)


def _utc() -> datetime:
    return datetime.now(UTC)


class WechatApi:
    """One account's interfaces. One object serves all threads."""

    def __init__(
        self,
        base: str,
        tokens: Tokens,
        errors: ErrorClasses,
        *,
        http: Http | None = None,
        wall: Callable[[], datetime] = _utc,
    ) -> None:
        """``base``: scheme, host and perhaps a prefix, without ``/cgi-bin``."""
        self._base, self._tokens, self._errors = base.rstrip("/"), tokens, errors
        self._http = http or Http()
        self._wall = wall

    def post(self, path: str, body: Mapping[str, Any], **query: str) -> dict[str, Any]:
        """What the platform answers to ``body``. Raises TryLater, Unsure, Closed and ApiError with its children."""
        return self._call(_Request("POST", path, query, as_json(body), JSON))[1]

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """What the platform answers. Never Unsure."""
        return self._harmless(_Request("GET", path, query))[1]

    def download(self, path: str, largest: int, **query: str) -> File:
        """A file of at most ``largest`` bytes; an answer in its place is a file of JSON. Never Unsure.

        Raises TooBig beside what ``post`` raises.
        """
        heard, _ = self._harmless(_Request("GET", path, query, largest=largest, file=True))
        return File(heard.mime, heard.content)

    def upload(self, path: str, name: str, mime: str, content: bytes, **query: str) -> dict[str, Any]:
        """Lays a file ready on the platform. Never Unsure: laid there twice, nobody sees it twice."""
        body, kind = form(name, mime, content)
        return self._harmless(_Request("POST", path, query, body, kind))[1]

    def _harmless(self, request: _Request) -> tuple[Heard, dict[str, Any]]:
        try:
            return self._call(request)
        except Unsure as error:
            reason = str(error)
        raise TryLater(reason)

    def _call(self, request: _Request) -> tuple[Heard, dict[str, Any]]:
        """One call, and one more with a new token where the first was refused: never a third."""
        token = self._tokens.current()
        heard, fields, code = self._once(request, token)
        if code in self._errors.refresh:
            heard, fields, code = self._once(request, self._tokens.renewed(token))
            if code in self._errors.refresh:
                raise Closed(f"a new token is refused: errcode {code}")
        if code:
            raise self._error(code, request.path, fields)
        return heard, fields

    def _once(self, request: _Request, token: str) -> tuple[Heard, dict[str, Any], int]:
        heard = asked(
            self._http,
            request.method,
            f"{self._base}{request.path}?{urlencode({'access_token': token, **request.query})}",
            body=request.body,
            content_type=request.content_type,
            largest=request.largest,
        )
        if request.file and _is_file(heard):
            return heard, {}, 0
        fields = read_fields(heard)
        return heard, fields, errcode(fields)

    def _error(self, code: int, path: str, fields: Mapping[str, Any]) -> ChannelError:
        known, wall = self._errors, self._wall()
        if code in known.retry:
            return TryLater(f"errcode {code}", known.waits.get(code))
        if code in known.quota:
            return Closed(f"quota used up: errcode {code}", next_window("day", wall) - wall, fault=False)
        if code in known.closed:
            return Closed(f"errcode {code} from {path}")
        if code in known.person | known.gone:
            return PersonRefused(code, path, gone=code in known.gone)
        if code in known.done:
            return AlreadyDone(code, path, fields)
        return ApiError(code, path)


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    query: Mapping[str, str]
    body: bytes | None = field(default=None, repr=False)
    content_type: str = ""
    largest: int = LARGEST
    file: bool = False


def asked(
    http: Http, method: str, url: str, *, body: bytes | None = None, content_type: str = "", largest: int = LARGEST
) -> Heard:
    """An answer with status 200. Raises TryLater where nothing can have happened, else Unsure; Closed where somebody
    other than the platform answers."""
    try:
        heard = http.ask(
            method, url, body=body, headers={"Content-Type": content_type} if content_type else {}, largest=largest
        )
    except NotOut as lost:
        trouble: ChannelError = TryLater(f"not sent: {lost}")
    except Unheard as lost:
        too_big = method == "GET" and isinstance(lost, TooLarge)
        trouble = TooBig(urlsplit(url).path) if too_big else Unsure(f"no answer: {lost}")
    else:
        if heard.status == 200:
            return heard
        trouble = _for_status(heard.status, urlsplit(url).path)
    raise trouble


def _for_status(status: int, path: str) -> ChannelError:
    """The platforms answer 200 whatever they think of a request; anything else is said by what stands before them."""
    reason = f"HTTP {status}"
    if status in _MAY_HAVE_ACTED:
        return Unsure(reason)
    if status in _TOO_MUCH:
        return TryLater(reason, MINUTE)
    if status >= 500:
        return TryLater(reason)
    if 200 < status < 300:
        return Unsure(reason)
    if status == 413:
        return ApiError(status, path)  # this request is too large
    return Closed(f"{reason}: this is not the platform")


def read_fields(heard: Heard) -> dict[str, Any]:
    """The answer's JSON object. Raises Unsure for anything else: it says nothing about what was done."""
    try:
        # Nicknames have been seen with control characters in them.
        fields = json.loads(heard.content.decode(), strict=False)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise Unsure("the answer cannot be read")
    return fields


def errcode(fields: Mapping[str, Any]) -> int:
    """The error number of an answer; 0 for none. Numbers have been seen as text. Raises Unsure where it is neither."""
    given = fields.get("errcode")
    try:
        return int(given or 0)
    except (TypeError, ValueError):
        pass
    raise Unsure("the answer's errcode cannot be read")


def as_json(body: Mapping[str, Any]) -> bytes:
    r"""JSON without ``\u`` escapes, which the platforms refuse: control characters that need them are left out."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    if "\\u" in text:
        text = _ESCAPES.sub(lambda found: found[1] or "", text)
    return text.encode("utf-8", "replace")


def _is_file(heard: Heard) -> bool:
    """Errors come as JSON under several types; a page of text is somebody else's."""
    said = heard.mime.startswith("text/") or heard.mime in ("", "application/json")
    return not said and heard.content[:1] not in (b"", b"{")
