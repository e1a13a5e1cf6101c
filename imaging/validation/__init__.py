"""Checks of images by what their headers say; pure functions over `Facts`."""

from imaging.validation.belonging import refusal
from imaging.validation.facts import Facts, facts
from imaging.validation.geometry import plane, stack, thickness_class
from imaging.validation.rules import RECOMPUTED, finding, is_frontal, is_original, is_supine, judge
from imaging.validation.ruleset import DECIDED, VERSION
from imaging.validation.texts import message

__all__ = [
    "DECIDED",
    "RECOMPUTED",
    "VERSION",
    "Facts",
    "facts",
    "finding",
    "is_frontal",
    "is_original",
    "is_supine",
    "judge",
    "message",
    "plane",
    "refusal",
    "stack",
    "thickness_class",
]
