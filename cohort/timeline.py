"""The stay of one subject in days, laid out as shapes that a template draws as SVG.

Days count from admission when the exams do; else from the first exam, and then the form's days, which count
from admission, have no place on it. Where an asked-for exam is missing, a gap is drawn in its place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohort.slots import ExamFacts, Slot
from cohort.stay import day_of
from imaging.models import Exam

Text = Promise | str
LEFT, WIDTH, TOP, LANE = 118, 900, 14, 26
BOX, BAR = 12, 10
STEPS = (1, 2, 5, 7, 14, 28, 56, 112, 224)
MOST_TICKS = 12
LANES: dict[str, Text] = {
    "stay": gettext_lazy("Hospital stay"),
    "ct": gettext_lazy("CT"),
    "cxr": gettext_lazy("Radiographs"),
    "pcr": gettext_lazy("RT-PCR"),
    "icu": gettext_lazy("Intensive care"),
    "vent": gettext_lazy("Ventilation"),
}
DAY_ITEMS = {
    "pcr_first_day": ("pcr", gettext_lazy("First RT-PCR")),
    "pcr_pos_day": ("pcr", gettext_lazy("First positive RT-PCR")),
    "out_icu_day": ("icu", gettext_lazy("Intensive care from")),
    "tx_mv_day": ("vent", gettext_lazy("Ventilation from")),
}
ENDS = {
    "1": gettext_lazy("Discharged"),
    "2": gettext_lazy("Died"),
    "3": gettext_lazy("Transferred"),
}


@dataclass(frozen=True)
class Happening:
    """Something at a day. `until` makes it a bar; `gap` draws it as missing."""

    lane: str
    day: int
    text: str
    until: int | None = None
    gap: bool = False


@dataclass(frozen=True)
class Mark:
    x: float
    width: float
    text: str
    gap: bool

    @property
    def box(self) -> float:
        return self.x - BOX / 2


@dataclass(frozen=True)
class Lane:
    name: str
    label: Text
    y: float
    marks: list[Mark]

    @property
    def box(self) -> float:
        return self.y - BOX / 2

    @property
    def bar(self) -> float:
        return self.y - BAR / 2


@dataclass(frozen=True)
class Timeline:
    """`ticks` are (x, day). `anchored`: days count from admission. `left_out` counts exams without a day.

    `rows`: the same for a table, in the order of days: lane, first day, last day or None, what.
    """

    lanes: list[Lane]
    ticks: list[tuple[float, int]]
    height: int
    anchored: bool
    left_out: int
    rows: list[tuple[Text, int, int | None, str]]

    width = WIDTH
    left = LEFT

    @property
    def axis(self) -> int:
        return self.height - 22

    @property
    def words(self) -> int:
        return self.height - 6


def timeline(
    exams: Sequence[ExamFacts], slots: Iterable[Slot], answers: Mapping[str, str]
) -> Timeline | None:
    """The timeline of a subject; None when nothing has a day yet."""
    anchored = any(exam.anchored for exam in exams) or not exams
    days = _days(exams, anchored)
    found = [
        Happening(
            _lane(exam),
            days[exam.id],
            _("%(kind)s, day %(day)d") % {"kind": Exam.Kind(exam.kind).label, "day": days[exam.id]},
        )
        for exam in exams
        if exam.id in days
    ]
    if anchored:
        found += _from_form(answers)
        found += _gaps(slots, days, answers)
    if not found:
        return None
    return _layout(found, anchored, sum(exam.id not in days for exam in exams))


def _lane(exam: ExamFacts) -> str:
    return "ct" if exam.kind == Exam.Kind.CT else "cxr"


def _days(exams: Sequence[ExamFacts], anchored: bool) -> dict[int, int]:
    if anchored:
        return {exam.id: exam.day for exam in exams if exam.day is not None}
    dates = [exam.date for exam in exams if exam.date]
    return {exam.id: (exam.date - min(dates)).days for exam in exams if exam.date}


def _from_form(answers: Mapping[str, str]) -> list[Happening]:
    found = []
    for item, (lane, label) in DAY_ITEMS.items():
        day = day_of(answers, item)
        if day is not None and not (item == "pcr_pos_day" and day == day_of(answers, "pcr_first_day")):
            found.append(Happening(lane, day, _("%(what)s, day %(day)d") % {"what": label, "day": day}))
    end = day_of(answers, "out_end_day")
    if end is not None:
        how = ENDS.get(answers.get("out_status", ""), _("End of stay"))
        found.append(Happening("stay", 0, _("%(how)s on day %(day)d") % {"how": how, "day": end}, until=end))
    return found


def _gaps(slots: Iterable[Slot], days: Mapping[int, int], answers: Mapping[str, str]) -> list[Happening]:
    scans = [days.get(slot.exams[0]) for slot in slots if slot.kind == Exam.Slot.CT and slot.filled]
    found = []
    for slot in slots:
        if slot.filled:
            continue
        day: int | None = None
        if slot.kind == Exam.Slot.BASELINE:
            day = 0
        elif slot.kind == Exam.Slot.CT:
            day = max(0, day_of(answers, "pcr_pos_day") or 0)
        elif slot.kind == Exam.Slot.NEAR_CT and slot.number <= len(scans):
            day = scans[slot.number - 1]
        elif slot.kind == Exam.Slot.DISCHARGE:
            day = day_of(answers, "out_end_day")
        if day is not None:
            text = _("%(what)s: not here yet") % {"what": slot.label}
            lane = "ct" if slot.kind == Exam.Slot.CT else "cxr"
            found.append(Happening(lane, day, text, gap=True))
    return found


def _layout(found: list[Happening], anchored: bool, left_out: int) -> Timeline:
    first = min(0, *(one.day for one in found))
    last = max(1, *(one.until if one.until is not None else one.day for one in found))
    scale = (WIDTH - LEFT - 40) / (last - first)

    def place(day: int) -> float:
        return round(LEFT + 16 + (day - first) * scale, 1)

    step = next((step for step in STEPS if (last - first) / step <= MOST_TICKS), STEPS[-1])
    names = [name for name in LANES if any(one.lane == name for one in found)]
    lanes = []
    for row, name in enumerate(names):
        marks = [
            Mark(
                place(one.day), round((one.until - one.day) * scale, 1) if one.until else 0, one.text, one.gap
            )
            for one in found
            if one.lane == name
        ]
        lanes.append(Lane(name, LANES[name], TOP + row * LANE + LANE / 2, marks))
    ticks = [(place(day), day) for day in range(first + (-first) % step, last + 1, step)]
    in_order = sorted(found, key=lambda one: (one.day, names.index(one.lane)))
    rows = [(LANES[one.lane], one.day, one.until, one.text) for one in in_order]
    return Timeline(lanes, ticks, TOP + len(names) * LANE + 26, anchored, left_out, rows)
