"""A list of answers as a file: TOML with one ``[[answer]]`` each, or CSV with a heading. Faults name their line."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.register_files import text_in
from storage.registering import FaultsError

COLUMNS = ("unit", "question", "others", "answer", "source", "valid_until")
NEEDED = ("question", "answer", "source")
LONGEST = {"unit": 80, "question": 200, "answer": 1000, "source": 200}
WAYS, WAY = 30, 200  # other ways of asking, and how long one is
BETWEEN = "|"  # of other ways in a CSV field
_HEAD = re.compile(r"^\s*\[\[\s*answer\s*\]\]")
_AT = re.compile(r"at line (\d+)")


@dataclass(frozen=True, slots=True)
class Row:
    """One answer of a file. ``unit`` is a unit's name, empty for the whole deployment."""

    line: int
    unit: str
    question: str
    others: tuple[str, ...]
    answer: str
    source: str
    valid_until: date | None


def read(path: Path) -> list[Row]:
    """The answers of a file. Raises FaultsError with every fault in it."""
    text = text_in(path)
    faults: list[str] = []
    kinds = {".toml": _toml, ".csv": _csv}
    if path.suffix.lower() not in kinds:
        raise FaultsError([f"{path.name}: the name must end in .toml or .csv"])
    rows = [row for line, fields in kinds[path.suffix.lower()](text) if (row := _row(line, fields, faults)) is not None]
    faults += _twice(rows)
    if not rows and not faults:
        faults.append("line 1: no answer in this file")
    if faults:
        raise FaultsError(faults)
    return rows


def _toml(text: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        raise FaultsError([f"line {at[1] if at else '?'}: {error}"]) from error
    strange = [name for name in table if name != "answer"]
    entries = table.get("answer", [])
    if strange or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise FaultsError([f"line 1: only [[answer]] is read, not {', '.join(strange) or 'this'}"])
    heads = [number for number, line in enumerate(text.splitlines(), 1) if _HEAD.match(line)]
    yield from ((heads[place] if place < len(heads) else 1, entry) for place, entry in enumerate(entries))


def _csv(text: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    reader = csv.DictReader(io.StringIO(text), strict=True)
    try:
        heading = reader.fieldnames or []
        missing = [name for name in NEEDED if name not in heading]
        if missing:
            raise FaultsError([f"line 1: the heading has no {', '.join(missing)}; it reads {','.join(COLUMNS)}"])
        for fields in reader:
            given: dict[str, object] = {name: value for name, value in fields.items() if name is not None and value}
            if None in fields:
                given["?"] = True  # more fields than the heading has
            if isinstance(given.get("others"), str):
                given["others"] = [way.strip() for way in str(given["others"]).split(BETWEEN) if way.strip()]
            yield reader.line_num, given
    except csv.Error as error:
        raise FaultsError([f"line {reader.line_num + 1}: {error}"]) from error


def _row(line: int, fields: Mapping[str, object], faults: list[str]) -> Row | None:
    wrong = [*_unknown(fields), *_wrong_texts(fields), *_wrong_ways(fields)]
    until, fault = _day(fields.get("valid_until"))
    wrong += [fault] if fault else []
    faults += [f"line {line}: {what}" for what in wrong]
    if wrong:
        return None
    text = {name: str(fields.get(name, "")).strip() for name in LONGEST}
    ways = fields.get("others", [])
    others = tuple(str(way).strip() for way in ways) if isinstance(ways, list) else ()
    return Row(line, text["unit"], text["question"], others, text["answer"], text["source"], until)


def _unknown(fields: Mapping[str, object]) -> Iterator[str]:
    if "?" in fields:
        yield "more fields than the heading has (put a text with commas in quotes)"
    yield from (f"{name} is no field; there are {', '.join(COLUMNS)}" for name in fields if name not in (*COLUMNS, "?"))


def _wrong_texts(fields: Mapping[str, object]) -> Iterator[str]:
    for name, most in LONGEST.items():
        value = fields.get(name, "")
        if not isinstance(value, str):
            yield f"{name} must be text"
        elif name in NEEDED and not value.strip():
            yield f"{name} is missing"
        elif len(value.strip()) > most:
            yield f"{name} is longer than {most} characters"


def _wrong_ways(fields: Mapping[str, object]) -> Iterator[str]:
    ways = fields.get("others", [])
    if not isinstance(ways, list) or not all(isinstance(way, str) and 0 < len(way.strip()) <= WAY for way in ways):
        yield f"others must be a list of texts of at most {WAY} characters"
    elif len(ways) > WAYS:
        yield f"others has more than {WAYS} ways of asking"


def _day(value: object) -> tuple[date | None, str]:
    if value is None or value == "":
        return None, ""
    if type(value) is date:
        return value, ""
    try:
        return date.fromisoformat(str(value).strip()), ""
    except ValueError:
        return None, f"valid_until must be a day like 2027-12-31, not {value}"


def _twice(rows: Iterable[Row]) -> Iterator[str]:
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        before = first.setdefault((row.unit, row.question), row.line)
        if before != row.line:
            yield f"line {row.line}: the same question for the same unit stands in line {before}"


def toml(rows: Iterable[Row]) -> str:
    """The file again. JSON's way of writing texts is TOML's."""
    parts = []
    for row in rows:
        lines = ["[[answer]]"]
        lines += [f"unit = {_quoted(row.unit)}"] if row.unit else []
        lines.append(f"question = {_quoted(row.question)}")
        lines += [f"others = [{', '.join(_quoted(way) for way in row.others)}]"] if row.others else []
        lines += [f"answer = {_quoted(row.answer)}", f"source = {_quoted(row.source)}"]
        lines += [f"valid_until = {row.valid_until.isoformat()}"] if row.valid_until is not None else []
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def comma_separated(rows: Iterable[Row]) -> str:
    """The file again, as a spreadsheet reads it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        until = row.valid_until.isoformat() if row.valid_until is not None else ""
        writer.writerow([row.unit, row.question, BETWEEN.join(row.others), row.answer, row.source, until])
    return out.getvalue()
