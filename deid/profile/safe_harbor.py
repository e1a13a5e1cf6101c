"""Safe Harbor's eighteen identifiers, and where each is stopped (``source/safe_harbor.toml``)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LETTERS = "ABCDEFGHIJKLMNOPQR"
SOURCE = "45 CFR 164.514(b)(2)(i)"
TABLE = Path(__file__).parent / "source" / "safe_harbor.toml"


@dataclass(frozen=True, slots=True)
class Identifier:
    """One of the eighteen. ``attributes`` and ``kept`` are keywords of the profile's rules, ``kinds`` of
    ``profile.KINDS``; ``text`` are examples in free text; ``code`` names modules (or module:name), ``tests``
    tests (path::name).
    """

    letter: str
    name: str
    how: str
    attributes: tuple[str, ...]
    code: tuple[str, ...]
    tests: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    text: tuple[str, ...] = ()


def identifiers() -> list[Identifier]:
    """The eighteen in their order."""
    told = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return [_identifier(row) for row in told["identifier"]]


def _identifier(row: dict[str, Any]) -> Identifier:
    fields: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in row.items()}
    return Identifier(**fields)
