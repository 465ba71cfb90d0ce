"""The playground over HTTP: what the invented people do goes through the real intake and comes back by the stream."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from PIL import Image

from bot import deliver, notices
from bot.web import playground_live, playground_notices
from bot.web.playground_cast import cast
from storage import media, tickets
from storage.base import new_ref
from storage.deployment import Screen
from tests.web.conftest import LI, QIN, RESIDENTS, STAFF, START_SECONDS, WANG, ZHAO, Site

LAMP = "三号楼门口路灯坏了半个月了"


def post(site: Site, path: str, **body: object) -> httpx.Response:
    answer = site.client.post(f"/playground/{path}", json=body)
    deliver.run(site.app)
    return answer


def news(site: Site, last: str = "") -> dict[str, Any]:
    """The first event of the stream."""
    return next(stream(site, last))[1]


def stream(site: Site, last: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    headers = {"last-event-id": last} if last else {}
    with site.client.stream("GET", "/playground/events", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in answer.iter_lines():
            field, _, value = line.partition(": ")
            name = value if field == "id" else name
            if field == "data":
                yield name, json.loads(value)


def test_the_page_shows_everybody_who_can_speak(quick_site: Site) -> None:
    page = quick_site.client.get("/").text
    for person in cast().people:
        assert person.name in page
    assert all(room.name in page for room in cast().rooms)


def test_a_sentence_in_the_group_becomes_a_ticket_and_a_card(site: Site) -> None:
    assert site.say(WANG, LAMP, RESIDENTS).json()["state"] == "handled"
    group, staff = site.screen(f"group:{RESIDENTS}"), site.screen(f"group:{STAFF}")
    assert [row.sender for row in group] == ["王桂兰", ""]
    assert "编号 1" in group[1].text
    assert staff[0].card is not None
    assert staff[0].card["ticket"] == 1


def test_a_tap_accepts_and_a_second_one_is_harmless(site: Site) -> None:
    site.say(WANG, LAMP, RESIDENTS)
    card = next(row for row in site.screen(f"group:{STAFF}") if row.card)
    for _ in range(2):
        assert post(site, "press", speaker=ZHAO, card=card.key, action="accept").status_code == 200
    with site.app.reading() as db:
        ticket = tickets.by_number(db, 1)
    assert ticket is not None
    assert ticket.status == "accepted"
    assert "赵敏" in site.screen(f"person:{WANG}")[-1].text


def test_nobody_speaks_where_they_are_not(quick_site: Site) -> None:
    assert quick_site.say(WANG, "大家好", STAFF).status_code == 403
    assert quick_site.say("nobody", "大家好", RESIDENTS).status_code == 404
    quick_site.say(WANG, LAMP, RESIDENTS)
    card = next(row for row in quick_site.screen(f"group:{STAFF}") if row.card)
    assert post(quick_site, "press", speaker=WANG, card=card.key, action="accept").status_code == 403
    assert post(quick_site, "press", speaker=ZHAO, card=card.key, action="close_all").status_code == 404


def test_nothing_cannot_be_said(quick_site: Site) -> None:
    assert quick_site.say(WANG, " \n ", RESIDENTS).status_code == 422
    assert quick_site.say(WANG, "x" * 10_001).status_code == 422


def test_a_quote_names_a_message_of_the_same_screen(quick_site: Site) -> None:
    first = quick_site.say(LI, "小区门口又堵了", RESIDENTS).json()["key"]
    second = quick_site.say(WANG, "这个谁管", RESIDENTS, quoted=first).json()["key"]
    rows = {row.key: row for row in quick_site.screen(f"group:{RESIDENTS}")}
    assert rows[second].quoted_key == first
    assert quick_site.say(ZHAO, "这个谁管", STAFF, quoted=first).status_code == 404


def test_only_the_speaker_takes_a_message_back(quick_site: Site) -> None:
    key = quick_site.say(LI, "说错了", RESIDENTS).json()["key"]
    assert post(quick_site, "recall", speaker=WANG, key=key).status_code == 403
    assert post(quick_site, "recall", speaker=LI, key=key).status_code == 200
    assert quick_site.screen(f"group:{RESIDENTS}")[0].recalled
    assert news(quick_site)["recalled"] == [key]


def test_a_photo_is_written_anew_and_can_be_sent(quick_site: Site) -> None:
    raw = io.BytesIO()
    told = Image.Exif()
    told[0x010F] = "a telephone"
    Image.new("RGB", (300, 200), "blue").save(raw, "JPEG", exif=told)
    ref = quick_site.client.post("/playground/pictures", files={"file": raw.getvalue()}).json()["ref"]
    shown = quick_site.client.get(f"/playground/media/{ref}")
    assert shown.headers["content-type"] == "image/jpeg"
    assert not Image.open(io.BytesIO(shown.content)).getexif()
    quick_site.say(WANG, "", RESIDENTS, kind="image", media=ref)
    assert quick_site.screen(f"group:{RESIDENTS}")[0].media_ref == f"media:{ref}"


@pytest.mark.parametrize("name", ["lamp", "puddle", "repaired"])
def test_our_own_drawings_can_be_sent_without_a_file(quick_site: Site, name: str) -> None:
    ref = quick_site.client.post("/playground/pictures", data={"sample": name}).json()["ref"]
    with quick_site.app.reading() as db:
        found = media.by_ref(db, ref)
    assert found is not None
    assert found.mime == "image/jpeg"


def test_what_is_no_photo_is_refused_with_a_reason(quick_site: Site) -> None:
    for sent in ({"file": b"hello"}, {"file": b""}):
        answer = quick_site.client.post("/playground/pictures", files=sent)
        assert answer.status_code == 422
        assert answer.json()["error"] in {"not_a_picture", "nothing"}


def test_a_voice_message_has_a_recording_beside_its_words(quick_site: Site) -> None:
    quick_site.say(WANG, "六单元楼道灯不亮了", RESIDENTS, kind="voice")
    row = quick_site.screen(f"group:{RESIDENTS}")[0]
    assert row.media_ref is not None
    sound = quick_site.client.get(f"/playground/media/{row.media_ref.removeprefix('media:')}")
    assert sound.headers["content-type"] == "audio/wav"
    assert sound.content[:4] == b"RIFF"
    assert news(quick_site)["screens"][0]["sound"]


def test_eight_hours_pass_and_the_light_turns_red(site: Site) -> None:
    site.say(WANG, LAMP, RESIDENTS)
    before = datetime.fromisoformat(news(site)["clock"])
    reached = datetime.fromisoformat(post(site, "jump", to="shift").json()["to"])
    assert 8 * 3600 - 60 < (reached - before).total_seconds() < 8 * 3600 + 60
    found = news(site)
    (ticket,) = found["tickets"]
    assert datetime.fromisoformat(found["clock"]) >= datetime.fromisoformat(ticket["due_at"])
    assert len(site.screen(f"person:{ZHAO}")) > 1  # reminded


def test_the_morning_is_the_next_nine_o_clock(quick_site: Site) -> None:
    reached = datetime.fromisoformat(post(quick_site, "jump", to="morning").json()["to"])
    assert (reached.hour, reached.minute) == (9, 0)
    assert post(quick_site, "jump", to="yesterday").status_code == 422


def test_a_page_that_comes_back_hears_what_it_missed_and_nothing_twice(site: Site) -> None:
    site.say(WANG, LAMP, RESIDENTS)
    events = stream(site)
    name, first = next(events)
    events.close()  # type: ignore[attr-defined]
    key = site.say(LI, "谁家有梯子", RESIDENTS).json()["key"]
    again = news(site, last=name)
    assert key in {row["key"] for row in again["screens"]}
    assert len({row["key"] for row in again["screens"]}) == len(again["screens"])
    assert {row["key"] for row in first["screens"]} & {key} == set()


def test_the_stream_tells_each_change_once(quick_site: Site) -> None:
    seen = playground_live.Seen()
    first = playground_live.news(quick_site.app, cast(), seen)
    assert {"clock", "tickets", "notices", "recalled"} <= set(first)
    assert playground_live.news(quick_site.app, cast(), seen) == {}
    quick_site.say(WANG, LAMP, RESIDENTS)
    found = playground_live.news(quick_site.app, cast(), seen)
    assert [row["text"] for row in found["screens"] if row["sender"]] == [LAMP]
    assert [row["number"] for row in found["tickets"]] == [1]
    assert playground_live.news(quick_site.app, cast(), seen) == {}


def test_a_row_committed_behind_a_newer_one_is_not_missed(site: Site) -> None:
    """PostgreSQL gives ids at the insert and shows rows at the commit."""
    seen = playground_live.Seen()
    with site.app.writing() as db:
        moment = site.app.clock.now(db)
        db.add(Screen(id=900, key="out:a", address=f"group:{RESIDENTS}", sender="", text="后到的号", at=moment))
    playground_live.news(site.app, cast(), seen)
    with site.app.writing() as db:
        db.add(Screen(id=899, key="out:b", address=f"group:{RESIDENTS}", sender="", text="先取的号", at=moment))
    assert [row["text"] for row in playground_live.news(site.app, cast(), seen)["screens"]] == ["先取的号"]


def test_other_households_phones_are_not_on_the_page(quick_site: Site) -> None:
    with quick_site.app.writing() as db:
        at = quick_site.app.clock.now(db)
        db.add(Screen(key=f"out:{new_ref()}", address="person:resident-000007", sender="", text="别人家的", at=at))
    assert "别人家的" not in json.dumps(news(quick_site), ensure_ascii=False)


def test_a_notice_is_drafted_confirmed_and_read(site: Site) -> None:
    site.say(QIN, "通知 明天 9 点到 17 点停水，请提前备水。来源：区自来水公司 000-5550207")
    (draft,) = news(site)["notices"]
    assert (draft["state"], draft["text"]) == ("draft", "明天 9 点到 17 点停水，请提前备水")
    site.say(QIN, f"确认发送 {draft['number']} {draft['counted']}户")
    while notices.run_due(site.app):
        pass
    (done,) = news(site)["notices"]
    assert done["sent"] > 0
    assert done["sent"] + done["no_way"] + done["failed"] + done["skipped"] + done["unknown"] == done["households"]
    paths = site.client.get(f"/playground/unopened?notice={draft['number']}&limit=3").json()["paths"]
    assert len(paths) == 3
    assert site.client.post(f"{paths[0]}/seen").status_code == 204
    (read,) = news(site)["notices"]
    assert (read["seen"], read["confirmed"]) == (1, 0)
    with site.app.reading() as db:
        assert paths[0] not in playground_notices.unopened(db, draft["number"], 50)


def test_a_stop_does_not_wait_for_who_listens(quick_site: Site) -> None:
    events = stream(quick_site)
    next(events)
    quick_site.server.config.timeout_graceful_shutdown = 2 * int(START_SECONDS)  # or it would break the stream off
    assert quick_site.stop() < START_SECONDS
    assert list(events) == []  # the stream ended; it did not break off


def test_a_page_of_another_database_is_told_to_begin_afresh(quick_site: Site) -> None:
    """Somebody emptied the data folder while a page was open: its last id means nothing here."""
    quick_site.say(WANG, LAMP, RESIDENTS)
    found = news(quick_site, last="5000")
    assert found["afresh"]
    assert found["screens"]
    assert "afresh" not in news(quick_site)
