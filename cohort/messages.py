"""Texts about values, in English and Korean, from one file that the page uses too."""

import tomllib
from functools import cache
from typing import Any

from cohort.dictionary import FOLDER


@cache
def texts() -> dict[str, dict[str, str]]:
    """Code → language → text with %(name)s places."""
    return tomllib.loads((FOLDER / "messages.toml").read_text(encoding="utf-8"))


def in_language(language: str) -> dict[str, str]:
    """Code → text, in Korean or English."""
    key = "ko" if language.startswith("ko") else "en"
    return {code: text[key] for code, text in texts().items()}


def say(code: str, language: str, values: dict[str, Any]) -> str:
    return in_language(language)[code] % values
