"""The judge of the drills has teeth: what is lost, doubled or left over on a running instance, it says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from phantom import ct_series, make_person, not_belonging
from scripts.drills.judge import judge, of_bill, of_verdicts, staged
from scripts.drills.sender import Bill, Sender, by_digest
from tests.services.faults import Faults
from tests.services.place import Place
from tests.stack import Stack
from tests.uploads.people import DAY

PERSON = make_person(77)
CT = ct_series(seed=77, slices=4, matrix=64, person=PERSON, study_date=DAY)
NO_VERDICT, LOST = "not listed instead of stored", "acknowledged images are in no sealed object"
DOUBLED, UNSENT = "there too often", "files were never acknowledged"
STRAYS = [not_belonging(77, person=PERSON, study_date=DAY)["readme.txt"]]


@pytest.fixture(scope="module")
def stack(place: Place) -> Iterator[Stack]:
    with Stack(place) as running:
        yield running


@pytest.fixture(scope="module")
def sender(stack: Stack) -> Iterator[Sender]:
    made = Sender(stack)
    yield made
    made.close()


@pytest.fixture
def bill(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> Bill:
    monkeypatch.setattr("scripts.drills.judge.SWEPT_WITHIN", 3.0)
    sent = sender.send(sender.bill(CT, STRAYS))
    sender.finished(sent, within=60)
    return sent


def test_what_is_lost_doubled_or_left_is_told(stack: Stack, sender: Sender, bill: Bill) -> None:
    assert judge(stack, [(sender, bill)]) == []

    extra = by_digest(ct_series(seed=78, slices=1, matrix=64, person=PERSON, study_date=DAY))
    more = Bill(bill.subject, bill.images | extra, bill.strays, bill.upload, bill.acknowledged | {*extra})
    assert told(sender, more) == {NO_VERDICT, LOST}
    images = dict(list(bill.images.items())[1:])
    assert told(sender, Bill(bill.subject, images, bill.strays, bill.upload, bill.acknowledged)) == {DOUBLED}
    other = Bill(bill.subject, bill.images, bill.strays, bill.upload, set(bill.images))
    assert told(sender, other) == {UNSENT}
    swapped = Bill(bill.subject, bill.strays, bill.images, bill.upload, set())
    files = sender.ask("GET", f"uploads/{bill.upload}/").json()["files"]
    assert len(of_verdicts(swapped, files)) == 2

    left = stack.var / "objects" / "staging" / "left"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"left")
    assert staged(stack) == [str(left)]
    (archive,) = stack.var.rglob("*.zip")
    cut(archive)
    said = " ".join(judge(stack, [(sender, bill)]))
    assert all(part in said for part in (LOST, "1 objects are left in staging", "verify_store fails"))


def told(sender: Sender, bill: Bill) -> set[str]:
    """Which of the known sentences the judge says; the whole of another."""
    known = (NO_VERDICT, LOST, DOUBLED, UNSENT)
    return {next((part for part in known if part in one), one) for one in of_bill(sender, bill)}


def cut(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_faults_come_as_often_as_they_are_asked_for() -> None:
    faults = Faults(share=0.1)
    for _ in range(2000):
        faults.choose("GET")
    failed = faults.told.total() - faults.told["calls"]
    assert 150 < failed < 250
    faults.full = True
    assert (faults.choose("PUT"), faults.choose("DELETE") == "full") == ("full", False)
    faults.clear()
    assert faults.choose("PUT") == ""
