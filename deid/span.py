"""Stretches of a compressed frame that are not coded pixels."""

from __future__ import annotations

import re
from dataclasses import dataclass

from deid.codes import Refused


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes ``begin`` to ``end`` of a frame. ``needless`` ones say nothing of the pixels and give way to
    ``fill`` (zeros where it is empty); others are tables that decoding needs.
    """

    begin: int
    end: int
    needless: bool = True
    fill: bytes = b""

    @property
    def instead(self) -> bytes:
        return self.fill or bytes(self.end - self.begin)


# By chance once in some million images.
_WORDS = re.compile(rb"[A-Za-z0-9 .,:^=/()-]{12,}\0*\Z")


def no_words(frame: bytes, end: int) -> None:
    """Raises Refused where words stand at the end of coded pixels."""
    if _WORDS.search(frame[max(0, end - 64) : end]):
        raise malformed("words behind the coded pixels")


def malformed(what: str) -> Refused:
    return Refused("corrupt", f"(7FE0,0010): {what}")
