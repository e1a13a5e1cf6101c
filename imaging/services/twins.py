"""Looking for the images of a series in all other series, when it is stored."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from imaging.models import Instance, Series
from imaging.twins import Twin, TwinGate

BATCH = 500


def note_twins(*, series: Series) -> int:
    """Write the pairs of a series whose instances are on record, inside the caller's transaction; how many.

    Whoever stores a series at the same time waits here until this transaction ends. Taken after the subject's
    row and before the chain of receipts.
    """
    TwinGate.objects.get_or_create(id=1)
    TwinGate.objects.select_for_update().get(id=1)
    mine = list(series.instances.values_list("sop_uid", "decoded_sha256"))
    pixels = _elsewhere(series, "decoded_sha256", {decoded for _uid, decoded in mine})
    names = _elsewhere(series, "sop_uid", {uid for uid, _decoded in mine})
    images, strangers = Counter[Any](), Counter[Any]()
    back = Counter[Any]()
    known = {decoded for _uid, decoded in mine}
    for uid, decoded in mine:
        images.update({other for other, _uid, _decoded in pixels.get(decoded, ())})
        strangers.update({other for other, _uid, theirs in names.get(uid, ()) if theirs not in known})
    for rows in pixels.values():
        back.update(other for other, _uid, _decoded in rows)
    Twin.objects.filter(one=series).delete()
    Twin.objects.filter(other=series).delete()
    pairs = images.keys() | strangers.keys()
    Twin.objects.bulk_create(
        twin
        for other in pairs
        for twin in (
            Twin(one_id=series.pk, other_id=other, images=images[other], names=strangers[other]),
            Twin(one_id=other, other_id=series.pk, images=back[other], names=strangers[other]),
        )
    )
    return len(pairs)


def _elsewhere(series: Series, field: str, values: Iterable[str]) -> dict[str, list[tuple[Any, str, str]]]:
    """(series, identifier, pixels) of every instance of another series with one of these values, by value."""
    wanted = sorted(values)
    found: dict[str, list[tuple[Any, str, str]]] = defaultdict(list)
    for start in range(0, len(wanted), BATCH):
        rows = Instance.objects.filter(**{f"{field}__in": wanted[start : start + BATCH]}).exclude(
            series=series
        )
        for value, *row in rows.values_list(field, "series_id", "sop_uid", "decoded_sha256"):
            found[value].append((row[0], row[1], row[2]))
    return found
