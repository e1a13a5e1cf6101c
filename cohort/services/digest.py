"""One mail a person and day: how much waits, and where. No code of a patient, no words of anybody.

Off unless `DIGEST_ADDRESS`, the registry's address in the links, is set. Nothing waits: no mail.
"""

import datetime
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from cohort.models import Case, DigestMail, Query, UnlockRequest
from registry.models import Role, User

log = structlog.get_logger(__name__)
LANGUAGES = ("ko", "en")
OPEN = ngettext_lazy("%(n)d question waits for an answer", "%(n)d questions wait for an answer", "n")
RETURNED = ngettext_lazy("%(n)d case was returned to you", "%(n)d cases were returned to you", "n")
ASKED_BACK = ngettext_lazy("%(n)d site asks to have a form back", "%(n)d sites ask to have a form back", "n")
ANSWERED = ngettext_lazy("%(n)d question was answered", "%(n)d questions were answered", "n")
SUBMITTED = ngettext_lazy("%(n)d case waits for review", "%(n)d cases wait for review", "n")
READERS = (Role.RADIOLOGIST, Role.COORDINATOR, Role.CURATOR, Role.LEAD)


@dataclass(frozen=True)
class Point:
    """A number, what it counts, and the page that lists it."""

    count: int
    what: Promise
    address: str

    @property
    def said(self) -> str:
        return str(self.what % {"n": self.count})


def points(user: User) -> list[Point]:
    """What waits for a person; only what does."""
    seen = Query.objects.visible_to(user)
    cases = Case.objects.visible_to(user)
    if user.at_site:
        mine = seen.filter(Q(assigned_to=user) | Q(assigned_to=None), state=Query.State.OPEN)
        returned = cases.filter(state=Case.State.RETURNED)
        found = [
            _point(mine.count(), OPEN, "questions"),
            _point(returned.count(), RETURNED, "subject_list", "?show=returned"),
        ]
    else:
        waiting = UnlockRequest.objects.filter(case__in=cases, state=UnlockRequest.State.OPEN)
        found = [_point(waiting.count(), ASKED_BACK, "questions")]
        if user.is_curator:
            answered = seen.filter(state=Query.State.ANSWERED)
            submitted = cases.filter(state=Case.State.SUBMITTED)
            found += [
                _point(answered.count(), ANSWERED, "questions"),
                _point(submitted.count(), SUBMITTED, "review_queue"),
            ]
    return [point for point in found if point.count]


def send_all(*, day: datetime.date | None = None) -> int:
    """Write to everybody for whom something waits and who was not written to on `day`; how many mails went.

    A mail that the server does not take is tried again with the next run of the day.
    """
    if not settings.DIGEST_ADDRESS:
        return 0
    day = day or timezone.localdate()
    sent = 0
    people = User.objects.filter(role__in=READERS, is_active=True).order_by("pk")
    for user in people.exclude(pk__in=DigestMail.objects.filter(day=day).values("user")):
        try:
            sent += _send(user, day)
        except OSError as error:
            log.error("a digest mail was not taken", error=type(error).__name__)
    return sent


@transaction.atomic
def _send(user: User, day: datetime.date) -> int:
    """The row first: two runs at once write one mail."""
    found = points(user)
    if not found:
        return 0
    _row, new = DigestMail.objects.get_or_create(user=user, day=day)
    if not new:
        return 0
    parts = []
    for language in LANGUAGES:
        with translation.override(language):
            parts.append(render_to_string("cohort/digest.txt", {"points": found, "user": user}).strip())
    with translation.override(LANGUAGES[0]):
        subject = _("KICC registry: what waits for you")
    send_mail(subject, "\n\n".join(parts) + "\n", settings.DEFAULT_FROM_EMAIL, [user.email])
    return 1


def _point(count: int, what: Promise, page: str, query: str = "") -> Point:
    address = settings.DIGEST_ADDRESS.rstrip("/") + reverse(page) + query
    return Point(count, what, address)
