"""The manuscript check: a pasted text, its numbers marked beside a release."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from cohort.summary.small_cells import small
from registry.errors import Problem
from registry.models import Role, User
from releases.manuscript.checks import ABSENT, CONFLICT, HOLDS, Check, Mark
from releases.manuscript.facts import facts
from releases.manuscript.wording import VERDICTS, as_data
from releases.selectors import Held
from releases.views.releases import found

LONGEST = 200_000


@dataclass(frozen=True)
class Piece:
    """A run of the text; `verdict` is empty where it is no number, `at` numbers the first of its mark."""

    text: str
    verdict: str = ""
    at: int = 0


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, number: int) -> HttpResponse:
    """Paste a text; nothing of it is kept."""
    held, context = found(request, number), {}
    problem = None
    text = request.POST.get("text", "") if request.method == "POST" else ""
    if request.method == "POST":
        try:
            context = _checked(checked(request.user, held, text), text)
        except Problem as error:
            problem = error
    context |= {
        "page": "releases",
        "release": held.release,
        "text": text,
        "problem": problem,
        "longest": LONGEST,
    }
    return render(request, "releases/manuscript.html", context, status=problem.status if problem else 200)


def checked(user: User, held: Held, text: str) -> list[Mark]:
    """The marks of a text, beside what the person may know. Problem manuscript_empty, manuscript_long."""
    if not text.strip():
        raise Problem("manuscript_empty")
    if len(text) > LONGEST:
        raise Problem("manuscript_long", length=len(text), most=LONGEST)
    hidden = user.role == Role.RESEARCHER
    frame = held.frame
    denominators = {
        name: None if hidden and small(n) else n for name, n in frame["summary"]["denominators"].items()
    }
    rows = frame["rows_shown" if hidden else "rows"]
    return Check(text, facts(rows, denominators, len(frame["sites"]))).marks


def _checked(marks: list[Mark], text: str) -> dict[str, Any]:
    told = [as_data(mark, text) for mark in marks]
    conflicts = [(place, one) for place, one in enumerate(told, start=1) if one["verdict"] == CONFLICT]
    counts = [
        (verdict, words, sum(one["verdict"] == verdict for one in told))
        for verdict, words in VERDICTS.items()
    ]
    return {
        "told": told,
        "conflicts": conflicts,
        "counts": counts,
        "pieces": list(_pieces(marks, text)),
        "held": sum(one["verdict"] == HOLDS for one in told),
        "absent": sum(one["verdict"] == ABSENT for one in told),
    }


def _pieces(marks: list[Mark], text: str) -> Iterator[Piece]:
    places = sorted(
        (start, end, mark.verdict, at) for at, mark in enumerate(marks, start=1) for start, end in mark.places
    )
    last, seen = 0, set[int]()
    for start, end, verdict, at in places:
        if start < last:
            continue
        yield Piece(text[last:start])
        yield Piece(text[start:end], verdict, 0 if at in seen else at)
        seen.add(at)
        last = end
    yield Piece(text[last:])
