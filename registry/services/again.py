"""Who is signed in shows once more that it is they: the password again, under the rules of the door."""

from django.contrib.auth import authenticate
from django.http import HttpRequest

from registry.models import User


class NotAgain(Exception):
    """The password is not this account's, or (`locked`) too many were wrong and none counts for a while."""

    def __init__(self, *, locked: bool) -> None:
        super().__init__()
        self.locked = locked


def confirm(*, request: HttpRequest, user: User, password: str) -> None:
    """Check the password of a signed-in person. A wrong one counts as a failed sign-in. Raises NotAgain.

    Not inside a transaction that the exception would undo: the count has to stay.
    """
    found = authenticate(request, username=user.email, password=password)
    if found is None or found.pk != user.pk:
        raise NotAgain(locked=bool(getattr(request, "axes_locked_out", False)))
