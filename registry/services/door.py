"""What is remembered of failed sign-ins, for a while: keyed hash of the name, client's address, count."""

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

SALT = "registry.door"


class Door(AxesDatabaseHandler):
    """Counts without browser, path and what the browser accepts."""

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        if request is not None:
            request.axes_user_agent = request.axes_path_info = request.axes_http_accept = ""
        super().user_login_failed(sender, credentials, request, **kwargs)


def hashed_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """The typed name as 64 hexadecimal digits, the same for every spelling that opens the same account."""
    name = (credentials or {}).get(settings.AXES_USERNAME_FORM_FIELD)
    if name is None:
        return None
    text = str(name).strip().lower().encode(errors="surrogatepass")
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest()


def without_words(sender: type[AccessAttempt], instance: AccessAttempt, **_: Any) -> None:
    """Keep no query and no form of a failed sign-in; called before an attempt is saved."""
    instance.get_data = instance.post_data = ""


def forget() -> int:
    """Delete attempts that no longer count; returns how many."""
    over = timezone.now() - settings.AXES_COOLOFF_TIME
    return AccessAttempt.objects.filter(attempt_time__lt=over).delete()[0]
