"""Sending a form to the task force: what is still missing, and the sending itself."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cohort.checks import Meter
from cohort.models import Case, Query
from cohort.services import answers
from cohort.services.answers import Form
from cohort.values import Finding
from imaging.models import Exam, Series
from imaging.signals import images_under_way
from registry.errors import Problem
from registry.models import AuditEvent, Subject, User
from registry.services import audit


@dataclass(frozen=True)
class Readiness:
    """What stands between a form and the task force."""

    form: Form
    incomplete: list[Meter]
    errors: list[Finding]
    exams: int
    open_queries: int
    uploads: int

    @property
    def ready(self) -> bool:
        return not (self.incomplete or self.errors or self.open_queries or self.uploads) and self.exams > 0

    @property
    def of_the_form(self) -> list[str]:
        """What the answers lack, one sentence each, in the reader's language."""
        language = get_language() or "en"
        found = []
        if count := len(self.form.missing):
            names = ", ".join(meter.section.label.of(language) for meter in self.incomplete if _lacks(meter))
            text = ngettext(
                "%(count)d answer is missing, in: %(names)s.",
                "%(count)d answers are missing, in: %(names)s.",
                count,
            )
            found.append(text % {"count": count, "names": names})
        return found + [error.message(language) for error in self.errors]

    @property
    def sentences(self) -> list[str]:
        """What to do first: the answers, then images and questions."""
        found = self.of_the_form
        if not self.exams:
            found.append(_("No exam is stored yet. Send at least one chest CT or radiograph."))
        if self.uploads:
            text = ngettext(
                "%(count)d upload of this patient is not finished. Wait until it is processed; "
                "if it was broken off, choose its files again to finish it.",
                "%(count)d uploads of this patient are not finished. Wait until they are processed; "
                "if one was broken off, choose its files again to finish it.",
                self.uploads,
            )
            found.append(text % {"count": self.uploads})
        if self.open_queries:
            text = ngettext(
                "%(count)d question of the task force waits for your answer.",
                "%(count)d questions of the task force wait for your answer.",
                self.open_queries,
            )
            found.append(text % {"count": self.open_queries})
        return found

    def as_dict(self) -> dict[str, Any]:
        language = get_language() or "en"
        return {
            "missing": [item.name for item in self.form.missing],
            "errors": [
                {"code": error.code, "items": list(error.items), "message": error.message(language)}
                for error in self.errors
            ],
            "exams": self.exams,
            "open_queries": self.open_queries,
            "uploads": self.uploads,
        }


def readiness(form: Form) -> Readiness:
    """Whether a form can be sent, and what is missing."""
    case = form.case
    on_file = Series.objects.on_file().filter(exam__subject=case.subject_id)
    return Readiness(
        form=form,
        incomplete=[meter for meter in form.meters if not meter.complete],
        errors=[finding for finding in form.findings if finding.severity == "error"],
        exams=Exam.objects.filter(series__in=on_file).distinct().count(),
        open_queries=Query.objects.filter(case=case.pk, state=Query.State.OPEN).count(),
        uploads=sum(count for _receiver, count in images_under_way.send(sender=Case, subject=case.subject)),
    )


@transaction.atomic
def submit(*, actor: User, case: Case) -> Case:
    """Send a complete form to the task force. Raises Problem `not_ready` that lists what is missing.

    The subject's row is locked as well: an upload is completed either before, and waited for, or not at all.
    """
    Subject.objects.select_for_update(no_key=True).get(pk=case.subject_id)
    case = answers.locked(case)
    if not answers.of_own_site(actor, case):
        raise Problem("not_your_site")
    if case.state not in answers.OPEN_STATES:
        raise Problem("form_closed", state=case.get_state_display())
    state = readiness(answers.form_of(case))
    if not state.ready:
        raise Problem("not_ready", what=" ".join(state.sentences), extra=state.as_dict())
    case.state = Case.State.SUBMITTED
    case.submitted_at = timezone.now()
    case.save(update_fields=["state", "submitted_at", "updated_at"])
    audit.record(
        verb=AuditEvent.Verb.FORM_SUBMITTED,
        actor=actor,
        subject_code=case.subject.code,
        detail={
            "revision": case.revision,
            "dictionary": case.dictionary,
            "signed": case.signature_id is not None,
        },
    )
    return case


def _lacks(meter: Meter) -> bool:
    return meter.answered < meter.required
