"""The register (底册) as a folder of CSV files, one for each kind of thing. Faults name file and line.

Spreadsheets write CSV as UTF-8 with a mark in front, or, on older Chinese Windows, as GB 18030: both are read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from handlers.wording import registering as words
from storage.registering import FaultsError, Line

_ENDING = ".csv"
_GB = "gb18030"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how long its text may be, whether it is needed, and, where only some are known, key and Chinese."""

    longest: int = 80
    needed: bool = False
    known: Mapping[str, str] = field(default_factory=dict)
    several: bool = False  # blanks between them
    ends: str = ""  # what people write behind it, and what goes
    number: bool = False  # a telephone number: spreadsheets make 1.38E+10 of it


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file of the folder."""

    name: str
    columns: Mapping[str, Column]

    @property
    def file(self) -> str:
        """Its name in the folder."""
        return f"{self.name}{_ENDING}"


_NAMED = Column(needed=True)
_PERSONAL = Column(20, number=True)
_NUMBER = re.compile(r"\+?\d[\d -]{4,}")
_NICKNAMES = Column(200)
_FUNCTION = Column(known=words.FUNCTION)
_KIND = Column(needed=True, known=words.UNIT_KIND)
SHEETS = (
    Sheet(
        "units",
        {
            "name": _NAMED,
            "former_name": Column(),
            "kind": _KIND,
            "above": Column(200),
            "former_above": Column(200),
            "grid": Column(200),
            "function": _FUNCTION,
            "phone": Column(40),
            "hours": Column(),
            "area": Column(known={area: area for area in words.AREA}),
            "nicknames": _NICKNAMES,
        },
    ),
    Sheet(
        "buildings",
        {
            "estate": Column(200, needed=True),
            "name": Column(40, needed=True),
            "former_name": Column(40),
            "nicknames": _NICKNAMES,
        },
    ),
    Sheet(
        "doors",
        {
            "estate": Column(200, needed=True),
            "building": Column(40, needed=True),
            "entrance": Column(10, ends=words.ENTRANCE),
            "room": Column(20, needed=True, ends=words.ROOM),
            "tags": Column(120, known=words.TAG, several=True),
            "name": Column(),
            "phone": _PERSONAL,
        },
    ),
    Sheet(
        "staff",
        {
            "name": _NAMED,
            "phone": _PERSONAL,
            "former_phone": _PERSONAL,
            "unit": Column(200),
            "role": Column(known=words.POST),
            "active": Column(known={"yes": words.YES, "no": words.NO}),
        },
    ),
    Sheet(
        "desks",
        {
            "unit": Column(200, needed=True),
            "area": Column(needed=True, known={area: area for area in (*words.AREA, words.ANY)}),
            "category": Column(needed=True, known=words.MATTER),
            "desk_kind": _KIND,
            "desk_function": _FUNCTION,
        },
    ),
)


def read(folder: Path) -> Mapping[str, Sequence[Line]]:
    """The lines of each file that the folder has. Raises FaultsError with every fault in them."""
    here = [sheet for sheet in SHEETS if (folder / sheet.file).is_file()]
    if not here:
        raise FaultsError([f"{folder.name}: none of {', '.join(sheet.file for sheet in SHEETS)} is in this folder"])
    faults: list[str] = []
    found = {sheet.name: list(_lines(sheet, folder / sheet.file, faults)) for sheet in here}
    if faults:
        raise FaultsError(faults)
    return found


def _lines(sheet: Sheet, path: Path, faults: list[str]) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text_in(path)), strict=True)
    try:
        heading = [name.strip() for name in next(reader, [])]
        wrong = list(_wrong_heading(sheet, heading))
        faults += wrong
        if wrong:
            return
        for fields in reader:
            if not any(field.strip() for field in fields):
                continue
            if len(fields) > len(heading):
                faults.append(f"{sheet.file} line {reader.line_num}: more fields than the heading has")
                continue
            given = dict(zip(heading, [*fields, *[""] * len(heading)], strict=False))
            yield from _line(sheet, reader.line_num, given, faults)
    except csv.Error as error:
        faults.append(f"{sheet.file} line {reader.line_num + 1}: {error}")


def text_in(path: Path) -> str:
    """What a spreadsheet wrote. Raises FaultsError where it is in neither encoding."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode(_GB)
    except UnicodeDecodeError:
        raise FaultsError([f"{path.name} is not UTF-8: save it as CSV UTF-8 in the spreadsheet"]) from None


def _wrong_heading(sheet: Sheet, heading: Sequence[str]) -> Iterator[str]:
    names = ",".join(sheet.columns)
    missing = [name for name, column in sheet.columns.items() if column.needed and name not in heading]
    if missing:
        yield f"{sheet.file} line 1: the heading has no {', '.join(missing)}; it reads {names}"
    strange = [name for name in heading if name not in sheet.columns]
    if strange:
        yield f"{sheet.file} line 1: {', '.join(strange)} is no column; there are {names}"
    if len(set(heading)) < len(heading):
        yield f"{sheet.file} line 1: a column stands there twice"


def _line(sheet: Sheet, number: int, given: Mapping[str, str], faults: list[str]) -> Iterator[Line]:
    said: dict[str, str] = {}
    wrong: list[str] = []
    for name, value in given.items():
        column = sheet.columns[name]
        text = value.strip().removesuffix(column.ends).strip()
        if column.needed and not text:
            wrong.append(f"{name} is missing")
        elif len(text) > column.longest:
            wrong.append(f"{name} is longer than {column.longest} characters")
        elif column.number and text and not _NUMBER.fullmatch(text):
            wrong.append(f"{name} is {text}, which is no number: format the column as text in the spreadsheet")
        else:
            said[name] = _key(name, column, text, wrong)
    if sheet.name == "units" and "/" in said.get("name", ""):
        wrong.append("a name has no / in it: that stands between a unit and those above it")
    if sheet.name == "staff" and said.get("active") != "no" and not (said.get("unit") and said.get("role")):
        wrong.append("unit and role are missing")
    faults += [f"{sheet.file} line {number}: {what}" for what in wrong]
    if not wrong:
        yield Line(sheet.file, number, said)


def _key(name: str, column: Column, text: str, wrong: list[str]) -> str:
    """What code calls it by, where only some are known."""
    if not column.known or not text:
        return text
    keys = {**{shown: key for key, shown in column.known.items()}, **{key: key for key in column.known}}
    said = text.split() if column.several else [text]
    strange = [one for one in said if one not in keys]
    wrong += [f"{name} is {one}, but one of {'、'.join(column.known.values())} is known" for one in strange]
    return " ".join(keys.get(one, "") for one in said)


def text_of(sheet: Sheet, rows: Iterable[Mapping[str, str]]) -> str:
    """A file as `read` takes it, keys in Chinese."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(sheet.columns)
    for row in rows:
        writer.writerow([_shown(column, row.get(name, "")) for name, column in sheet.columns.items()])
    return out.getvalue()


def _shown(column: Column, value: str) -> str:
    if not column.known:
        return value
    return " ".join(column.known.get(one, one) for one in value.split())
