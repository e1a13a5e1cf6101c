"""What this room keeps: releases, and access to them."""

from releases.access import Access, Taking
from releases.release import FrozenError, Release, ReleaseCase, ReleasedObject

__all__ = ["Access", "FrozenError", "Release", "ReleaseCase", "ReleasedObject", "Taking"]
