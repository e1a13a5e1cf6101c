"""Why an element should not have been there, in the reader's language.

The engine gives its reasons in English (deid/profile/profile.csv and deid/); `leak_reasons.csv` has the
Korean.
"""

import csv
from functools import cache
from pathlib import Path

KOREAN = Path(__file__).with_name("leak_reasons.csv")


def reason(text: str, language: str) -> str:
    """The reason in this language; as the engine says it where there is no Korean sentence."""
    return korean().get(text, text) if language.startswith("ko") else text


@cache
def korean() -> dict[str, str]:
    """The Korean sentence of every reason."""
    with KOREAN.open(encoding="utf-8", newline="") as file:
        return {row["reason"]: row["korean"] for row in csv.DictReader(file)}
