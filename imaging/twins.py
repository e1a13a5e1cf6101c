"""Pairs of series that hold the same images, or images under the same name: one row a pair.

Rows are written under one lock when a series is stored (services.twins), so of two series that arrive at once
the second sees the first. What a pair means depends on whose series they are, see `meaning`.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, Q

from imaging.models import Series
from imaging.validation import finding
from registry.models import User


class TwinGate(models.Model):
    """One row, locked while pairs are looked for and written."""

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_twin_gate")]

    def __str__(self) -> str:
        return "gate"


class Twin(models.Model):
    """`images` of `one` are in `other` pixel for pixel; `names`: identifiers that both use for other pixels.

    The database enforces no foreign key: its check would lock the other series' row, which another worker may
    hold while it waits for the gate.
    """

    one = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    other = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    images = models.PositiveIntegerField()
    names = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="twins_once"),
            models.CheckConstraint(condition=~Q(one=F("other")), name="no_twin_of_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} {self.other_id}"


def findings_of_twins(series: Iterable[Series]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """What its twins on file mean for each series on file."""
    mine = {one.pk: one for one in series if one.on_file}
    pairs = twins_of(mine)
    found: dict[uuid.UUID, list[dict[str, Any]]] = {}
    if not pairs:
        return found
    owners = {one.pk: one.exam.subject for one in _with_owners(mine)}
    for key in pairs.keys() & owners.keys():
        found[key] = _meaning(owners[key], pairs[key])
    return found


def twins_of(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[tuple[Twin, Series]]]:
    """For each series its pairs with series on file of people who have not withdrawn, with exam, subject and
    site; two queries.
    """
    wanted = set(keys)
    pairs = Twin.objects.filter(one__in=wanted)
    listed = list(pairs)
    others = {one.pk: one for one in _with_owners({pair.other_id for pair in listed}) if one.on_file}
    found: dict[uuid.UUID, list[tuple[Twin, Series]]] = defaultdict(list)
    for pair in listed:
        if pair.other_id in others:
            found[pair.one_id].append((pair, others[pair.other_id]))
    return dict(found)


def seen_twins(series: Series, *, user: User) -> list[tuple[Twin, Series]]:
    """Its pairs with series that `user` may see: of the own site, or of every site."""
    pairs = twins_of([series.pk]).get(series.pk, [])
    visible = Series.objects.visible_to(user).filter(pk__in=[other.pk for _twin, other in pairs])
    keys = set(visible.values_list("pk", flat=True))
    return [(twin, other) for twin, other in pairs if other.pk in keys]


def _with_owners(keys: Iterable[uuid.UUID]) -> Iterable[Series]:
    here = Series.objects.filter(pk__in=set(keys)).exclude(exam__subject__key__destroyed_at__isnull=False)
    rows = here.select_related("exam__subject__site")
    return rows.defer("header", "receipt", "findings").order_by("pk")


def _meaning(subject: Any, others: list[tuple[Twin, Series]]) -> list[dict[str, Any]]:
    """Findings of a series of `subject` with these pairs. Nothing of another site is in them."""
    here = [pair for pair, other in others if other.exam.subject_id == subject.pk and pair.images]
    names = sum(pair.names for pair, other in others if other.exam.subject.site_id == subject.site_id)
    neighbours = sorted(
        {
            other.exam.subject.code
            for pair, other in others
            if pair.images
            and other.exam.subject_id != subject.pk
            and other.exam.subject.site_id == subject.site_id
        }
    )
    away = [pair for pair, other in others if pair.images and other.exam.subject.site_id != subject.site_id]
    found = []
    if here:
        found.append(finding("images_twice", {"count": max(pair.images for pair in here)}))
    if neighbours:
        found.append(finding("also_elsewhere", {"subjects": neighbours}))
    if away:
        found.append(finding("at_another_hospital", {"count": max(pair.images for pair in away)}))
    if names:
        found.append(finding("same_identifier", {"count": names}))
    return found
