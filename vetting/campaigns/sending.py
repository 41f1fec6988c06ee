"""Sending a webhook without being led astray: no private address, no redirect, no answer without end.

The name is resolved once, every address that it has is checked, and the connection goes to one that was checked: a
name that changes its mind between two look-ups leads nowhere.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from vetting.common import ApplicationError

DEADLINE = 5.0  # s from the first packet to the end of the answer, also where it drips
MOST_READ = 10_000  # bytes of the answer
# They carry an IPv4 address inside, which may be a private one, or lead nowhere in the open net.
CARRIERS = [
    ipaddress.ip_network(each)
    for each in (
        "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "::ffff:0:0:0/96", "fec0::/10",
        "5f00::/16", "192.0.0.0/24", "192.88.99.0/24",
    )
]  # fmt: skip


class AddressError(ApplicationError):
    """An address that nothing is sent to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``status`` is None where nothing did."""

    status: int | None
    said: str

    @property
    def is_taken(self) -> bool:
        """Whether the receiver took the event: any 2xx; a redirect is not followed."""
        return self.status is not None and 200 <= self.status < 300


def address_check(address: str, allowed: Collection[str]) -> SplitResult:
    """Return the parts of an address that may be sent to: https, or a host and port that the site allows by name."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise AddressError(f"expected an address such as https://example.org/hook, got {address!r}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or any(mark in address for mark in "\r\n\t \\"):
        raise AddressError(f"expected an address such as https://example.org/hook, got {address!r}")
    if not address.isascii():
        raise AddressError(f"expected an address in ASCII, with its other letters as %XX, got {address!r}")
    if parts.username is not None or parts.password is not None:
        raise AddressError("expected an address without user name and password")
    if parts.scheme != "https" and not is_allowed(parts.hostname, port or 80, allowed):
        raise AddressError(f"expected https://, got {parts.scheme}://: what is sent is for the receiver alone")
    return parts


def is_allowed(host: str, port: int, allowed: Collection[str]) -> bool:
    """Say whether the site names a host and port as one that may be private and without TLS."""
    return f"{host}:{port}" in allowed


def is_public(text: str) -> bool:
    """Say whether an IP address is one of the open net."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return is_public(str(address.ipv4_mapped))
    if any(address in carrier for carrier in CARRIERS):
        return False
    return address.is_global and not address.is_multicast


def resolve(host: str, port: int, allowed: Collection[str]) -> str:
    """Return the IP address to connect to; none of those that the name has may be private."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressError(f"{host} has no address: {error}") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not is_allowed(host, port, allowed):
        private = [address for address in addresses if not is_public(address)]
        if private:
            raise AddressError(f"{host} is {private[0]}, which is not an address of the open net")
    return addresses[0]


def send(address: str, body: bytes, headers: Mapping[str, str], *, allowed: Collection[str]) -> Answer:
    """Post a body, once; whatever goes wrong is said in the answer."""
    try:
        parts = address_check(address, allowed)
        host = str(parts.hostname)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found, ends = resolve(host, port, allowed), time.monotonic() + DEADLINE
        sock = socket.create_connection((found, port), timeout=DEADLINE)
    except (ApplicationError, OSError) as error:
        return Answer(None, str(error))
    guard = _Guard(sock, ends)
    try:
        if parts.scheme == "https":
            secured = ssl.create_default_context().wrap_socket(
                sock, server_hostname=host, do_handshake_on_connect=False
            )
            sock = guard.sock = secured
            secured.do_handshake()
        answer = _post(sock, parts, body, headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        answer = Answer(None, f"{type(error).__name__}: {error}")
    finally:
        guard.end()
    is_late = guard.has_cut or time.monotonic() > ends
    return Answer(None, f"the exchange took longer than {DEADLINE:g} s") if is_late else answer


class _Guard:
    """Ends a connection at the deadline; what was read of an answer that was cut is no answer."""

    def __init__(self, sock: socket.socket, ends: float) -> None:
        self.sock = sock
        self.has_cut = False
        self._timer = threading.Timer(max(ends - time.monotonic(), 0), self._cut)
        self._timer.daemon = True
        self._timer.start()

    def _cut(self) -> None:
        self.has_cut = True
        with suppress(OSError):  # it may have ended by itself
            self.sock.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """Close the connection."""
        self._timer.cancel()
        self.sock.close()


def _post(sock: socket.socket, parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> Answer:
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port)
    connection.sock = sock
    connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, dict(headers))
    answer = connection.getresponse()
    text = answer.read(MOST_READ).decode(errors="replace")
    said = ": ".join(filter(None, [answer.reason, text.strip()]))
    return Answer(answer.status, "" if 200 <= answer.status < 300 else said)
