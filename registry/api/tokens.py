"""Tokens of the API: people's, for everything, and machines', for sending alone.

An address takes site tokens only where its view says `authentication_classes = SENDING`.
"""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from knox.models import AuthToken
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from registry.models import SiteToken, User
from registry.services import machines

SCHEMES = (b"token", b"bearer")
REFUSED = {
    SiteToken.State.EXPIRED: (
        "token_expired",
        _("This site token has expired. Make a new one on the page Machines."),
    ),
    SiteToken.State.REVOKED: (
        "token_revoked",
        _("This site token was revoked. Make a new one on the page Machines."),
    ),
}


class Tokens(TokenAuthentication):
    """Knox's tokens; what is not even text is no token."""

    def authenticate_credentials(self, token: bytes) -> tuple[object, object]:
        if not token.isalnum():
            raise AuthenticationFailed
        found: tuple[object, object] = super().authenticate_credentials(token)
        return found

    def _cleanup_token(self, auth_token: AuthToken) -> bool:
        """Whether it has expired. The library looks at all tokens of the person with every request; here
        they go at the next sign-in.
        """
        expired = auth_token.expiry is not None and auth_token.expiry < timezone.now()
        if expired:
            auth_token.delete()
        return bool(expired)


class SiteTokens(BaseAuthentication):
    """`Authorization: Token kicc_…` or `Bearer kicc_…`; other credentials are left to the next class."""

    def authenticate(self, request: Request) -> tuple[User, SiteToken] | None:
        parts = get_authorization_header(request).split()
        if len(parts) != 2 or parts[0].lower() not in SCHEMES:
            return None
        token = parts[1].decode("latin-1")
        if not token.startswith(machines.PREFIX):
            return None
        found = machines.find(token)
        if found is None:
            raise AuthenticationFailed(
                _("There is no such site token. Check that all of it was copied."), "token_unknown"
            )
        if found.state in REFUSED:
            code, text = REFUSED[found.state]
            raise AuthenticationFailed(text, code)
        machines.note_use(found)
        return found.account, found

    def authenticate_header(self, request: Request) -> str:
        return "Token"


SENDING = (SiteTokens, Tokens, SessionAuthentication)
"""What the addresses take with which a machine brings images."""


class TokensScheme(KnoxTokenScheme):
    """How the schema describes them."""

    target_class = "registry.api.tokens.Tokens"


class SiteTokensScheme(OpenApiAuthenticationExtension):
    """How the schema describes machines' tokens."""

    target_class = "registry.api.tokens.SiteTokens"
    name = "siteToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token kicc_…` of a machine of a site; for sending images alone",
        }
