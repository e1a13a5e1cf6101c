"""Accepted cases as plain people, for the summary and the exports."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count

from cohort.models import Answer, Case
from cohort.slots import DAY_ZERO
from cohort.summary import ImagingRecord, Person
from imaging.models import Series

BATCH = 500


def people() -> Iterator[Person]:
    """Every accepted case, in the order of the codes; a batch at a time, so that memory stays flat."""
    accepted = Case.objects.filter(state=Case.State.ACCEPTED).order_by("subject__code")
    batch: list[tuple[int, int, bool, str, str, str]] = []
    rows = accepted.values_list(
        "pk", "subject_id", "synthetic", "subject__code", "subject__site__code", "subject__site__level"
    )
    for row in rows.iterator(chunk_size=BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            yield from _batch(batch)
            batch = []
    yield from _batch(batch)


def progress_counts() -> dict[str, int]:
    """How many cases stand in each state, over all sites."""
    counts = dict(Case.objects.order_by().values_list("state").annotate(n=Count("pk")))
    return {state: counts.get(state, 0) for state in Case.State.values}


def _batch(rows: list[tuple[int, int, bool, str, str, str]]) -> Iterator[Person]:
    answers: dict[int, dict[str, str]] = defaultdict(dict)
    for case, item, value in Answer.objects.filter(case__in=[row[0] for row in rows]).values_list(
        "case", "item", "value"
    ):
        answers[case][item] = value
    exams = _exams([row[1] for row in rows])
    for case, subject, synthetic, code, site, level in rows:
        yield Person(code, site, level, answers[case], tuple(exams[subject]), synthetic)


def _exams(subjects: list[int]) -> dict[int, list[ImagingRecord]]:
    """Exams with series on file. An exam speaks by its thinnest axial series, else by its thinnest."""
    series_of: dict[int, list[Series]] = defaultdict(list)
    on_file = (
        Series.objects.on_file()
        .filter(exam__subject__in=subjects)
        .select_related("exam")
        .defer("header", "findings", "receipt")
        .order_by("exam__subject", "exam__shifted_date", "exam__shifted_time", "exam", "stored_at", "id")
    )
    for series in on_file:
        series_of[series.exam_id].append(series)
    found: dict[int, list[ImagingRecord]] = defaultdict(list)
    for group in series_of.values():
        speaker, exam = min(group, key=_rank), group[0].exam
        found[exam.subject_id].append(
            ImagingRecord(
                kind=exam.kind,
                slot=exam.slot,
                day=(exam.shifted_date - DAY_ZERO).days if exam.shifted_date and exam.anchored else None,
                anchored=exam.anchored,
                vendor=speaker.vendor,
                model=speaker.model,
                thickness_mm=speaker.thickness_mm,
                series=len(group),
                images=sum(one.instance_count for one in group),
                synthetic=all(one.state == Series.State.SYNTHETIC for one in group),
            )
        )
    return found


def _rank(series: Series) -> tuple[bool, float]:
    thickness = series.thickness_mm if series.thickness_mm is not None else float("inf")
    return series.plane != Series.Plane.AXIAL, thickness
