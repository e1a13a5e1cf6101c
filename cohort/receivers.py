"""What this room answers when images are on their way."""

from typing import Any

from cohort.models import Case
from cohort.services.answers import OPEN_STATES
from imaging.signals import images_wanted
from registry.errors import Problem
from registry.models import Subject


def connect() -> None:
    images_wanted.connect(refuse_images_of_a_sent_case, dispatch_uid="cohort.images_wanted")


def refuse_images_of_a_sent_case(*, subject: Subject, **_: Any) -> None:
    """What the task force reviews, or has accepted, gets no further images."""
    case = Case.objects.filter(subject=subject).first()
    if case and case.state not in OPEN_STATES:
        raise Problem("images_closed", subject=subject.code, state=case.get_state_display())
