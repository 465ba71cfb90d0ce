"""Forms of the official account: which template says what, from the file that MENKOU_OA_TEMPLATES names.

A template has typed keys (``thing1``, ``time4``), whose type limits what may be filled in. What Menkou has to say of
a ticket stands under a few names; none of them is a person's. The file says which goes where; it is read once, at the
start, and the first thing in it that cannot work ends the start with one sentence.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from bot.channels.oa_values import FITS, TYPES, filled, fixed
from bot.setting_values import SettingError
from storage.workflow import Status

FormKind = Literal["template", "subscribe"]
KINDS: tuple[FormKind, ...] = get_args(FormKind)
TICKET = "ticket"
PURPOSES = (TICKET, *sorted(Status))
"""What a form is for: news of any ticket, or of one in a state for which there is a form of its own."""
FIELDS = {
    "number": "the ticket's number",
    "what": "what it is about: a category, never the reporter's words",
    "place": "estate and building, never the room",
    "state": "where it stands, in a few characters",
    "unit": "the unit that has it",
    "due": "when the next step was promised",
    "when": "when it was reported",
    "phone": "the desk's public telephone number",
}
MOST_FIELDS = 10
SETTING = "MENKOU_OA_TEMPLATES"
_ID = re.compile(r"[0-9A-Za-z_-]{1,80}")
_KEY = re.compile(r"([a-z_]+?)([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class Template:
    """One form. ``fields``: what goes into each of its keys, by name; ``fixed``: keys whose words never change."""

    template_id: str
    fields: Mapping[str, str]
    fixed: Mapping[str, str] = field(default_factory=dict)

    def fill(self, form: Mapping[str, str]) -> dict[str, dict[str, str]] | None:
        """The platform's ``data``; None where something is missing that a key of its type cannot go without."""
        data = dict(self.fixed)
        for key, name in self.fields.items():
            value = filled(_type_of(key), name, form)
            if value is None:
                return None
            data[key] = value
        return {key: {"value": value} for key, value in data.items()}


@dataclass(frozen=True, slots=True)
class Templates:
    """All forms of one account."""

    forms: Mapping[tuple[FormKind, str], Template] = field(default_factory=dict)

    @property
    def kinds(self) -> frozenset[FormKind]:
        """The ways that have at least one form."""
        return frozenset(kind for kind, _ in self.forms)

    def choose(self, kind: FormKind, purpose: str) -> Template | None:
        """The form for this purpose, else the one for news of any kind."""
        return self.forms.get((kind, purpose)) or self.forms.get((kind, TICKET))


def load(path: Path) -> Templates:
    """Reads the file. Raises SettingError with one sentence."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingError(f"{SETTING}: {path} cannot be read ({error.strerror}).") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{SETTING}: {path} is not TOML ({error}).") from None
    return read(table)


def read(table: Mapping[str, Any]) -> Templates:
    """The forms of a file's content. Raises SettingError with one sentence."""
    unknown = sorted(set(table) - set(KINDS))
    if unknown:
        raise SettingError(f"{SETTING}: [[{unknown[0]}]] is unknown, write [[template]] or [[subscribe]].")
    forms: dict[tuple[FormKind, str], Template] = {}
    for kind in KINDS:
        entries = table.get(kind, [])
        if not isinstance(entries, list):
            raise SettingError(f"{SETTING}: write [[{kind}]] with two brackets, once for each form.")
        for number, entry in enumerate(entries, 1):
            where = f"{SETTING}: [[{kind}]] {number}"
            purpose, template = _entry(where, entry)
            if (kind, purpose) in forms:
                raise SettingError(f"{where} is a second form for {purpose!r}; one is enough.")
            forms[kind, purpose] = template
    if not forms:
        raise SettingError(f"{SETTING}: the file has no [[template]] and no [[subscribe]].")
    return Templates(forms)


def _entry(where: str, entry: Any) -> tuple[str, Template]:
    if not isinstance(entry, dict):
        raise SettingError(f"{where} is no table.")
    unknown = sorted(set(entry) - {"purpose", "id", "fields"})
    if unknown:
        raise SettingError(f"{where} has {unknown[0]!r}, which is none of purpose, id and fields.")
    purpose, template_id = entry.get("purpose"), entry.get("id")
    if purpose not in PURPOSES:
        raise SettingError(f"{where} needs a purpose, one of {', '.join(PURPOSES)}.")
    if not isinstance(template_id, str) or not _ID.fullmatch(template_id):
        raise SettingError(f"{where} needs the template's id, as the platform's console shows it.")
    fields = entry.get("fields")
    if not isinstance(fields, dict) or not 1 <= len(fields) <= MOST_FIELDS:
        raise SettingError(f"{where} needs fields, 1 to {MOST_FIELDS} of the template's keys.")
    names = {key: value for key, value in fields.items() if isinstance(value, str)}
    for key in fields:
        _check_key(where, key)
    for key, name in names.items():
        _check_name(where, key, name)
    words = {key: _words(where, key, value) for key, value in fields.items() if key not in names}
    return purpose, Template(template_id, names, words)


def _check_key(where: str, key: str) -> None:
    found = _KEY.fullmatch(key)
    if found is None or found[1] not in TYPES:
        raise SettingError(
            f"{where}: {key!r} is no key that can be filled; thing1 is, and the types are {_listed(TYPES)}."
        )


def _check_name(where: str, key: str, name: str) -> None:
    if name not in FIELDS:
        raise SettingError(f"{where}: {key} is given {name!r}, which is none of {_listed(FIELDS)}.")
    if name not in FITS.get(_type_of(key), FIELDS):
        raise SettingError(f"{where}: {key} cannot hold {name!r}, only {_listed(FITS[_type_of(key)])}.")


def _words(where: str, key: str, value: Any) -> str:
    words = value.get("text") if isinstance(value, dict) and set(value) == {"text"} else None
    if not isinstance(words, str) or not fixed(_type_of(key), words):
        raise SettingError(f'{where}: {key} takes a field\'s name, or {{ text = "…" }} that fits its type.')
    return words


def _type_of(key: str) -> str:
    return key.rstrip("0123456789")


def _listed(names: Mapping[str, object] | frozenset[str]) -> str:
    return ", ".join(sorted(names))
