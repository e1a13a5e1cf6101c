"""Dealing marks and values to people so that every count holds by construction."""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


def top(n: int, among: Iterable[int], key: Sequence[float]) -> set[int]:
    """The `n` people of the highest key; there must be as many."""
    found = sorted(among, key=lambda one: (-key[one], one))[:n]
    assert len(found) == n
    return set(found)


def noisy(key: Sequence[float], noise: float, dice: random.Random) -> list[float]:
    """The key of everybody with a normal deviation of `noise` added."""
    return [one + dice.gauss(0, noise) for one in key]


def dealt(quotas: Mapping[str, int], dice: random.Random) -> list[str]:
    """As many of each word as its quota says, in random order."""
    words = [word for word, n in quotas.items() for _ in range(n)]
    dice.shuffle(words)
    return words


def by_rank(values: Iterable[Thing], people: Iterable[int], key: Sequence[float]) -> dict[int, Thing]:
    """The values, smallest first, to the people, lowest key first."""
    ranked = sorted(people, key=lambda one: (key[one], one))
    return dict(zip(ranked, sorted(values), strict=True))  # type: ignore[type-var]


def at_least_one(
    quotas: Mapping[str, int], people: Sequence[int], dice: random.Random
) -> dict[int, set[str]]:
    """Marks to people: each mark as often as its quota says, nobody without one, nobody with one twice."""
    marks = dealt(quotas, dice)
    assert len(people) <= len(marks)
    held = {person: {mark} for person, mark in zip(people, marks, strict=False)}
    for mark in marks[len(people) :]:
        held[dice.choice([person for person in people if mark not in held[person]])].add(mark)
    return held
