"""Free texts that look as if they named a person are refused, before they are kept.

`PATTERNS` are what people write often and what can be told by its shape; a name cannot. Resident registration
numbers: date of birth, then seven digits of which the first is 1 to 8. Telephone numbers: mobile 01X, and 02,
03X to 06X and 070 of the Korean numbering plan when written in groups. E-mail addresses: the plain ones.
"""

import re
import unicodedata

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.errors import Problem, register

DASH = r"[\s.)\-‐‑–−]"
PATTERNS: dict[str, tuple[str, Promise | str]] = {
    "resident_number": (
        rf"(?<![\d.])\d{{2}}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]){DASH}*[1-8]\d{{6}}(?!\d)",
        _("a resident registration number"),
    ),
    "mobile_number": (
        rf"(?<![\d.])(\+?82{DASH}*(\(0\))?|0)1[016789]{DASH}*\d{{3,4}}{DASH}*\d{{4}}(?!\d)",
        _("a telephone number"),
    ),
    "telephone_number": (
        rf"(?<![\d.])(\+?82{DASH}*|0)(2|[3-6][1-5]|70){DASH}+\d{{3,4}}{DASH}+\d{{4}}(?!\d)",
        _("a telephone number"),
    ),
    "email": (r"[\w.+-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}", _("an e-mail address")),
}

register(
    {
        "identifying_text": (
            400,
            _(
                "The text looks as if it held %(what)s. Take it out; "
                "the registry keeps nothing that names a person."
            ),
        )
    }
)


def identifying(text: str) -> Promise | str | None:
    """What the text seems to hold, in words; None when it is nothing of the kind."""
    plain = unicodedata.normalize("NFKC", text)
    return next((what for pattern, what in PATTERNS.values() if re.search(pattern, plain)), None)


def for_pages() -> list[tuple[str, Promise | str]]:
    """The patterns with what they find, in what Python and JavaScript (flag u) both read."""
    return list(PATTERNS.values())


def refuse_identifying(text: str) -> None:
    """Problem `identifying_text`, which does not repeat the text."""
    if what := identifying(text):
        raise Problem("identifying_text", what=what)
