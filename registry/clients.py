"""The address a request came from, behind proxies that we know."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

Network = IPv4Network | IPv6Network


def address(request: HttpRequest) -> str | None:
    """The client's address; None where the connection has none (a Unix socket).

    X-Forwarded-For is read from its end, and only as far as each hop is one of TRUSTED_PROXIES.
    """
    found = _parsed(request.META.get("REMOTE_ADDR", ""))
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while found and hops and _trusted(found, settings.TRUSTED_PROXIES):
        before = _parsed(hops.pop())
        if before is None:
            break
        found = before
    return str(found) if found else None


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _trusted(found: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(found in network for network in networks)
