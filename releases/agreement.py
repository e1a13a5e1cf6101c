"""What a person agrees to before anything leaves; a changed text has another digest."""

import hashlib

from django.utils import translation
from django.utils.translation import gettext_lazy as _

POINTS = (
    _("I use the data for the stated purpose alone, and pass them to nobody."),
    _("I do not try to find out who a person is, and join the data with nothing that could tell."),
    _("If I recognise somebody, I tell the task force at once and nobody else."),
    _("I keep the data where only I can read them, and delete them when the access ends."),
    _("I publish no count below five, and cite the release by its number and SHA-256."),
    _("I tell the task force of a breach within a day."),
)


def digest() -> str:
    """SHA-256 of the English text."""
    with translation.override("en"):
        return hashlib.sha256("\n".join(str(point) for point in POINTS).encode()).hexdigest()
