"""Forms of the registry."""

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignIn(AuthenticationForm):
    """E-mail and password."""

    error_messages = {
        "invalid_login": _("E-mail and password do not match. Check both and try again."),
        "inactive": _("This account is closed. Ask the administrator."),
    }
