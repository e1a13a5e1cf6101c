"""Which images a decision rests on."""

import hashlib
from collections.abc import Iterable

from imaging.models import Series


def images_digest(series: Iterable[Series]) -> str:
    """SHA-256, 64 hexadecimal digits, over those of `series` that are on file, in any order.

    It changes whenever a series comes, goes, or is written anew.
    """
    lines = sorted(f"{one.pk} {one.object_name} {one.instance_count}\n" for one in series if one.on_file)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
