"""Tokens of the API."""

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed


class Tokens(TokenAuthentication):
    """Knox's tokens; what is not even text is no token."""

    def authenticate_credentials(self, token: bytes) -> tuple[object, object]:
        if not token.isalnum():
            raise AuthenticationFailed
        found: tuple[object, object] = super().authenticate_credentials(token)
        return found


class TokensScheme(KnoxTokenScheme):
    """How the schema describes them."""

    target_class = "registry.api.tokens.Tokens"
