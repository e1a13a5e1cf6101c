"""What a person chose against the rule before sending, and why: checked at the start, shown later."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from imaging.reasons import say
from imaging.validation import finding
from registry.errors import Problem
from registry.identifying import identifying, refuse_identifying
from uploads.models import Job, Upload

MOST = 200
REASON_LENGTH = 200
TEXT_LENGTH = 64
VALUES = frozenset({"mm", "thinnest", "count", "position", "plane", "view", "modality"})


def checked(given: Any, *, files: Collection[str]) -> list[dict[str, Any]]:
    """Choices as an Upload keeps them; `given` has their shape, `files` are the digests of the manifest.

    Problem: bad_choice, no_reason_to_choose, long_reason_to_choose, identifying_text.
    """
    if not isinstance(given, Sequence) or isinstance(given, str | bytes) or len(given) > MOST:
        raise Problem("bad_choice", number=1, extra={"number": 1})
    return [_checked(number, one, files) for number, one in enumerate(given, start=1)]


def _checked(number: int, one: Any, files: Collection[str]) -> dict[str, Any]:
    wrong = Problem("bad_choice", number=number, extra={"number": number})
    if not isinstance(one, Mapping) or not isinstance(one.get("taken"), bool):
        raise wrong
    file, rule, values, series = (one.get(name) for name in ("file", "rule", "values", "series"))
    if not isinstance(values, Mapping) or not isinstance(series, Mapping) or not isinstance(rule, str):
        raise wrong
    if not isinstance(file, str) or not (file in files if one["taken"] else file == ""):
        raise wrong
    kept = {name: _short(value) for name, value in values.items() if name in VALUES}
    try:
        say(rule, kept, "en")
    except KeyError:
        raise wrong from None
    images = series.get("images")
    return {
        "taken": one["taken"],
        "rule": rule,
        "values": kept,
        "reason": _reason(one.get("reason")),
        "file": file,
        "series": {
            "modality": str(_short(series.get("modality") or "")),
            "description": str(_short(series.get("description") or "")),
            "images": images if isinstance(images, int) and 0 <= images < 2**31 else 0,
        },
    }


def _reason(text: Any) -> str:
    text = " ".join(text.split()) if isinstance(text, str) else ""
    if not text or "\0" in text:
        raise Problem("no_reason_to_choose")
    if len(text) > REASON_LENGTH:
        raise Problem("long_reason_to_choose", length=len(text), most=REASON_LENGTH)
    refuse_identifying(text)
    return text


def _short(value: Any) -> str | int | float:
    if isinstance(value, int | float):
        return value
    text = str(value).replace("\0", " ")[:TEXT_LENGTH]
    return "" if identifying(text) else text


def findings(job: Job) -> list[dict[str, Any]]:
    """The finding on a series that a person took against the rule."""
    upload = job.upload
    mine = [one for one in upload.overruled if one["taken"]]
    here = set(job.files.filter(sha256__in=[one["file"] for one in mine]).values_list("sha256", flat=True))
    return [
        finding("chosen_by_person", {"by": upload.created_by.name, "reason": one["reason"]})
        for one in mine
        if one["file"] in here
    ]


def shown(upload: Upload, language: str) -> list[dict[str, Any]]:
    """Each choice with `why`, what the rule says of the series, in the reader's language."""
    return [one | {"why": say(one["rule"], one["values"], language)} for one in upload.overruled]
