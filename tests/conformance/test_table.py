"""Every channel has every case, or a sentence why not; and the sentences are true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot import wiring
from bot.channels.base import NotGenuine, RawRequest
from bot.platforms.simulator import Simulator
from bot.settings import Settings
from bot.web.callbacks import PATHS
from tests.conformance import test_receiving, test_sending
from tests.conformance.bench import Bench
from tests.conformance.benches import BENCHES
from tests.conformance.cases import TRIED_BY, Case
from tests.conformance.table import PAGE, page

each_bench = pytest.mark.parametrize("bench", BENCHES, ids=lambda bench: bench.name)


@pytest.mark.parametrize("case", list(Case), ids=lambda case: case.name)
def test_every_case_is_tried(case: Case) -> None:
    tried = [getattr(module, name, None) for name in TRIED_BY[case] for module in (test_receiving, test_sending)]
    assert any(callable(test) for test in tried)


@each_bench
def test_every_cell_is_tried_or_has_its_reason(bench: Bench) -> None:
    for case in set(Case) - set(bench.excused):
        marks = [
            mark
            for module in (test_receiving, test_sending)
            for name in TRIED_BY[case]
            for mark in getattr(getattr(module, name, None), "pytestmark", [])
        ]
        tried = [one.values[0] for mark in marks if mark.args[0] == "bench" for one in mark.args[1]]
        assert bench in tried, case
    for why in bench.excused.values():
        assert why.endswith(".")
        assert len(why.split()) > 6


@each_bench
def test_who_is_excused_from_hearing_hears_nothing(
    bench: Bench, make_settings: Callable[..., Settings], sqlite_url: str
) -> None:
    """No callback leads to it, and a request to its channel is refused."""
    if bench.ear is not None:
        assert not {Case.REPEAT, Case.REORDER, Case.CONCURRENT, Case.UNKNOWN_TYPE} & set(bench.excused)
        return
    assert {case for case in Case if case.value.takes_in} <= set(bench.excused)
    simulator = Simulator()
    bench.platform(simulator)
    app = wiring.build(make_settings(database_url=sqlite_url, **bench.settings("http://127.0.0.1:9")))
    channel = app.bulk.get(bench.door, app.channels[bench.door])
    request = RawRequest(b"<xml></xml>", {}, datetime.now(UTC))
    for refuses in (channel.verify_and_parse, channel.check_url):
        with pytest.raises(NotGenuine):
            refuses(request)
    assert channel is app.bulk.get(bench.door) or bench.door.partition(":")[0] not in PATHS.values()
    app.close()
    simulator.close()


@each_bench
def test_every_channel_of_the_program_is_on_a_bench(
    bench: Bench, make_settings: Callable[..., Settings], sqlite_url: str
) -> None:
    app = wiring.build(make_settings(database_url=sqlite_url, **bench.settings("http://127.0.0.1:9")))
    assert {*app.channels, *app.bulk} <= {one.door for one in BENCHES}
    app.close()


def test_the_page_is_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
