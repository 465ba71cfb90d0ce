"""The body of `menkou read`: messages in, what they mean out, for people as a table and for programs as JSON lines."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

from bot.setting_values import SettingError
from nlp import danger, model
from nlp.reading import Reading, read

FOUND_A_BAD_LINE = 2
BYTE_ORDER_MARK = "\ufeff"  # some editors write it before the first line
WEIGHTS, DANGER = "weights.json", "danger.json"


def _use(weights: Path) -> None:
    """Reads with the weights of a folder. Raises SettingError where it holds none."""
    try:
        model.use(model.load(weights / WEIGHTS))
        danger.use(json.loads((weights / DANGER).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError) as error:
        raise SettingError(f"--weights: {weights} holds no weights ({type(error).__name__}).") from error


def run(texts: Sequence[str], jsonl: bool, stdin: TextIO, stdout: TextIO, weights: Path | None = None) -> int:
    """Reads the given texts, or JSON lines from stdin, and returns the exit code. ``weights``: a folder of others."""
    if weights is not None:
        _use(weights)
    if jsonl:
        return _lines(stdin, stdout)
    stdout.writelines(_table(text, read(text)) for text in texts)
    return 0


def _lines(stdin: Iterable[str], stdout: TextIO) -> int:
    bad = 0
    for line in stdin:
        answer = _answer(line)
        bad += "error" in answer
        # Lone surrogates cannot be written as UTF-8; as escapes they can.
        said = json.dumps(answer, ensure_ascii=False)
        stdout.write((said if _writable(said) else json.dumps(answer)) + "\n")
        stdout.flush()
    return FOUND_A_BAD_LINE if bad else 0


def _writable(said: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in said)


def _answer(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line.removeprefix(BYTE_ORDER_MARK))
    except (ValueError, RecursionError):
        return {"id": None, "error": "not a line of JSON"}
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or "id" not in row:
        return {"id": None, "error": 'an object with "id" and "text" is expected'}
    return {"id": row["id"], **fields(read(row["text"]))}


def fields(reading: Reading) -> dict[str, Any]:
    """A reading as the contract writes it."""
    return {
        "is_report": reading.is_report,
        "band": reading.band,
        "confidence": reading.confidence,
        "kind": reading.kind,
        "category": reading.category,
        "also": list(reading.also),
        "urgency": reading.urgency,
        "place": list(reading.place),
        "because": list(reading.because),
    }


def _table(text: str, reading: Reading) -> str:
    rows = [("text", text), *((name, _cell(value)) for name, value in fields(reading).items())]
    rows += [("cues", ", ".join(sorted(reading.cues)))] if reading.cues else []
    return "".join(f"{name:<11}{value}\n" for name, value in rows) + "\n"


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " | ".join(str(item) for item in value) or "-"
    return "-" if value is None else str(value)
