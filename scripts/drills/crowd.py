"""Everybody sends at once."""

import time
from concurrent.futures import ThreadPoolExecutor

from scripts.drills.parts import Parts, Result, judged
from scripts.drills.sender import Bill, Sender

ACCOUNTS = {3: "site@demo.kicc", 5: "site2@demo.kicc", 11: "site3@demo.kicc"}
WITHIN = 1800.0


def all_sites(parts: Parts) -> Result:
    """Every site sends a series of its own patient at the same time, with the leases of every day."""
    sites, slices = parts.scale.sites, parts.scale.slices
    with parts.other(KICC_LEASE_SECONDS="60", KICC_SWEEP_SECONDS="15") as stack:
        emails = [ACCOUNTS.get(number, f"s{number:02d}@demo.kicc") for number in range(1, sites + 1)]
        senders = [Sender(stack, email, patience=WITHIN) for email in emails]
        patients = [parts.patient(slices=slices, matrix=128) for _ in senders]
        bills = [sender.bill(*files) for sender, files in zip(senders, patients, strict=True)]
        began = time.monotonic()

        def bring(pair: tuple[Sender, Bill]) -> float:
            sender, bill = pair
            sender.send(bill)
            acknowledged = time.monotonic() - began
            sender.finished(bill, within=WITHIN)
            return acknowledged

        pairs = list(zip(senders, bills, strict=True))
        with ThreadPoolExecutor(sites) as pool:
            received = max(pool.map(bring, pairs))
        took = time.monotonic() - began
        again = sum(sender.hitches.total() for sender in senders)
        times = f"all acknowledged after {received:.0f} s, all sealed after {took:.0f} s"
        remark = f"{sites} × {slices} slices, {times}, {again} calls made again"
        return judged(stack, pairs, remark)
