"""What a cell may hold, so that no spreadsheet takes it for a formula."""

import re

from cohort.exports.columns import NUMBER, Value

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def safe(value: Value) -> Value:
    """1.0 as 1; text without control characters, an apostrophe before it if a spreadsheet would run it."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, str):
        return value
    text = CONTROL.sub("", value)
    return f"'{text}" if text.startswith(FORMULA) and not NUMBER.fullmatch(text) else text
