"""Reasons that people give for what they decide about images."""

import unicodedata

from imaging.judgements import REASON_LENGTH
from registry.errors import Problem
from registry.identifying import refuse_identifying


def reason_of(text: str) -> str:
    """The reason in one line. Problem reason_needed (none, too long, not plain), identifying_text."""
    reason = " ".join(text.split())
    odd = any(unicodedata.category(letter) in ("Cc", "Cs") for letter in reason)
    if not reason or odd or len(reason) > REASON_LENGTH:
        raise Problem("reason_needed", limit=REASON_LENGTH)
    refuse_identifying(reason)
    return reason
