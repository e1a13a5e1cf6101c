"""What a finding says, in English and Korean: what, why it matters, what to do.

`{name}` is a value of the finding.
"""

from collections.abc import Mapping
from typing import Any

from imaging.validation.ruleset import RULES

TEXTS: dict[str, tuple[str, str]] = {code: rule.texts for code, rule in RULES.items()}


def message(code: str, values: Mapping[str, Any], language: str) -> str:
    """The text of a finding in the reader's language."""
    korean = language.startswith("ko")
    if code not in TEXTS:
        return code
    text = TEXTS[code][korean].format_map(_Values(values))
    return f"{text} [{values['where']}]" if values.get("where") else text


def register(texts: Mapping[str, tuple[str, str]]) -> None:
    """Add the texts of findings that another room makes: code → (English, Korean). A rule keeps its own."""
    TEXTS.update({code: text for code, text in texts.items() if code not in RULES})


class _Values(dict[str, str]):
    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__({name: _shown(value) for name, value in values.items()})

    def __missing__(self, key: str) -> str:
        return "?"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value[:8]) + (" …" if len(value) > 8 else "")
    return f"{value:g}" if isinstance(value, float) else str(value)
