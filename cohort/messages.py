"""Texts about values, in English and Korean, from one file that the page uses too."""

import tomllib
from functools import cache
from typing import Any

from cohort.dictionary import FOLDER

OF_SHEETS = FOLDER.parent / "sheet_messages.toml"


@cache
def texts() -> dict[str, dict[str, str]]:
    """Code → language → text with %(name)s places."""
    return tomllib.loads((FOLDER / "messages.toml").read_text(encoding="utf-8"))


@cache
def sheet_texts() -> dict[str, dict[str, str]]:
    """The same of what only an import says; the form's page does without."""
    return tomllib.loads(OF_SHEETS.read_text(encoding="utf-8"))


def in_language(language: str) -> dict[str, str]:
    """Code → text, in Korean or English."""
    key = "ko" if language.startswith("ko") else "en"
    return {code: text[key] for code, text in texts().items()}


def say(code: str, language: str, values: dict[str, Any]) -> str:
    key = "ko" if language.startswith("ko") else "en"
    return (texts().get(code) or sheet_texts()[code])[key] % values
