"""What a check says, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from releases.manuscript.checks import ABSENT, CONFLICT, HIDDEN, HOLDS, Mark, Said

VERDICTS: Mapping[str, Promise | str] = {
    HOLDS: _("as in the release"),
    CONFLICT: _("in conflict"),
    ABSENT: _("not in the release"),
    HIDDEN: _("a small cell, not told"),
}
SENTENCES: Mapping[str, Promise | str] = {
    "share": _("%(n)d / %(of)d = %(exact)s %%."),
    "would_be": _("%(printed)s %% would be %(count)d of %(of)d."),
    "of_no_count": _("%(printed)s %% is the share of no count of %(of)d."),
    "count": _("The release counts %(n)d, the text %(printed)d."),
    "mean": _("The release has %(mean)s ± %(sd)s (%(low)s to %(high)s), n = %(n)d."),
    "sd_range": _(
        "Values from %(low)s to %(high)s with mean %(mean)s have an SD of at most "
        "√((%(high)s − %(mean)s) × (%(mean)s − %(low)s) × %(n)d / %(less)d) = %(most)s, not %(sd)s."
    ),
    "grim": _("Whole numbers of %(n)d people cannot have the mean %(mean)s."),
}
NOTHING = "–"


def sentence(said: Said) -> str:
    values = {name: NOTHING if value is None else value for name, value in said.values.items()}
    return str(SENTENCES[said.code] % values)


def label(mark: Mark) -> str:
    """The row's label in the reader's language."""
    return mark.label.get("ko" if (get_language() or "en").startswith("ko") else "en", "")


def as_data(mark: Mark, text: str) -> dict[str, Any]:
    """A mark for a page or a program: what was printed, where, the verdict, the row, and the arithmetic."""
    return {
        "printed": " … ".join(text[start:end].strip(" $") for start, end in mark.places),
        "places": [list(place) for place in mark.places],
        "verdict": mark.verdict,
        "row": mark.row,
        "label": label(mark),
        "sentences": [sentence(said) for said in mark.said],
    }
