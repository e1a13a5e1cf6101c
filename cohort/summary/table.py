"""The summary as a journal prints it: groups of lines, each with its text and its denominator."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from string import ascii_lowercase

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cohort.summary.arithmetic import Spread, half_up
from cohort.summary.denominators import DENOMINATORS
from cohort.summary.means import MEANS
from cohort.summary.paper import printed_otherwise
from cohort.summary.shares import SHARES
from cohort.summary.small_cells import LIMIT, WITHOUT
from cohort.summary.specs import Mean, Share
from cohort.summary.summarise import Part, Summary

NOTHING = "–"
MEAN = {row.id: row for row in MEANS}
LABORATORY = tuple(
    row.id for row in MEANS if row.id not in ("age", "los", "death_age", "pcr_delay", "onset_to_pcr")
)
BEFORE = {"male": ("age",), "tx_lpv": LABORATORY}
LAST = ("los",)
DEATHS = "deaths"
IMAGING_OF = ("ct_patients", "ct_scans", "cxr_patients", "cxr_images")
IMAGING_ROWS = ("ct_any", "cxr_any")
ONLY_IF_ANY = ("ct_scans_ge6", "vendor_other", "model_other", "st_unknown", "cxr_other", "tx_other")


@dataclass(frozen=True)
class Line:
    """`value` is ready to print; `of` (words) and `of_n` (number) its denominator; `mark` is its note's.

    `printed`: percentages that the paper prints for the same counts and that they do not give.
    """

    id: str
    label: Promise | str
    value: str
    of: Promise | str
    of_n: str
    note: Promise | str = ""
    hidden: bool = False
    mark: str = ""
    printed: tuple[str, ...] = ()


@dataclass
class Group:
    label: str
    lines: list[Line] = field(default_factory=list)


def table1(summary: Summary) -> list[Group]:
    """The paper's Table 1, row for row."""
    rows: list[Share | Mean] = []
    for row in SHARES:
        if row.in_table1:
            rows += [MEAN[name] for name in BEFORE.get(row.id, ())]
            rows.append(row)
    return _groups(summary, [*rows, *(MEAN[name] for name in LAST)])


def further(summary: Summary) -> list[Group]:
    """What the paper tells in its text, the deaths apart."""
    shares: list[Share | Mean] = [
        row for row in SHARES if not (row.in_table1 or _is_imaging(row) or row.of == DEATHS)
    ]
    means = [row for row in MEANS if not row.in_table1 and row.of != DEATHS]
    return _groups(summary, [*(row for row in shares if is_shown(row, summary)), *means])


def deaths(summary: Summary) -> list[Group]:
    """Who died: age and diseases."""
    rows: list[Share | Mean] = [row for row in MEANS if row.of == DEATHS]
    return _groups(summary, [*rows, *(row for row in SHARES if row.of == DEATHS)])


def imaging(summary: Summary) -> list[Group]:
    """CT scans and radiographs."""
    rows = [row for row in SHARES if _is_imaging(row)]
    return _groups(summary, [row for row in rows if is_shown(row, summary)])


def notes(groups: Iterable[Group]) -> list[tuple[str, Promise | str]]:
    """Footnotes: (mark, text), each once."""
    return list({line.mark: line.note for group in groups for line in group.lines if line.note}.items())


def is_shown(row: Share | Mean, summary: Summary) -> bool:
    """Whether the row is printed: what only takes up the rest is not when nothing is left."""
    if isinstance(row, Mean):
        return True
    part = summary.shares[row.id]
    return row.id not in ONLY_IF_ANY or part.n > 0 or part.hidden


def _is_imaging(row: Share) -> bool:
    return row.of in IMAGING_OF or row.id in IMAGING_ROWS


def _groups(summary: Summary, rows: Iterable[Share | Mean]) -> list[Group]:
    groups: dict[str, Group] = {}
    for row in rows:
        group = groups.setdefault(str(row.section), Group(str(row.section)))
        group.lines.append(_share(row, summary) if isinstance(row, Share) else _mean(row, summary))
    marks: dict[str, str] = {}
    for group in groups.values():
        for line in group.lines:
            if line.note:
                marks.setdefault(str(line.note), ascii_lowercase[len(marks)])
        group.lines = [replace(line, mark=marks.get(str(line.note), "")) for line in group.lines]
    return list(groups.values())


def _share(row: Share, summary: Summary) -> Line:
    part = summary.shares[row.id]
    of_n = summary.denominators[row.of]
    return Line(
        row.id,
        row.label,
        _share_text(part),
        of_what(summary, row.of),
        count_text(of_n),
        row.note,
        part.hidden,
        printed=printed_otherwise(row.id, part),
    )


def _share_text(part: Part) -> str:
    if part.hidden:
        return _("hidden")
    return f"{part.n:,} ({NOTHING if part.pct is None else f'{part.pct:.1f}'})"


def _mean(row: Mean, summary: Summary) -> Line:
    numbers = summary.means[row.id]
    label = f"{row.label} ({row.unit})"
    of_n = summary.denominators[row.of]
    if numbers.mean is None:
        covered = numbers is WITHOUT or of_n is None
        why = _("hidden") if covered else _("no value to average")
        return Line(row.id, label, NOTHING, why, count_text(of_n), row.note, covered)
    return Line(
        row.id,
        label,
        _mean_text(numbers, row.decimals),
        of_what(summary, row.of),
        f"{numbers.n:,}",
        row.note,
    )


def _mean_text(numbers: Spread, decimals: int) -> str:
    def text(value: float | None, places: int) -> str:
        return NOTHING if value is None else f"{half_up(value, places):,}"

    middle = f"{text(numbers.mean, decimals)} ± {text(numbers.sd, decimals)}"
    return (
        f"{middle} ({text(numbers.min, decimals)}–{text(numbers.max, decimals)})" if numbers.n > 1 else middle
    )


def of_what(summary: Summary, name: str) -> Promise | str:
    """A denominator in words."""
    return _("filtered cases") if summary.narrowed and name == "cohort" else DENOMINATORS[name].label


def count_text(n: int | None) -> str:
    """A denominator to print; a hidden one says below what it is."""
    return f"<{LIMIT}" if n is None else f"{n:,}"
