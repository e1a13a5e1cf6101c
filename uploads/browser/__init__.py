"""The upload page's Python: what it shows of a series, what the rules choose, which slots that fills.

It runs in the hospital's browser on what `deid` made of one file of each series, so that the page shows
exactly what the registry will see; the rules are the registry's own. Shapes are those of JSON. No Django.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, time
from typing import Any

from deid import Refused, message
from deid.browser import stripper
from deid.dates import ZERO
from imaging import vendors
from imaging.choosing import Candidate, Choice, choose, reason
from imaging.slots import Taken, asked, slots
from imaging.validation import Facts, facts, is_frontal, plane

NAMES = frozenset(one.name for one in fields(Facts))


def look(data: bytes, key: str, day: str, subject: str, language: str) -> dict[str, Any]:
    """What the page shows of a series, from one of its files as it would leave.

    Arguments as those of `deid.browser.answer`. `facts` goes back into `plan` as it is; `day` counts from
    admission, None where no admission was given; or `code`, `where` and `message` of a refusal.
    """
    try:
        result = stripper(key, day, subject).strip(data)
    except Refused as refused:
        told = message(refused.code, language=language)
        return {"code": refused.code, "where": refused.where, "message": told}
    seen = facts(result.dataset)
    scan = seen.kind == "CT"
    return {
        "facts": packed(seen),
        "kind": seen.kind,
        "modality": seen.modality,
        "description": seen.description,
        "day": (seen.day - ZERO).days if day and seen.day else None,
        "clock": f"{seen.clock:%H:%M}" if seen.clock else "",
        "plane": plane(seen.orientation) if scan else "",
        "view": "" if scan else seen.view,
        "thickness": seen.thickness if scan else None,
        "kernel": seen.kernel.replace("\\", " · ") if scan else "",
        "vendor": vendors.vendor(seen.vendor, radiograph=not scan),
        "model": vendors.model(seen.model),
        "rows": seen.rows,
        "columns": seen.columns,
    }


def plan(
    series: Sequence[Mapping[str, Any]],
    stored: Sequence[Mapping[str, Any]],
    *,
    anchored: bool,
    end_status: str,
    language: str,
) -> dict[str, Any]:
    """What the rule chooses, and where the exams stand in the collection rule.

    series: {"key", "facts" of `look`, "images", "ticked": what the person wants, or null}. stored: exams that
    the registry has, {"kind", "day": ISO, "clock": ISO or "", "anchored"}. `anchored`: whether an admission
    was given. `end_status`: the form's `out_status`.

    Gives `series`: {"key", "taken", "final", "rule", "values", "reason"}; `exams` in order of time: {"kind",
    "slot", "number", "series": [key, …]}; `asked`: {"slot", "number", "new", "here"}, how many exams of this
    folder and of the registry fill it.
    """
    known = [Candidate(one["key"], unpacked(one["facts"]), one["images"]) for one in series]
    choices = choose(known)
    ticked = {one["key"]: _goes(choices[one["key"]], one["ticked"]) for one in series}
    groups = _exams([one for one in known if not choices[one.key].final])
    new = [_taken(number, members, ticked, anchored=anchored) for number, members in enumerate(groups)]
    again = {_moment(exam) for exam in new if exam.usable and exam.day}
    here = [_stored(-number, one) for number, one in enumerate(stored, start=1)]
    exams = [*(exam for exam in here if _moment(exam) not in again), *new]
    given = slots(exams)
    return {
        "series": [{"key": key, **_told(choice, language)} for key, choice in choices.items()],
        "exams": [
            {
                "kind": exam.kind,
                "slot": given[exam.key][0],
                "number": given[exam.key][1],
                "series": [one.key for one in groups[exam.key]],
            }
            for exam in sorted(new, key=lambda exam: exam.order)
        ],
        "asked": [
            {
                "slot": one.kind,
                "number": one.number,
                "new": sum(key >= 0 for key in one.exams),
                "here": sum(key < 0 for key in one.exams),
            }
            for one in asked(exams, given, end_status=end_status)
        ],
    }


def _goes(choice: Choice, wish: bool | None) -> bool:
    return choice.taken if wish is None else wish


def _told(choice: Choice, language: str) -> dict[str, Any]:
    return {
        "taken": choice.taken,
        "final": choice.final,
        "rule": choice.reason,
        "values": dict(choice.values),
        "reason": reason(choice, language),
    }


def _exams(series: Sequence[Candidate]) -> list[list[Candidate]]:
    exams: dict[tuple[str, str], list[Candidate]] = {}
    for one in series:
        exams.setdefault(one.exam, []).append(one)
    return list(exams.values())


def _taken(key: int, members: Sequence[Candidate], ticked: Mapping[str, bool], *, anchored: bool) -> Taken:
    usable = any(ticked[one.key] and _fills(one.facts) for one in members)
    day, clock = _beginning(members)
    return Taken(key, members[0].facts.kind, day, clock, anchored, usable)


def _moment(exam: Taken) -> tuple[Any, ...]:
    return exam.kind, exam.day, exam.clock, exam.anchored


def _fills(seen: Facts) -> bool:
    return seen.kind == "CT" or not seen.view or is_frontal(seen.view)


def _beginning(members: Sequence[Candidate]) -> tuple[date | None, time | None]:
    moments = [(one.facts.day, one.facts.clock) for one in members if one.facts.day]
    return min(moments, key=lambda moment: (moment[0], moment[1] or time.min), default=(None, None))


def _stored(key: int, one: Mapping[str, Any]) -> Taken:
    day = date.fromisoformat(one["day"]) if one["day"] else None
    clock = time.fromisoformat(one["clock"]) if one["clock"] else None
    return Taken(key, one["kind"], day, clock, one["anchored"])


def packed(seen: Facts) -> dict[str, Any]:
    """Facts as JSON holds them."""
    told = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(seen).items()}
    return told | {
        "day": seen.day.isoformat() if seen.day else None,
        "clock": seen.clock.isoformat() if seen.clock else None,
    }


def unpacked(told: Mapping[str, Any]) -> Facts:
    """The facts that `packed` made."""
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    day, clock = values.get("day"), values.get("clock")
    values["day"] = date.fromisoformat(day) if day else None
    values["clock"] = time.fromisoformat(clock) if clock else None
    return Facts(**{name: value for name, value in values.items() if name in NAMES})
