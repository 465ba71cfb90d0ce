"""Recordings that no browser plays are written anew by a program of the host; what came is kept."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import notice_voices
from storage.media import Media
from storage.people import Role
from tests.notices.world import World

AMR = b"#!AMR\n" + b"\x3c" + bytes(31)


@pytest.fixture
def spoken(world: World) -> World:
    """A draft with a recording from WeChat, and a recording that belongs to none."""
    admin = world.member(Role.ADMIN, world.households(1))
    admin.says("通知 周六清洗水箱")
    with world.app.writing() as db:
        rows = [Media(sha256="x", mime="audio/amr", bytes=AMR, created_at=world.clock.at) for _ in range(2)]
        db.add_all(rows)
        db.flush()
        db.merge(world.notice()).voice_id = rows[0].id
    return world


def program(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """The host has this for ``ffmpeg``."""
    path = folder / notice_voices.PROGRAM
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def files(world: World) -> list[tuple[str, bytes, bool]]:
    with world.app.reading() as db:
        rows = db.scalars(select(Media).order_by(Media.id)).all()
        return [(row.mime, row.bytes, row.reason is not None) for row in rows]


def test_it_plays_from_then_on_and_the_original_stays(
    spoken: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, monkeypatch, "cat >/dev/null; printf sound")
    assert notice_voices.convert_due(spoken.app) == 1
    assert files(spoken) == [("audio/mpeg", b"sound", False), ("audio/amr", AMR, False), ("audio/amr", AMR, True)]
    assert notice_voices.convert_due(spoken.app) == 0


@pytest.mark.skipif(shutil.which(notice_voices.PROGRAM) is None, reason="needs ffmpeg: apt-get install ffmpeg")
def test_the_real_program_makes_two_seconds_of_mp3(spoken: World) -> None:
    with spoken.app.writing() as db:
        media = db.scalars(select(Media).order_by(Media.id)).first()
        assert media is not None
        media.bytes = AMR[:6] + AMR[6:] * 100  # frames of 20 ms
    assert notice_voices.convert_due(spoken.app) == 1
    mime, content, _ = files(spoken)[0]
    assert (mime, content[:3]) == ("audio/mpeg", b"ID3")
    assert 10_000 < len(content) < 16_000  # 48 kbit/s


@pytest.mark.parametrize("script", ["exit 1", "cat >/dev/null"])
def test_what_cannot_be_written_anew_is_tried_once(
    spoken: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    program(tmp_path, monkeypatch, script)
    assert notice_voices.convert_due(spoken.app) == 1
    assert files(spoken)[0] == ("audio/amr", AMR, True)
    assert notice_voices.convert_due(spoken.app) == 0


def test_without_the_program_nothing_happens(spoken: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert notice_voices.convert_due(spoken.app) == 0
    assert files(spoken)[0] == ("audio/amr", AMR, False)
