"""Connections to public addresses alone: the address that was checked is the one connected to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection, Iterable

from httpcore2 import SOCKET_OPTION, ConnectError, NetworkBackend, NetworkStream, SyncBackend

from pipeline.errors import FetchError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class PublicNetwork(NetworkBackend):
    """Connects to hosts whose addresses are public; `allowed` are names of hosts that need not be.

    A name is resolved once: each address is checked, and the first that accepts is connected to by
    its number. A name that leads elsewhere the next moment (DNS rebinding) gains nothing.
    """

    def __init__(self, *, allowed: Collection[str] = ()) -> None:
        self._allowed = frozenset(name.casefold() for name in allowed)
        self._sockets = SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        """Return a connection. Raises FetchError for a host with an address that is not public."""
        addresses = self._checked(host, port)
        fault: ConnectError | None = None
        for address in addresses:
            try:
                return self._sockets.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except ConnectError as error:
                fault = error
        raise fault or ConnectError(f"{host} has no address")

    def _checked(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise FetchError(f"{host}: no such host: {reason}", hint="check the address") from error
        addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
        if host.casefold().strip("[]") not in self._allowed:
            for address in addresses:
                if not is_public(address):
                    raise FetchError(
                        f"{host} is not on the public network: {address}",
                        hint=f"if it is meant, allow it: --allow-private {host}, in a night"
                        " nightly.pull.allow_private",
                    )
        return addresses


def is_public(address: str) -> bool:
    """Tell whether an address in numbers can be reached from everywhere, and is meant to be.

    An IPv4 address inside one of IPv6 counts for itself.
    """
    number: _Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour
        if number in _NAT64:
            inner = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
        if inner is not None:
            number = inner
    return number.is_global and not number.is_multicast and not number.is_reserved
