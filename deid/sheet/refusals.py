"""What is wrong with a workbook: stable codes, with a sentence in English and Korean that says what to do."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_TEXTS = tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))
REFUSALS: Mapping[str, Mapping[str, str]] = _TEXTS["refusals"]
PROBLEMS: Mapping[str, Mapping[str, str]] = _TEXTS["problems"]


class SheetRefused(Exception):
    """A workbook that is not read. `code` is one of REFUSALS; `values` fill its sentence."""

    def __init__(self, code: str, **values: Any) -> None:
        if code not in REFUSALS:
            raise ValueError(f"unknown code {code!r}")
        super().__init__(code)
        self.code = code
        self.values = values


def message(code: str, values: Mapping[str, Any], language: str = "en") -> str:
    """The sentence in Korean or English; values that differ by language are (English, Korean) pairs."""
    korean = language.startswith("ko")
    filled = {key: value[korean] if isinstance(value, tuple) else value for key, value in values.items()}
    texts = REFUSALS.get(code) or PROBLEMS[code]
    return texts["ko" if korean else "en"] % filled
