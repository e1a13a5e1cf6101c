"""Which engine of ours said that it stripped something, and whether the registry still takes its word."""

import re

from deid import ENGINE
from registry.errors import Problem

NAME = re.compile(r"(kicc-deid)/([0-9]{1,4})\.([0-9]{1,4})(?:\.[0-9.]{1,12})?")


def is_old(name: str) -> bool:
    """Whether `name` is an engine of ours whose output this one would alter.

    Engines that differ in the last number alone strip alike; the first two grow when more is removed.
    Programs of others are not judged by their names.
    """
    theirs, ours = NAME.fullmatch(name), NAME.fullmatch(ENGINE)
    return bool(theirs and ours and _number(theirs) < _number(ours))


def check(name: str) -> None:
    """Problem old_engine."""
    if is_old(name):
        needed = ENGINE.rpartition(".")[0]
        raise Problem("old_engine", engine=name, needed=needed, extra={"needed": needed})


def _number(found: re.Match[str]) -> tuple[int, int]:
    return int(found[2]), int(found[3])
