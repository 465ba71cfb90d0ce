"""Bodies of callbacks, XML or JSON, as one flat table of strings: the only parser that meets a stranger's bytes.

wechatpy's own ``parse_message`` is not used here: it costs 21 µs where this takes 6, turns repeated elements and
attributes into lists and dictionaries, and raises at least nine different exceptions, some only when a field is read.
What the platforms send is one level deep (official document "receiving messages"), apart from the lists inside a few
events, which ``leaves`` reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any
from xml.parsers import expat

from bot.channels.base import Refused

MOST_ELEMENTS = 500  # the longest known event has fewer than 100

# What XML 1.0 cannot carry: JSON could smuggle it in, and an answer that repeats it would be refused by the platform.
_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_json(body: bytes) -> bool:
    """Whether a body is in the JSON data format, which the account's owner can choose instead of XML."""
    return body.lstrip()[:1] == b"{"


def fields(body: bytes) -> dict[str, str]:
    """The values one level below the root. An element with elements inside is there, but empty. Raises Refused."""
    return _from_json(body) if is_json(body) else _from_xml(body)


def listed(body: bytes, name: str) -> list[dict[str, str]]:
    """The rows of the few events that have any: each ``List`` of the element ``name`` in XML, of the root in JSON.

    ``body`` was read by ``fields`` before, so that it is well formed.
    """
    if not is_json(body):
        return _rows_of_xml(body, name)
    loaded = json.loads(body)
    rows = loaded.get("List", loaded[name].get("List", []) if isinstance(loaded.get(name), dict) else [])
    rows = rows if isinstance(rows, list) else [rows]
    return [{key: _flat(value) for key, value in row.items()} for row in rows if isinstance(row, dict)]


def clean(text: str) -> str:
    """The text without characters that XML cannot carry. Zero-width and right-to-left marks stay: nlp reads them."""
    return _NO_CHARACTER.sub("", text)


def leaves(body: bytes) -> list[tuple[str, str]]:
    """Name and text of every innermost element, in order, for an event with lists inside. XML only. Raises Refused."""
    reader = _LeafReader()
    _parse(body, reader)
    return reader.found


def _from_xml(body: bytes) -> dict[str, str]:
    reader = _XmlReader()
    _parse(body, reader)
    if reader.root != "xml":
        raise Refused("the root element is unknown")
    return reader.found


def _parse(body: bytes, reader: _XmlReader | _LeafReader) -> None:
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text.append
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        # Decoded here: given bytes, expat would still follow a UTF-16 mark.
        parser.Parse(body.decode(), True)
    except (expat.ExpatError, UnicodeDecodeError):
        raise Refused("the body is not XML") from None


class _XmlReader:
    """Collects the text of the elements at depth two."""

    __slots__ = ("count", "depth", "found", "nested", "root", "text")

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self.text: list[str] = []
        self.depth = self.count = 0
        self.nested = False
        self.root = ""

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self.depth += 1
        self.count += 1
        if self.depth == 2:
            self.text.clear()
            self.nested = False
        elif self.depth == 1:
            self.root = name
        else:
            self.nested = True
        if self.count > MOST_ELEMENTS:
            # Parsing comes before the signature: a stranger's megabyte of tags must not hold up the loop.
            raise Refused("the body has too many elements")

    def end(self, name: str) -> None:
        if self.depth == 2:
            if name in self.found:
                raise Refused("the body names an element twice")
            self.found[name] = "" if self.nested else "".join(self.text)
        self.depth -= 1


class _LeafReader:
    """Collects the elements without elements inside, at any depth."""

    __slots__ = ("count", "found", "leaf", "text")

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.count = 0
        self.leaf = False

    def start(self, _name: str, _attributes: dict[str, str]) -> None:
        self.text.clear()
        self.leaf = True
        self.count += 1
        if self.count > MOST_ELEMENTS:
            raise Refused("the body has too many elements")

    def end(self, name: str) -> None:
        if self.leaf:
            self.found.append((name, "".join(self.text)))
        self.leaf = False


def _rows_of_xml(body: bytes, name: str) -> list[dict[str, str]]:
    path: list[str] = []
    text: list[str] = []
    rows: list[dict[str, str]] = []

    def start(element: str, _attributes: dict[str, str]) -> None:
        path.append(element)
        text.clear()
        if path[1:] == [name, "List"]:
            rows.append({})

    def end(element: str) -> None:
        if path[1:-1] == [name, "List"]:
            rows[-1][element] = "".join(text)
        text.clear()
        path.pop()

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text.append
    parser.Parse(body.decode(), True)
    return rows


def _no_doctype(*_declaration: Any) -> None:
    raise Refused("the body declares a document type")


def _from_json(body: bytes) -> dict[str, str]:
    try:
        # Decoded here, since json.loads would also guess UTF-16 and UTF-32.
        loaded = json.loads(body.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise Refused("the body is not JSON") from None
    return {name: _flat(value) for name, value in loaded.items()}


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise Refused("the body names a field twice")
    return table


def _flat(value: Any) -> str:
    if isinstance(value, str):
        return clean(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
