"""Making a release: the accepted cases as they are now, frozen in one transaction."""

import json
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from cohort import dictionary as dictionaries
from cohort.exports.columns import IMAGING, SYNTHETIC
from cohort.items import Dictionary, Label
from cohort.models import Case
from cohort.redcap.writing import data_dictionary
from cohort.selectors_people import people
from cohort.summary import Person, summarise
from cohort.summary.denominators import DENOMINATORS
from cohort.summary.means import MEANS
from cohort.summary.shares import SHARES
from cohort.summary.small_cells import WITHOUT, hide
from cohort.summary.summarise import Summary, as_data
from cohort.values import storable
from imaging.models import Instance, Series
from registry.errors import Problem
from registry.identifying import refuse_identifying
from registry.models import AuditEvent, Role, Site, User
from registry.services import audit
from registry.version import VERSION
from releases import layouts
from releases.contributors import work_of
from releases.export import whole
from releases.frozen import SCHEMA, Record, canonical, digest, sha256
from releases.models import Release, ReleaseCase, ReleasedObject

TITLE_LENGTH = 120
WORDS = ("text", "signature")
WRITERS = ("et_xmlfile", "openpyxl", "pyarrow")
OF_SERIES = (
    *("id", "modality", "description", "vendor", "model", "kernel", "plane", "view_position"),
    *("thickness_mm", "spacing_mm", "rows", "columns", "object_name", "instance_count", "plain_bytes"),
)


@transaction.atomic
def make(*, actor: User, title: str) -> Release:
    """The next release, of every accepted case as it is now, but for people who withdrew.

    Cases and subjects are locked, so that none is returned or changed, and no series withdrawn, meanwhile.
    Problem: not_allowed, release_title, identifying_text, release_of_nobody, release_unchanged, no_layout.
    """
    if actor.role != Role.LEAD:
        raise Problem("not_allowed")
    title = " ".join(title.split())
    if not 0 < len(title) <= TITLE_LENGTH or not storable(title):
        raise Problem("release_title", limit=TITLE_LENGTH)
    refuse_identifying(title)
    cases = list(
        Case.objects.select_for_update(of=("self", "subject"))
        .filter(state=Case.State.ACCEPTED)
        .exclude(subject__key__destroyed_at__isnull=False)
        .select_related("subject")
        .order_by("subject__code")
    )
    if not cases:
        raise Problem("release_of_nobody")
    last = Release.objects.order_by("-number").first()
    records = list(_records(cases))
    if last is not None and _same(last, records):
        raise Problem("release_unchanged", number=last.number)
    now = timezone.now().replace(microsecond=0)
    number = last.number + 1 if last else 1
    frame = canonical(_frame(number, title, now.isoformat(), actor.name, records))
    release = Release(
        number=number,
        title=title,
        made_by=actor,
        made_at=now,
        software=VERSION,
        dictionary=dictionaries.CURRENT,
        frame=frame,
        digest=digest(frame, ((one.code, one.sha256) for one in records)),
        counts=_counts(records),
    )
    release.files = {
        name: made.sha256 for name, made in whole(json.loads(frame), release.digest, _ordered(records))
    }
    release.save()
    ReleaseCase.objects.bulk_create(
        (
            ReleaseCase(
                release=release,
                subject=case.subject,
                number=record.number,
                revision=case.revision,
                content=record.text,
                sha256=record.sha256,
            )
            for case, record in zip(cases, records, strict=True)
        ),
        batch_size=500,
    )
    ReleasedObject.objects.bulk_create(
        (ReleasedObject(name=one["object_name"]) for record in records for one in record.data["series"]),
        batch_size=500,
        ignore_conflicts=True,
    )
    audit.record(
        verb=AuditEvent.Verb.RELEASE_MADE,
        actor=actor,
        target=f"release {number}",
        detail={"sha256": release.digest, **release.counts},
    )
    return release


def _records(cases: list[Case]) -> Iterator[Record]:
    """The cases as records; the people's numbers are drawn by lot."""
    told = {person.code: person for person in people()}
    series = _series([case.subject_id for case in cases])
    work = work_of({case.pk: case.subject_id for case in cases})
    numbers = list(range(1, len(cases) + 1))
    secrets.SystemRandom().shuffle(numbers)
    free_text = {item.name for item in dictionaries.get().items.values() if item.type in WORDS}
    for case, number in zip(cases, numbers, strict=True):
        person = told[case.subject.code]
        data = {
            "code": person.code,
            "site": person.site,
            "site_level": person.site_level,
            "synthetic": person.synthetic,
            "dictionary": case.dictionary,
            "revision": case.revision,
            "answers": {name: text for name, text in person.answers.items() if name not in free_text},
            "answers_sha256": sha256(canonical(person.answers)),
            "exams": [vars(exam) for exam in person.exams],
            "imaging": {column.name: column.value(person) for column in (*IMAGING, SYNTHETIC)},
            "series": series[case.subject_id],
            "work": work.get(case.pk, []),
        }
        yield Record(person.code, number, canonical(data))


def _ordered(records: list[Record]) -> Callable[[str], Iterator[Record]]:
    return lambda order: iter(sorted(records, key=lambda record: getattr(record, order)))


