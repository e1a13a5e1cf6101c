"""The rows of this room in the table of addresses (tests/cohort/test_visibility.py)."""

from collections.abc import Callable
from typing import Any

from imaging.models import Series
from releases.models import Access
from tests.cohort.visible_calls import COUNTERS, SIGNED_IN, TAKERS, Call
from tests.cohort.visible_world import Patient

STEPS: list[tuple[frozenset[str], str, bool, dict[str, Any]]] = [
    (frozenset({"curator", "lead"}), "approve", True, {"days": 30, "risk_answer": "small"}),
    (frozenset({"curator", "lead"}), "decline", True, {"reason": "no"}),
    (frozenset({"curator", "lead"}), "risk", False, {"risk_answer": "small"}),
    (frozenset({"curator", "lead", "researcher"}), "end", False, {"reason": "done"}),
    (frozenset({"researcher"}), "agree", False, {"agreed": "yes"}),
    (frozenset({"researcher"}), "renew", False, {"purpose": "more"}),
]


def first_release(patient: Patient) -> list[Any]:
    return [1]


def access(patient: Patient) -> list[Any]:
    return [Access.objects.earliest("pk").pk]


def images_access(patient: Patient) -> list[Any]:
    return [Access.objects.get(level="images").pk]


def released_series() -> Any:
    return Series.objects.get(exam__subject__site__code="S07").pk


def access_step(name: str, *, waiting: bool = False) -> Callable[[Patient], list[Any]]:
    return lambda patient: [(Access.objects.latest if waiting else Access.objects.earliest)("pk").pk, name]


RELEASE_CALLS: dict[str, list[Call]] = {
    "releases": [Call(COUNTERS), Call(frozenset({"lead"}), "post", body=lambda patient: {"title": "Second"})],
    "release": [Call(COUNTERS, of=first_release)],
    "release_changes": [Call(frozenset({"curator", "lead"}), of=lambda patient: [1, 1])],
    "manuscript": [
        Call(COUNTERS, of=first_release),
        Call(COUNTERS, "post", of=first_release, body=lambda patient: {"text": "1 man"}),
    ],
    "api-releases:check": [
        Call(COUNTERS, "post", of=first_release, body=lambda patient: {"text": "1 man"}, sends="json")
    ],
    "access_new": [
        Call(TAKERS, of=first_release),
        Call(TAKERS, "post", of=first_release, body=lambda patient: {"extent": "summary", "purpose": "so"}),
    ],
    "access_count": [Call(TAKERS, of=first_release)],
    "accesses": [Call(SIGNED_IN - {"admin"})],
    "access": [Call(COUNTERS, of=access)],
    "access_file": [Call(frozenset({"researcher"}), of=lambda patient: [*access(patient), "table.csv"])],
    "access_act": [
        Call(through, "post", of=access_step(name, waiting=waiting), body=lambda patient, body=body: body)
        for through, name, waiting, body in STEPS
    ],
    "api-releases:accesses": [
        Call(SIGNED_IN - {"admin"}),
        Call(
            TAKERS,
            "post",
            body=lambda patient: {"release": 1, "level": "summary", "purpose": "so"},
            sends="json",
        ),
    ],
    "api-releases:images": [Call(frozenset({"researcher"}), of=images_access)],
    "api-releases:image_archive": [
        Call(frozenset({"researcher"}), of=lambda patient: [*images_access(patient), released_series()])
    ],
    "api-releases:access": [Call(COUNTERS, of=access)],
    "api-releases:access_file": [
        Call(frozenset({"researcher"}), of=lambda patient: [*access(patient), "table.csv"])
    ],
    "api-releases:access_act": [
        Call(
            through,
            "post",
            of=access_step(name, waiting=waiting),
            body=lambda patient, body=body: body,
            sends="json",
        )
        for through, name, waiting, body in STEPS
    ],
    "api-releases:releases": [
        Call(COUNTERS),
        Call(frozenset({"lead"}), "post", body=lambda patient: {"title": "Second"}, sends="json"),
    ],
    "api-releases:release": [Call(COUNTERS, of=first_release)],
    "api-releases:changes": [Call(frozenset({"curator", "lead"}), of=lambda patient: [1, 1])],
}
