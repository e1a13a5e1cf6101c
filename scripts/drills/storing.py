"""Drills in which the store fails, is slow, full or gone, and one in which the disk is full."""

import time

from scripts.drills.breaking import WITHIN, at_work, heard
from scripts.drills.disk import mounted
from scripts.drills.parts import Parts, Result, judged
from scripts.drills.sender import Sender

SHARE = 0.1
LEFT = 1 << 20


def one_in_ten_fails(parts: Parts) -> Result:
    """One call of the store in ten is refused, cut, carried out without an answer, or half answered."""
    stack, faults = parts.stack, parts.store.faults
    sender = Sender(stack)
    bill = sender.bill(*parts.patient())
    faults.share, before = SHARE, faults.told.copy()
    try:
        sender.send(bill)
        sender.finished(bill, within=WITHIN)
    finally:
        faults.clear()
    told = faults.told - before
    return judged(stack, [(sender, bill)], f"{told.total() - told['calls']} of {told['calls']} calls failed")


def slow(parts: Parts) -> Result:
    """Every call of the store takes half a second, and four take longer than anybody waits for."""
    stack, faults = parts.stack, parts.store.faults
    sender = Sender(stack)
    bill = sender.bill(*parts.patient(slices=24))
    faults.delay, faults.hang, faults.hangs = 0.5, 25.0, 4
    try:
        sender.send(bill)
        faults.hangs = 2
        sender.finished(bill, within=WITHIN)
    finally:
        faults.clear()
    return judged(stack, [(sender, bill)], f"0.5 s a call, 6 calls of 25 s, {heard(sender)}")


def full(parts: Parts) -> Result:
    """The store refuses whatever needs room: first while files are put, then while the series is sealed."""
    stack, faults = parts.stack, parts.store.faults
    sender = Sender(stack)
    bill = sender.bill(*parts.patient())
    with at_work(lambda: sender.send(bill)) as busy:
        while busy() and len(bill.acknowledged) < 20:
            time.sleep(0.01)
        faults.full = True
        time.sleep(4)
        faults.clear()
        while busy() and len(bill.acknowledged) < len(bill.files):
            time.sleep(0.005)
        faults.full = True
    try:
        _wait_until_waiting(sender, bill.upload)
    finally:
        faults.clear()
    sender.finished(bill, within=WITHIN)
    return judged(stack, [(sender, bill)], f"full twice, {heard(sender)}")


def _wait_until_waiting(sender: Sender, upload: str) -> None:
    """Return once the upload says that it waits for the store."""
    end = time.monotonic() + WITHIN
    while time.monotonic() < end:
        said = sender.ask("GET", f"uploads/{upload}/").json()
        if said["waiting_for"] == "store" or any(one["waiting_for"] == "store" for one in said["series"]):
            return
        time.sleep(0.2)
    raise AssertionError("the upload never said that it waits for the store")


def gone(parts: Parts) -> Result:
    """The store is gone for minutes, in the middle of a series; new files are refused and sent again."""
    stack, seconds = parts.stack, parts.scale.outage
    working = Sender(stack)
    trying = Sender(stack, patience=seconds + 120)
    first = working.send(working.bill(*parts.patient()))
    second = trying.bill(*parts.patient())
    parts.store.faults.gone = True
    began = time.monotonic()
    try:
        with at_work(lambda: trying.send(second)):
            time.sleep(seconds)
            told = stack.health()
            parts.store.faults.clear()
    finally:
        parts.store.faults.clear()
    for sender, bill in ((working, first), (trying, second)):
        sender.finished(bill, within=WITHIN)
    if told[0] != 503:
        second.odd[f"/health/ said {told[0]} while the store was gone"] += 1
    remark = f"gone {seconds:.0f} s, done {time.monotonic() - began - seconds:.0f} s after, {heard(trying)}"
    return judged(stack, [(working, first), (trying, second)], remark)


def disk_full(parts: Parts) -> Result:
    """The disk with staging and objects is full while files are put, and again while the series is sealed."""
    place = parts.place.directory("disk")
    with mounted(place) as disk, parts.other(KICC_STORE_DIR=str(place / "objects")) as stack:
        sender = Sender(stack)
        bill = sender.bill(*parts.patient())
        disk.leave(LEFT)
        with at_work(lambda: sender.send(bill)) as busy:
            while busy() and not sender.hitches:
                time.sleep(0.01)
            time.sleep(2)
            disk.room()
            while busy() and len(bill.acknowledged) < len(bill.files):
                time.sleep(0.005)
            disk.leave(0)
        _wait_until_waiting(sender, bill.upload)
        disk.room()
        sender.finished(bill, within=WITHIN)
        return judged(stack, [(sender, bill)], f"full twice, {heard(sender)}")
