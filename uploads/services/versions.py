"""Versions of a series: what is sent again after a withdrawal is another series with its own identifier."""

import uuid
from collections.abc import Iterable

from imaging import selectors
from uploads.services.keys import series_id


def versions_of(*, subject_code: str, keys: Iterable[str]) -> dict[str, list[uuid.UUID]]:
    """For each key the identifiers of all its versions, the oldest first: all but the last are withdrawn.

    One query, and one more for each time that a series was withdrawn.
    """
    found: dict[str, list[uuid.UUID]] = {key: [] for key in keys}
    ask, version = list(found), 0
    while ask:
        made = {key: series_id(subject_code, key, version) for key in ask}
        gone = selectors.withdrawn(identifiers=made.values())
        for key, identifier in made.items():
            found[key].append(identifier)
        ask = [key for key, identifier in made.items() if identifier in gone]
        version += 1
    return found
