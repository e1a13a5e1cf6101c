"""The figures of the cohort page, as bars: what is counted, of whom, and what in it is synthetic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cohort.summary.shares import SHARES
from cohort.summary.summarise import Summary
from cohort.summary.table import count_text, is_shown, of_what

Text = Promise | str


@dataclass(frozen=True)
class Bar:
    """One bar of a figure; `n` is None when the count is too small to be shown. `title` says more."""

    label: Text
    n: int | None
    most: int
    title: Text = ""


@dataclass(frozen=True)
class Figure:
    """`of` says what is counted; `note` what in it the paper does not print."""

    id: str
    title: str
    of: str
    bars: list[Bar]
    note: str = ""


def figures(summary: Summary, sites: Mapping[str, Text], homes: Mapping[str, Text]) -> list[Figure]:
    """Every figure that has a bar; `sites` names the hospitals by code, `homes` the places of residence."""
    synthetic = bool(summary.synthetic)
    places = [(code, n, sites.get(code, "")) for code, n in summary.sites.items()]
    found = [
        Figure(
            "sites",
            _("Fig. 1. Patients per site"),
            _of(summary, "cohort"),
            _bars(places),
            _("The paper prints no numbers; this split is synthetic.") if synthetic else "",
        ),
        Figure(
            "films",
            _("Fig. 2. Radiographs per patient"),
            _of(summary, "cxr_patients"),
            _numbers(summary.films),
            _("Beyond four the paper prints one number; the split is synthetic.") if synthetic else "",
        ),
        Figure(
            "homes",
            _("Residence"),
            _of(summary, "cohort"),
            _bars((homes.get(code, code), n, "") for code, n in summary.homes.items()),
            _("Three cities, and five together, are printed; the rest is synthetic.") if synthetic else "",
        ),
        Figure("scans", _("CT scans per patient"), _of(summary, "ct_patients"), _numbers(summary.scans)),
        Figure("vendors", _("CT vendors"), _of(summary, "ct_scans"), _rows(summary, "vendor_")),
        Figure("models", _("CT models"), _of(summary, "ct_scans"), _rows(summary, "model_")),
        Figure("slices", _("CT slice thickness"), _of(summary, "ct_scans"), _rows(summary, "st_")),
        Figure(
            "machines",
            _("Radiograph machines"),
            _of(summary, "cxr_images"),
            _rows(summary, "cxr_", "cxr_images"),
        ),
        Figure(
            "antivirals",
            _("Antiviral treatment"),
            _of(summary, "cohort"),
            _rows(summary, "tx_lpv_", "cohort")
            + _rows(summary, "tx_hcq_", "cohort")
            + _rows(summary, "tx_rdv_", "cohort")
            + _rows(summary, "tx_other", "cohort")
            + _rows(summary, "tx_none", "cohort"),
        ),
        Figure(
            "deaths",
            _("Deaths by age"),
            _of(summary, "deaths"),
            _numbers(summary.death_ages),
            _("Mean, SD and range are printed; each age is synthetic.") if synthetic else "",
        ),
    ]
    return [figure for figure in found if any(bar.n or bar.n is None for bar in figure.bars)]


def _of(summary: Summary, name: str) -> str:
    return _("n = %(n)s %(what)s") % {
        "n": count_text(summary.denominators[name]),
        "what": of_what(summary, name),
    }


def _rows(summary: Summary, start: str, of: str = "") -> list[Bar]:
    return _bars(
        (row.label, None if summary.shares[row.id].hidden else summary.shares[row.id].n, "")
        for row in SHARES
        if row.id.startswith(start) and (not of or row.of == of) and is_shown(row, summary)
    )


def _numbers(counts: Mapping[str, int | None]) -> list[Bar]:
    return _bars((number, n, "") for number, n in counts.items())


def _bars(counts: Iterable[tuple[Text, int | None, Text]]) -> list[Bar]:
    found = list(counts)
    most = max((n for _label, n, _title in found if n), default=1)
    return [Bar(label, n, most, title) for label, n, title in found]
