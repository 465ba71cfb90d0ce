"""Telephone numbers of the book are ways to people: for staff in emergencies, for residents who have nothing else."""

from __future__ import annotations

from sqlalchemy import func, select

from bot import deliver, phones
from handlers.message import Member, Person
from storage.base import new_ref
from storage.people import Account, Resident, Staff
from storage.phone_accounts import SMS, STEP, VOICE, plain
from tests.delivery.office import Moody, Office, knowing
from tests.delivery.test_ladder import one_person, says


def connected(office: Office) -> tuple[Moody, Moody]:
    """The port for SMS and calls."""
    texts, calls = Moody(), Moody()
    office.app.channels[SMS] = knowing(texts, SMS, costs=True)
    office.app.channels[VOICE] = knowing(calls, VOICE, costs=True, aloud=True)
    return texts, calls


def staff(office: Office, number: str = "13800000001") -> int:
    with office.app.writing() as db:
        ref = new_ref()
        vault = office.app.vault
        row = Staff(ref=ref, name=vault.seal("赵敏", "staff.name", ref), phone=vault.seal(number, "staff.phone", ref))
        db.add(row)
        db.flush()
        return row.id


def resident(office: Office, number: str = "13900000001") -> int:
    with office.app.writing() as db:
        ref = new_ref()
        vault = office.app.vault
        row = Resident(ref=ref, phone=vault.seal(number, "residents.phone", ref), phone_hash=vault.lookup(number))
        db.add(row)
        db.flush()
        return row.id


def account_of(office: Office, **whose: int) -> list[int]:
    with office.app.reading() as db:
        return list(db.scalars(select(Account.id).filter_by(**whose).order_by(Account.id)))


def test_an_emergency_rings_the_telephone_in_the_book(office: Office) -> None:
    texts, calls = connected(office)
    person = staff(office, "+86 138-0000-0001")
    phones.keep(office.app)
    says(office, "燃气泄漏", Member(person), urgent=True)
    says(office, "新工单", Member(person))
    deliver.run(office.app)
    assert texts.arrived == calls.arrived == ["燃气泄漏"]


def test_a_resident_without_wechat_is_told_by_sms(office: Office) -> None:
    texts, _ = connected(office)
    person = resident(office)
    phones.keep(office.app)
    [account] = account_of(office, resident_id=person)
    says(office, "修好了", Person(account))
    deliver.run(office.app)
    assert texts.arrived == ["修好了"]


def test_whoever_has_another_way_costs_nothing(office: Office, knows: Moody) -> None:
    texts, _ = connected(office)
    chat = office.account("memory:knows", "zhang")
    person = one_person(office, chat)
    with office.app.writing() as db:
        row = db.get_one(Resident, person)
        row.phone = office.app.vault.seal("13900000001", "residents.phone", row.ref)
    phones.keep(office.app)
    says(office, "修好了", Person(chat))
    deliver.run(office.app)
    assert (knows.arrived, texts.arrived) == (["修好了"], [])


def test_nothing_is_added_where_no_port_is_connected(office: Office) -> None:
    staff(office)
    phones.keep(office.app)
    assert account_of(office, door=SMS) == []  # type: ignore[arg-type]


def test_once_is_enough_and_many_are_taken_in_steps(office: Office) -> None:
    connected(office)
    for number in range(STEP + 5):
        resident(office, f"139{number:08}")
    for _ in range(2):
        phones.bring_up(office.app)
    with office.app.reading() as db:
        assert db.scalar(select(func.count()).select_from(Account).where(Account.door == SMS)) == STEP + 5


def test_who_is_resident_and_on_the_staff_has_one_number(office: Office) -> None:
    connected(office)
    person, neighbour = staff(office, "13800000001"), resident(office, "13800000001")
    phones.bring_up(office.app)
    [both] = [one for one in account_of(office, staff_id=person) if one in account_of(office, resident_id=neighbour)]
    assert both


def test_whoever_left_is_written_to_no_more(office: Office) -> None:
    connected(office)
    person, neighbour = staff(office), resident(office)
    phones.bring_up(office.app)
    with office.app.writing() as db:
        db.get_one(Staff, person).active = False
        db.get_one(Resident, neighbour).phone = None
    phones.bring_up(office.app)
    assert account_of(office, staff_id=person) == account_of(office, resident_id=neighbour) == []


def test_numbers_are_taken_as_people_write_them() -> None:
    assert plain("+86 138-0000 0001") == plain("13800000001") == "13800000001"
    assert plain("0571-8888 0001") == "057188880001"
    assert plain("+852 9123 4567") == "+85291234567"


def test_no_telephone_rings_for_a_door_that_has_to_be_mended(office: Office) -> None:
    texts, calls = connected(office)
    person = staff(office)
    phones.keep(office.app)
    says(office, "公众号断了", Member(person), urgent=True, aloud=False)
    deliver.run(office.app)
    assert (texts.arrived, calls.arrived) == (["公众号断了"], [])
