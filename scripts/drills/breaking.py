"""Drills in which a process dies, forgets or has the wrong time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg2

from scripts.drills.parts import Parts, Result, judged
from scripts.drills.sender import Bill, Sender
from tests.stack import Stack

STEPS = ("sorting", "sealing", "proving", "previewing")
SHIFTS = {"behind": "-600", "ahead": "+600"}
WITHIN = 240.0


def worker_killed(parts: Parts) -> Result:
    """The worker and its pool get SIGKILL at each step of the pipeline in turn, and are started again."""
    stack = parts.stack
    sender = Sender(stack)
    bill = sender.send(sender.bill(*parts.patient()))
    killed = []
    for step in STEPS:
        if _wait_for(stack, bill.upload, step):
            stack.kill_worker()
            killed.append(step)
            stack.start_worker()
    sender.finished(bill, within=WITHIN)
    if killed != list(STEPS):
        bill.odd[f"the worker could not be killed at every step: {killed}"] += 1
    return judged(stack, [(sender, bill)], f"killed at {', '.join(killed)}")


def _wait_for(stack: Stack, upload: str, step: str) -> bool:
    """Whether a job of the upload was seen at this step, looked for a thousand times a second."""
    with psycopg2.connect(stack.environment["KICC_DATABASE_URL"]) as database, database.cursor() as cursor:
        database.autocommit = True
        end = time.monotonic() + WITHIN
        while time.monotonic() < end:
            cursor.execute("SELECT state, step FROM uploads_job WHERE upload_id = %s", [upload])
            jobs = cursor.fetchall()
            if ("running", step) in jobs:
                return True
            if len(jobs) > 1 and all(state in ("done", "failed") for state, _ in jobs):
                return False
            time.sleep(0.001)
    return False


def web_restarted(parts: Parts) -> Result:
    """The web server is killed, then stopped in order, again and again while files are put."""
    stack = parts.stack
    sender = Sender(stack)
    bill = sender.bill(*parts.patient(slices=150))
    stops = 0
    with at_work(lambda: sender.send(bill)) as busy:
        while busy() and stops < 6:
            seen = len(bill.acknowledged)
            while busy() and len(bill.acknowledged) < seen + 12:
                time.sleep(0.01)
            (stack.kill_web if stops % 2 == 0 else stack.stop_web)()
            stack.start_web()
            stops += 1
    sender.finished(bill, within=WITHIN)
    return judged(stack, [(sender, bill)], f"{stops} restarts, {sender.hitches.total()} calls made again")


def queue_emptied(parts: Parts) -> Result:
    """Valkey is killed and loses all it held while a series is worked on, and once more before any is."""
    stack = parts.stack
    sender = Sender(stack)
    first = sender.send(sender.bill(*parts.patient()))
    _wait_for(stack, first.upload, "sealing")
    stack.valkey.restart(wipe=True)
    stack.stop_worker()
    second = sender.send(sender.bill(*parts.patient()))
    stack.valkey.restart(wipe=True)
    stack.start_worker()
    for bill in (first, second):
        sender.finished(bill, within=WITHIN)
    return judged(stack, [(sender, first), (sender, second)], "emptied twice")


def database_restarted(parts: Parts) -> Result:
    """PostgreSQL is stopped as by a crash while files are put, and again while the series is sealed."""
    stack = parts.stack
    sender = Sender(stack)
    bill = sender.bill(*parts.patient(slices=100))
    with at_work(lambda: sender.send(bill)) as busy:
        while busy() and len(bill.acknowledged) < 20:
            time.sleep(0.01)
        _away(parts, 3)
    _wait_for(stack, bill.upload, "sealing")
    _away(parts, 3)
    sender.finished(bill, within=WITHIN)
    return judged(stack, [(sender, bill)], f"away twice for 3 s, {heard(sender)}")


def _away(parts: Parts, seconds: float) -> None:
    parts.postgres.stop()
    time.sleep(seconds)
    parts.postgres.start()


def clocks_differ(parts: Parts) -> Result:
    """Two workers, one 10 minutes behind and one 10 minutes ahead, share the work; web and beat are right."""
    stack = parts.stack
    sender = Sender(stack)
    stack.stop_worker()
    for name, seconds in SHIFTS.items():
        stack.start_worker(name, before=("scripts.drills.skewed", seconds))
    try:
        bills = [sender.send(sender.bill(*parts.patient())) for _ in range(3)]
        for bill in bills:
            sender.finished(bill, within=WITHIN)
        health = stack.health()
        alive = all(stack.processes[name].poll() is None for name in SHIFTS)
    finally:
        for name in SHIFTS:
            stack.stop_worker(name)
        stack.start_worker()
    for bill in bills:
        if taken := _taken_away(stack, bill.upload):
            bill.odd["a job was taken from a worker that lived"] += taken
    if health[0] != 200 or not alive:
        bills[0].odd[f"not healthy: {health[1]}"] += 1
    return judged(stack, [(sender, bill) for bill in bills], "20 minutes between two workers")


def _taken_away(stack: Stack, upload: str) -> int:
    """How often a lease of the upload's jobs ran out."""
    with psycopg2.connect(stack.environment["KICC_DATABASE_URL"]) as database, database.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(crashes), 0) FROM uploads_job WHERE upload_id = %s", [upload])
        return int((cursor.fetchone() or (0,))[0])


@contextmanager
def at_work(work: Callable[[], Bill]) -> Iterator[Callable[[], bool]]:
    """Does it in a thread; gives what says whether it still does. Its exception comes out at the end."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield thread.is_alive
    thread.join()
    if failed:
        raise failed[0]


def heard(sender: Sender) -> str:
    return ", ".join(f"{count} × {what}" for what, count in sender.hitches.most_common()) or "no call failed"
