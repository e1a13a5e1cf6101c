"""Which series of an exam are collected: a pure function over header facts, with a reason for every series.

Of a CT exam, the thinnest original axial series (Yoon et al. 2020, Methods); of radiographs, the frontal
ones. Lying on the back goes before other positions, a known plane and thickness before an unknown one, and
of equally thin series the one with more images. A person may overrule the choice with a reason, but not
where the registry refuses the files anyway (`Choice.final`). The upload page runs this in the browser, so it
imports nothing but the standard library and what follows it there.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from imaging.reasons import say
from imaging.validation.belonging import refusal
from imaging.validation.facts import FOR_PROCESSING, Facts
from imaging.validation.geometry import plane
from imaging.validation.rules import is_frontal, is_original, is_supine

VERSION = "1"
FEWEST_SLICES = 10
"""Fewer axial images than this are a bolus watch or single slices where the exam has a longer series."""


@dataclass(frozen=True)
class Candidate:
    """A series, known by the facts of one of its images. `images` counts frames."""

    key: str
    facts: Facts
    images: int

    @property
    def exam(self) -> tuple[str, str]:
        """What the registry makes one exam of."""
        return self.facts.study_uid, self.facts.kind


@dataclass(frozen=True)
class Choice:
    """`reason` is a code of `imaging.reasons`. `final`: the registry refuses it, whatever one says."""

    taken: bool
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)
    final: bool = False


def choose(series: Iterable[Candidate]) -> dict[str, Choice]:
    """Key → what the rule says of it."""
    result: dict[str, Choice] = {}
    exams: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for one in series:
        if code := refusal(one.facts):
            result[one.key] = Choice(False, code, {"modality": one.facts.modality}, final=True)
        else:
            exams[one.exam].append(one)
    for (_, kind), members in exams.items():
        result |= _of_scan(members) if kind == "CT" else _of_films(members)
    return result


def _of_films(films: Sequence[Candidate]) -> dict[str, Choice]:
    finished = any(film.facts.sop_class != FOR_PROCESSING for film in films)
    return {film.key: _film(film.facts, finished=finished) for film in films}


def _film(facts: Facts, *, finished: bool) -> Choice:
    if facts.view and not is_frontal(facts.view):
        return Choice(False, "not_frontal", {"view": facts.view})
    if facts.sop_class == FOR_PROCESSING and finished:
        return Choice(False, "raw_image")
    return Choice(True, "frontal", {"view": facts.view}) if facts.view else Choice(True, "view_blank")


def _of_scan(members: Sequence[Candidate]) -> dict[str, Choice]:
    """One series of the scan is taken, or none where none is an original axial one."""
    fit = [one for one in members if _unfit(one.facts) is None]
    if any(one.images >= FEWEST_SLICES for one in fit):
        fit = [one for one in fit if one.images >= FEWEST_SLICES]
    best = min(fit, key=_rank, default=None)
    return {one.key: _slices(one, best) for one in members}


def _rank(one: Candidate) -> tuple[bool, bool, bool, float, int, str]:
    facts = one.facts
    return (
        not is_supine(facts.patient_position),
        not plane(facts.orientation),
        facts.thickness is None,
        facts.thickness or 0.0,
        -one.images,
        one.key,
    )


def _unfit(facts: Facts) -> Choice | None:
    if not is_original(facts.image_type):
        return Choice(False, "derived")
    lies = plane(facts.orientation)
    return Choice(False, "not_axial", {"plane": lies}) if lies not in ("", "axial") else None


def _slices(one: Candidate, best: Candidate | None) -> Choice:
    unfit = _unfit(one.facts)
    if unfit or best is None:
        return unfit or Choice(False, "derived")
    mine, thinnest = one.facts.thickness, best.facts.thickness
    if one is best:
        return Choice(True, "thinnest", {"mm": mine}) if mine is not None else Choice(True, "only_axial")
    if one.images < FEWEST_SLICES <= best.images:
        return Choice(False, "few_images", {"count": one.images})
    if is_supine(best.facts.patient_position) and not is_supine(one.facts.patient_position):
        return Choice(False, "not_supine", {"position": one.facts.patient_position})
    if plane(best.facts.orientation) and not plane(one.facts.orientation):
        return Choice(False, "no_plane")
    if thinnest is None or mine == thinnest:
        return Choice(False, "as_thin")
    if mine is None:
        return Choice(False, "no_thickness")
    return Choice(False, "thicker", {"mm": mine, "thinnest": thinnest})


def reason(choice: Choice, language: str) -> str:
    """The reason in the reader's language."""
    return say(choice.reason, choice.values, language)