def _series(subjects: list[int]) -> dict[int, list[dict[str, Any]]]:
    """The stored series of each subject: facts, and the digest over its instances' names and digests."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for start in range(0, len(subjects), 500):
        part = Series.objects.stored().filter(exam__subject__in=subjects[start : start + 500])
        instances = instance_lines(part.values_list("pk", flat=True))
        for one in part.select_related("exam").order_by("exam__shifted_date", "exam__shifted_time", "id"):
            facts = {name: getattr(one, name) for name in OF_SERIES} | {"id": str(one.pk)}
            listed = "".join(instances[str(one.pk)])
            facts |= {"kind": one.exam.kind, "slot": one.exam.slot, "instances_sha256": sha256(listed)}
            found[one.exam.subject_id].append(facts)
    return found


def instance_lines(series: Iterable[Any]) -> dict[str, list[str]]:
    """Of each series: a line per instance, `SHA-256 bytes name`, in the order of the archive."""
    lines: dict[str, list[str]] = defaultdict(list)
    rows = Instance.objects.filter(series__in=list(series)).order_by("series", "offset")
    for of, name, length, digest_ in rows.values_list("series_id", "name", "length", "sha256"):
        lines[str(of)].append(f"{digest_} {length} {name}\n")
    return lines


def _same(last: Release, records: list[Record]) -> bool:
    """Whether the last release holds the very same cases; the lot of their numbers is not in the content."""
    return dict(last.cases.values_list("subject__code", "sha256")) == {
        record.code: record.sha256 for record in records
    }


def _frame(number: int, title: str, made_at: str, by: str, records: list[Record]) -> dict[str, Any]:
    known = dictionaries.get()
    persons = [record.person for record in records]
    sites = {person.site for person in persons}
    return {
        "schema": SCHEMA,
        "number": number,
        "title": title,
        "made_at": made_at,
        "made_by": by,
        "software": {"kicc-registry": VERSION, **{name: version(name) for name in WRITERS}},
        "dictionary": {"id": known.id, "sha256": known.digest, "title": vars(known.title)},
        "numbers_sha256": sha256("".join(f"{record.code} {record.number}\n" for record in records)),
        "columns": columns(known),
        "sites": [
            {"code": site.code, "name": site.name, "name_ko": site.name_ko, "level": site.level}
            for site in Site.objects.filter(code__in=sites)
        ],
        "data_dictionary": data_dictionary(known.id).decode("utf-8-sig"),
        **_summary(persons),
    }


def columns(known: Dictionary) -> list[dict[str, Any]]:
    """Every column that some level has, with its labels and what becomes of it. Problem no_layout."""
    try:
        layout = layouts.get(known.id)
    except layouts.LayoutError:
        raise Problem("no_layout", dictionary=known.id) from None
    found = []
    for item in known.items.values():
        found.append(
            {
                "name": item.name,
                "section": vars(item.section.label),
                "label": vars(item.label),
                "type": item.type,
                "unit": item.unit,
                "choices": [[one.code, one.label.en, one.label.ko] for one in item.choices],
                "answered_when": item.branching_text,
                "from": "answers",
            }
        )
    for column in (*IMAGING, SYNTHETIC):
        label = {"section": vars(column.section), "label": vars(column.label)}
        facts = {"name": column.name, "type": column.type, "unit": column.unit}
        found.append({**facts, **label, "choices": [], "answered_when": "", "from": "imaging"})
    return [
        {**one, "limited": place.limited, "safe_harbor": place.safe_harbor, "quasi": place.quasi}
        for one in found
        if (place := layout.get(one["name"])) and {place.limited, place.safe_harbor} != {layouts.DROP}
    ]


def _summary(persons: list[Person]) -> dict[str, Any]:
    """The summary's numbers, and its rows in print, whole and without small cells."""
    whole = summarise(persons)
    with translation.override("en"):
        data = as_data(whole)
    return {"summary": data, "rows": summary_rows(whole), "rows_shown": summary_rows(hide(whole))}


def summary_rows(summary: Summary) -> list[dict[str, Any]]:
    """A row per number of the table: id, labels, n, denominator, percent or mean, SD and range."""
    shares = [
        {
            **_labels(row),
            "kind": "share",
            "n": None if part.hidden else part.n,
            "denominator": None if part.hidden else part.denominator,
            "pct": part.pct,
            "hidden": part.hidden,
        }
        for row in SHARES
        for part in (summary.shares[row.id],)
    ]
    means = [
        {
            **_labels(row),
            "kind": "mean",
            "hidden": summary.means[row.id] is WITHOUT,
            "decimals": row.decimals,
            **vars(summary.means[row.id]),
        }
        for row in MEANS
    ]
    return [*shares, *means]


def _labels(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "of": row.of,
        "unit": str(getattr(row, "unit", "%")),
        "section": vars(_both(row.section)),
        "label": vars(_both(row.label)),
        "of_label": vars(_both(DENOMINATORS[row.of].label)),
    }


def _both(text: Any) -> Label:
    told = []
    for language in ("en", "ko"):
        with translation.override(language):
            told.append(str(text))
    return Label(*told)


def _counts(records: list[Record]) -> Mapping[str, int]:
    series = [one for record in records for one in record.data["series"]]
    return {
        "cases": len(records),
        "sites": len({record.data["site"] for record in records}),
        "series": len(series),
        "images": sum(one["instance_count"] for one in series),
        "image_bytes": sum(one["plain_bytes"] for one in series),
        "synthetic": sum(record.data["synthetic"] for record in records),
    }
