"""How a case's form stands, for every page that shows it: state, signature, who wants it back."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from django.utils.functional import Promise

from cohort.checks import Meter
from cohort.models import Case, FormState, Signature, UnlockRequest
from cohort.services import answers, signing
from registry.models import User

State = FormState


@dataclass(frozen=True)
class Standing:
    """The form of `case` as `user` finds it."""

    case: Case
    user: User

    @cached_property
    def state(self) -> str:
        return (
            Case.objects.values_list("form_state", flat=True).filter(pk=self.case.pk).first() or State.EMPTY
        )

    @property
    def label(self) -> Promise | str:
        return FormState(self.state).label

    @cached_property
    def signature(self) -> Signature | None:
        """The signature in force."""
        return self._signatures.filter(broken_at=None).first()

    @cached_property
    def holds(self) -> bool:
        """Whether what is kept is what was signed; a change around the registry breaks it without a word."""
        return self.signature is not None and signing.holds(self.signature)

    @cached_property
    def broken(self) -> Signature | None:
        """The last signature, when a change has broken it and nobody signed since."""
        return None if self.signature else self._signatures.exclude(broken_at=None).last()

    @cached_property
    def waiting(self) -> UnlockRequest | None:
        return self._requests.filter(state=UnlockRequest.State.OPEN).last()

    @cached_property
    def refused(self) -> UnlockRequest | None:
        """The last request, when it was refused and the form is still away."""
        last = self._requests.last()
        return last if last and last.state == UnlockRequest.State.REFUSED and not self.open else None

    @property
    def open(self) -> bool:
        """Whether the form is with its site."""
        return self.case.state in answers.OPEN_STATES

    @property
    def may_sign(self) -> bool:
        return (
            signing.may_sign(self.user, self.case)
            and self.signature is None
            and self.case.state != Case.State.ACCEPTED
        )

    @property
    def may_ask_back(self) -> bool:
        return answers.of_own_site(self.user, self.case) and not self.open and self.waiting is None

    @property
    def may_decide(self) -> bool:
        return self.user.sees_every_site and self.waiting is not None

    def of_section(self, meter: Meter) -> str:
        """State of a section: the form's seal where it has one, else what its answers say."""
        if self.state in (State.SIGNED, State.LOCKED):
            return self.state
        if not meter.given:
            return State.EMPTY
        return State.COMPLETE if meter.complete else State.DRAFT

    @property
    def _signatures(self) -> QuerySet[Signature]:
        return Signature.objects.filter(case=self.case.pk).select_related("case__subject", "broken_by")

    @property
    def _requests(self) -> QuerySet[UnlockRequest]:
        return UnlockRequest.objects.filter(case=self.case.pk).select_related("by", "decided_by")


def asked_back(user: User) -> QuerySet[UnlockRequest]:
    """Requests that wait for a decision, of cases that `user` may see; the oldest first."""
    seen = UnlockRequest.objects.filter(case__in=Case.objects.visible_to(user))
    return (
        seen.filter(state=UnlockRequest.State.OPEN).select_related("case__subject", "by").order_by("at", "pk")
    )
