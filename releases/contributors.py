"""Who made a release possible: people with the work that they really did, for the list of collaborators.

Roles are those of CRediT (ANSI/NISO Z39.104-2022).
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.utils import timezone

from cohort.models import AnswerChange, Decision, QueryMessage
from imaging.models import Series
from registry.models import SiteToken, User
from uploads.models import Upload

ANSWERS, IMAGES, REVIEWED = "answers", "images", "reviewed"
CREDIT = {ANSWERS: "Investigation", IMAGES: "Resources", REVIEWED: "Validation"}
BATCH = 500


@dataclass
class Contributor:
    """One person. `work`: how often each kind of work was done; `first` and `last` days, YYYY-MM-DD."""

    name: str
    site: str
    first: str = ""
    last: str = ""
    cases: int = 0
    work: dict[str, int] = field(default_factory=dict)

    @property
    def credit(self) -> list[str]:
        return [CREDIT[kind] for kind in CREDIT if self.work.get(kind)]


def work_of(cases: Mapping[int, int]) -> dict[int, list[dict[str, object]]]:
    """What people did on these cases ({case: subject}), by case: [{"who", "did", "first", "last", "n"}].

    What a machine of a site sent counts as the work of the person who set it up.
    """
    spans: dict[tuple[int, int, str], list[str]] = defaultdict(list)
    for case, who, at in _moments(cases):
        spans[case, who[0], who[1]].append(at)
    people = {user.pk: user for user in User.objects.select_related("site")}
    owners = dict(SiteToken.objects.values_list("account", "made_by"))
    found: dict[int, list[dict[str, object]]] = defaultdict(list)
    for (case, number, kind), days in sorted(spans.items()):
        user = people[owners.get(number, number)]
        found[case].append(
            {
                "id": user.pk,
                "name": user.name,
                "site": user.site.code if user.site else "",
                "did": kind,
                "first": min(days),
                "last": max(days),
                "n": len(days),
            }
        )
    return found


def _moments(cases: Mapping[int, int]) -> Iterator[tuple[int, tuple[int, str], str]]:
    ids = list(cases)
    of_subject = {subject: case for case, subject in cases.items()}
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        changes = AnswerChange.objects.filter(case__in=part, cause=AnswerChange.Cause.ENTERED)
        changes = changes.exclude(by=None)
        for case, who, at in changes.values_list("case", "by", "at"):
            yield case, (who, ANSWERS), _day(at)
        decisions = Decision.objects.filter(case__in=part).values_list("case", "by", "at")
        for case, who, at in decisions:
            yield case, (who, REVIEWED), _day(at)
        asked = QueryMessage.objects.filter(query__case__in=part, by__isnull=False, by__site=None)
        for case, who, at in asked.values_list("query__case", "by", "at"):
            yield case, (who, REVIEWED), _day(at)
        stored = Series.objects.stored().filter(exam__subject__in=[cases[case] for case in part])
        series = list(stored.values_list("exam__subject", "upload_id", "stored_at"))
        senders = dict(
            Upload.objects.filter(pk__in={one[1] for one in series}).values_list("pk", "created_by")
        )
        for subject, upload, at in series:
            if upload in senders:
                yield of_subject[subject], (senders[upload], IMAGES), _day(at)


def _day(at: datetime.datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d}"


def contributors(work: Iterable[list[Mapping[str, object]]]) -> list[Contributor]:
    """The list of collaborators from the work of each case: sites by code, then the task force; by name."""
    found: dict[int, Contributor] = {}
    for of_case in work:
        for number in {int(str(one["id"])) for one in of_case}:
            mine = [one for one in of_case if one["id"] == number]
            who = found.setdefault(number, Contributor(str(mine[0]["name"]), str(mine[0]["site"])))
            who.cases += 1
            for one in mine:
                first, last, kind = str(one["first"]), str(one["last"]), str(one["did"])
                who.first = min(who.first or first, first)
                who.last = max(who.last, last)
                who.work[kind] = who.work.get(kind, 0) + int(str(one["n"]))
    return sorted(found.values(), key=lambda one: (one.site == "", one.site, one.name, one.first))
