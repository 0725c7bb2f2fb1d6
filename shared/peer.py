"""Whose request this is: the connection's own address, or what a trusted proxy says. Pure.

It believes no header of anybody else: a client that could name itself would have no limits.
"""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, with commas or spaces between them. Raises: ValueError."""
    return tuple(ip_network(one) for one in text.replace(",", " ").split())


def client_of(peer: str | None, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> str:
    """The client, as a limit may count it: an IPv4 address, or the /64 of an IPv6 one.

    `forwarded_for`: the values of X-Forwarded-For, in order. They are read from the end, where the
    nearest proxy wrote, and only as far as the one who wrote is trusted.
    """
    client = address_of(peer or "")
    if client is None:
        return "unknown"
    hops = [one.strip() for value in forwarded_for for one in value.split(",")]
    while hops and any(client in one for one in trusted):
        before = address_of(hops.pop())
        if before is None:
            break
        client = before
    return counted(client)


def address_of(text: str) -> Address | None:
    """The address that is written there, None if that is none; also with a port, and IPv6 in
    brackets, as some proxies write them."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def counted(client: Address) -> str:
    """As limits count it: whoever has one IPv6 address has all of its /64 (RFC 6177 §2)."""
    if isinstance(client, IPv6Address):
        return str(ip_network((client, 64), strict=False))
    return str(client)
