"""What this room answers when images are on their way."""

from typing import Any

from cohort.models import Case
from cohort.services.answers import OPEN_STATES
from imaging.signals import images_to_go, images_wanted
from registry.errors import Problem
from registry.models import Subject, User


def connect() -> None:
    images_wanted.connect(refuse_images_of_a_sent_case, dispatch_uid="cohort.images_wanted")
    images_to_go.connect(refuse_withdrawal, dispatch_uid="cohort.images_to_go")


def refuse_images_of_a_sent_case(*, subject: Subject, **_: Any) -> None:
    """What the task force reviews, or has accepted, gets no further images."""
    case = Case.objects.filter(subject=subject).first()
    if case and case.state not in OPEN_STATES:
        raise Problem("images_closed", subject=subject.code, state=case.get_state_display())


def refuse_withdrawal(*, subject: Subject, actor: User, **_: Any) -> None:
    """Images go as long as the case is the site's by its people, and by curators from when it is sent."""
    case = Case.objects.filter(subject=subject).first()
    own = case is None or case.state in OPEN_STATES
    if actor.at_site and not own:
        raise Problem("withdrawal_closed", subject=subject.code)
    if actor.is_curator and own:
        raise Problem("withdrawal_is_the_sites", subject=subject.code)
