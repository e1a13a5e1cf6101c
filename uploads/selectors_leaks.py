"""Reading leak alarms: what was found, on which scanner, how often."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from deid.browser import name_of
from registry.models import Site, User
from uploads.evidence import LeakAlarm, Receipt
from uploads.leak_words import reason


@dataclass(frozen=True)
class Element:
    """An element that should not have been there: path, DICOM's name, letter of the action, how often, and
    why it goes.
    """

    path: str
    name: str
    action: str
    count: int
    reason: str = ""


@dataclass
class Shown:
    """An alarm as a page shows it; `mended` when files of the series came clean after it."""

    alarm: LeakAlarm
    elements: list[Element]
    mended: bool


@dataclass
class Scanner:
    """What came from one scanner model of one site."""

    site: Site
    vendor: str
    model: str
    alarms: int = 0
    files: int = 0
    last: datetime | None = None
    causes: Counter[str] = field(default_factory=Counter)
    claimed: Counter[str] = field(default_factory=Counter)
    found: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def elements(self) -> list[Element]:
        """Those found most often first; counts are alarms."""
        ranked = sorted(self.found.items(), key=lambda item: (-item[1], item[0]))
        return [Element(path, word(path), action, count) for (path, action), count in ranked]

    @property
    def why(self) -> list[tuple[str, int]]:
        """Causes in words with how many alarms had them, most often first."""
        labels = dict(LeakAlarm.Cause.choices)
        return [(str(labels[cause]), count) for cause, count in self.causes.most_common() if cause in labels]

    @property
    def claims(self) -> list[str]:
        """Who said that it was stripped, most often first."""
        return [claim for claim, _count in self.claimed.most_common()]


def alarms_of(*, user: User) -> QuerySet[LeakAlarm]:
    """Alarms that `user` may see, newest first."""
    return LeakAlarm.objects.visible_to(user).select_related("upload__subject__site", "receipt")


def shown(alarms: Sequence[LeakAlarm]) -> list[Shown]:
    """The alarms with the names of their elements, in the reader's language."""
    language = get_language() or "en"
    clean = Receipt.objects.filter(series__in=[alarm.series for alarm in alarms], leaks=None)
    last = dict(clean.order_by("sequence").values_list("series", "sequence"))
    return [
        Shown(
            alarm,
            [
                Element(
                    one["element"],
                    word(one["element"]),
                    one["action"],
                    one["files"],
                    reason(one.get("reason", ""), language),
                )
                for one in alarm.elements
            ],
            last.get(alarm.series, 0) > alarm.receipt_id,
        )
        for alarm in alarms
    ]


def scanners(*, since: datetime | None) -> list[Scanner]:
    """Alarms of all sites counted by site, maker and model, the most first. No subject is named."""
    found: dict[tuple[str, str, str], Scanner] = {}
    alarms = LeakAlarm.objects.select_related("upload__subject__site")
    for alarm in alarms.filter(at__gte=since) if since else alarms:
        site = alarm.upload.subject.site
        row = found.setdefault(
            (site.code, alarm.vendor, alarm.model), Scanner(site, alarm.vendor, alarm.model)
        )
        row.alarms += 1
        row.files += alarm.files_leaking
        row.last = max(row.last or alarm.at, alarm.at)
        row.causes[alarm.cause] += 1
        row.claimed[claim(alarm)] += 1
        row.found.update({(e["element"], e["action"]) for e in alarm.elements})
    return sorted(found.values(), key=lambda row: (-row.alarms, row.site.code, row.vendor, row.model))


def claim(alarm: LeakAlarm) -> str:
    """What is said to have stripped the files: by themselves where they say it, else by the upload."""
    return alarm.marked_by or alarm.claimed_by


def word(path: str) -> str:
    """DICOM's name of an element; what has none in a word of ours."""
    words: dict[str, Any] = {
        "preamble": _("Preamble of the file"),
        "trailing bytes": _("Bytes after the data set"),
    }
    return words.get(path) or name_of(path.replace("[*]", "[0]")) or _("Private or unknown element")
