"""Stretches of a compressed frame that are not coded pixels."""

from __future__ import annotations

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


def malformed(what: str) -> Refused:
    return Refused("corrupt", f"(7FE0,0010): {what}")
