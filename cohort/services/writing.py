"""Writing answers: each change a row, then the answer itself, then how far the form is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from cohort.changes import Prepared
from cohort.checks import Meter
from cohort.models import Answer, AnswerChange, Case
from cohort.services import standing
from cohort.values import Finding
from registry.models import User

BATCH = 2000


@dataclass(frozen=True)
class Written:
    """A case that a call changes, its revision counted: what was judged, meters and findings after that."""

    case: Case
    made: Prepared
    meters: list[Meter]
    findings: list[Finding]


def write(
    actor: User,
    written: Sequence[Written],
    before: Mapping[int, Mapping[str, str]],
    *,
    reason: str,
    source: AnswerChange.Source,
) -> None:
    """Write what cases change; changes first, for the database's guard compares each answer with its last."""
    gone, kept_now, changes = Q(), [], []
    for one in written:
        case, made = one.case, one.made
        old, new = before[case.pk], made.settled.values
        changed = [name for name in {**old, **new} if old.get(name, "") != new.get(name, "")]
        if left := [name for name in changed if name not in new]:
            gone |= Q(case=case, item__in=left)
        kept_now += [Answer(case=case, item=name, value=new[name]) for name in changed if name in new]
        changes += [
            AnswerChange(
                case=case,
                item=name,
                old=old.get(name, ""),
                new=new.get(name, ""),
                original=made.originals.get(name, ""),
                cause=_cause(made, name),
                source=source,
                reason=reason,
                by=actor,
                revision=case.revision,
            )
            for name in changed
        ]
        case.updated_at = timezone.now()
    AnswerChange.objects.bulk_create(changes, batch_size=BATCH)
    if gone:
        Answer.objects.filter(gone).delete()
    Answer.objects.bulk_create(
        kept_now,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["case", "item"],
        update_fields=["value"],
    )
    standing.note(actor, [(one.case, one.meters) for one in written])
    Case.objects.bulk_update(
        [one.case for one in written], ["revision", "updated_at", *standing.OF_CASE], batch_size=BATCH
    )


def _cause(made: Prepared, name: str) -> AnswerChange.Cause:
    if name in made.cleared:
        return AnswerChange.Cause.CLEARED
    return AnswerChange.Cause.ENTERED if name in made.wanted else AnswerChange.Cause.COMPUTED
