"""Networks of the proxies in front of the web server."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from django.core.exceptions import ImproperlyConfigured


def networks(name: str, texts: list[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks in `texts`, as 10.0.0.0/8.

    Raises ImproperlyConfigured, with `name` in it, when there is none or a wrong one.
    """
    try:
        found = tuple(ip_network(text.strip()) for text in texts)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}. Write networks as 10.0.0.0/8, with commas.") from None
    if not found:
        raise ImproperlyConfigured(f"{name} names no network. Write networks as 10.0.0.0/8, with commas.")
    return found
