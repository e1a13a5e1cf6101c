"""The summary as a journal prints it: groups of lines, each with its text and its denominator."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from string import ascii_lowercase

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cohort.summary.arithmetic import Spread, half_up
from cohort.summary.denominators import DENOMINATORS
from cohort.summary.means import MEANS
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
IMAGING_OF = ("ct_patients", "ct_scans", "cxr_patients", "cxr_images")
IMAGING_ROWS = ("ct_any", "cxr_any")
ONLY_IF_ANY = ("ct_scans_ge6", "vendor_other", "model_other", "st_unknown", "cxr_other")


@dataclass(frozen=True)
class Line:
    """`value` is ready to print; `of` (words) and `of_n` (number) its denominator; `mark` is its note's."""

    id: str
    label: Promise | str
    value: str
    of: Promise | str
    of_n: str
    note: Promise | str = ""
    hidden: bool = False
    mark: str = ""


@dataclass
class Group:
    label: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Bar:
    """One bar of a figure; `n` is None when the count is too small to be shown."""

    label: Promise | str
    n: int | None
    most: int


def table1(summary: Summary) -> list[Group]:
    """The paper's Table 1, row for row."""
    rows: list[Share | Mean] = []
    for row in SHARES:
        if row.in_table1:
            rows += [MEAN[name] for name in BEFORE.get(row.id, ())]
            rows.append(row)
    return _groups(summary, [*rows, *(MEAN[name] for name in LAST)])


def further(summary: Summary) -> list[Group]:
    """What the paper tells in its text."""
    shares: list[Share | Mean] = [row for row in SHARES if not row.in_table1 and not _is_imaging(row)]
    means = [row for row in MEANS if not row.in_table1]
    return _groups(summary, [*shares, *means])


def imaging(summary: Summary) -> list[Group]:
    """CT scans and radiographs."""
    rows = [row for row in SHARES if _is_imaging(row)]
    return _groups(summary, [row for row in rows if _is_shown(row, summary)])


def figures(summary: Summary) -> list[tuple[str, str, list[Bar]]]:
    """(title, what is counted, bars) of each figure; one without any count is left out."""
    found = [
        (_("Patients per site"), _of(summary, "cohort"), _bars(summary.sites.items())),
        (_("CT scans per patient"), _of(summary, "ct_patients"), _share_bars(summary, "ct_scans_")),
        (
            _("Radiographs per patient"),
            _of(summary, "cxr_patients"),
            _share_bars(summary, "cxr_", "cxr_patients"),
        ),
        (_("CT vendors"), _of(summary, "ct_scans"), _share_bars(summary, "vendor_")),
        (_("CT slice thickness"), _of(summary, "ct_scans"), _share_bars(summary, "st_")),
    ]
    return [figure for figure in found if any(bar.n or bar.n is None for bar in figure[2])]


def notes(groups: Iterable[Group]) -> list[tuple[str, Promise | str]]:
    """Footnotes: (mark, text), each once."""
    return list({line.mark: line.note for group in groups for line in group.lines if line.note}.items())


def _is_shown(row: Share, summary: Summary) -> bool:
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
        row.id, row.label, _share_text(part), DENOMINATORS[row.of].label, _count(of_n), row.note, part.hidden
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
        return Line(row.id, label, NOTHING, why, _count(of_n), row.note, covered)
    return Line(
        row.id,
        label,
        _mean_text(numbers, row.decimals),
        DENOMINATORS[row.of].label,
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


def _count(n: int | None) -> str:
    return f"<{LIMIT}" if n is None else f"{n:,}"


def _of(summary: Summary, name: str) -> str:
    return _("n = %(n)s %(what)s") % {
        "n": _count(summary.denominators[name]),
        "what": DENOMINATORS[name].label,
    }


def _share_bars(summary: Summary, start: str, of: str = "") -> list[Bar]:
    rows = [row for row in SHARES if row.id.startswith(start) and (not of or row.of == of)]
    counts = [
        (row.label, None if summary.shares[row.id].hidden else summary.shares[row.id].n)
        for row in rows
        if _is_shown(row, summary)
    ]
    return _bars(counts)


def _bars(counts: Iterable[tuple[Promise | str, int | None]]) -> list[Bar]:
    found = list(counts)
    most = max((n for label, n in found if n), default=1)
    return [Bar(label, n, most) for label, n in found]
