import re
import socket
import time
from pathlib import Path

import pytest

from vetting.campaigns.sending import AddressError, address_check, is_public, resolve, send
from vetting.campaigns.signing import is_signed, secret_new, signature

DOCS = Path(__file__).resolve().parents[3] / "docs" / "reference" / "webhooks.md"
SECRET, MESSAGE, AT = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
BODY = b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_signature_is_that_of_the_published_example():
    """The example of standardwebhooks.com's own reference."""
    assert signature(SECRET, MESSAGE, AT, BODY) == SIGNED


@pytest.mark.parametrize(
    ("body", "timestamp", "given", "good"),
    [
        (BODY, str(AT), SIGNED, True),
        (BODY, str(AT), f"v1,older {SIGNED}", True),
        (BODY + b" ", str(AT), SIGNED, False),
        (BODY, str(AT + 1), SIGNED, False),
        (BODY, "soon", SIGNED, False),
        (BODY, str(AT), "v1,ü", False),
    ],
)
def test_what_is_signed_is_known_from_what_is_not(body, timestamp, given, good):
    assert is_signed(SECRET, MESSAGE, timestamp, given, body, now=AT) is good


def test_an_old_signature_is_not_taken():
    assert not is_signed(SECRET, MESSAGE, str(AT), SIGNED, BODY, now=AT + 3600)


def test_every_secret_is_another():
    assert secret_new() != secret_new()


def test_the_example_of_the_documentation_checks_our_signatures():
    code = re.search(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL).group(1)
    held = {}
    exec(code, held)
    now, secret = int(time.time()), secret_new()
    headers = {"webhook-id": MESSAGE, "webhook-timestamp": str(now)}
    headers["webhook-signature"] = signature(secret, MESSAGE, now, BODY)
    assert held["is_ours"](secret, headers, BODY)
    assert not held["is_ours"](secret, headers, BODY + b" ")


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/hook",
        "file:///etc/passwd",
        "gopher://example.org/",
        "https://",
        "https://user:word@example.org/",
        "https://example.org:99999/",
        "https://example.org/\r\nHost: other",
        "https://[::1/",
        "",
    ],
)
def test_an_address_that_is_not_plain_https_is_refused(address):
    with pytest.raises(AddressError):
        address_check(address, [])


def test_the_site_may_allow_a_host_without_tls():
    assert address_check("http://hooks.local:8080/a", ["hooks.local:8080"]).hostname == "hooks.local"
    with pytest.raises(AddressError):
        address_check("http://hooks.local:8081/a", ["hooks.local:8080"])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "::127.0.0.1", "::ffff:0:127.0.0.1", "fec0::1", "5f00::1", "192.0.0.8", "192.88.99.1",
    ],
)  # fmt: skip
def test_a_private_address_is_not_of_the_open_net(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111"])
def test_a_public_address_is_of_the_open_net(address):
    assert is_public(address)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f000001", "0"])
def test_no_spelling_of_this_machine_is_reached(host):
    with pytest.raises(AddressError):
        resolve(host, 443, [])


def test_a_name_with_one_private_address_is_refused_as_a_whole(monkeypatch):
    both = [(socket.AF_INET, 1, 6, "", (ip, 443)) for ip in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(AddressError, match=r"10\.0\.0\.1"):
        resolve("example.org", 443, [])


def test_a_name_without_an_address_is_said():
    answer = send("https://nowhere.invalid/hook", b"", {}, allowed=[])
    assert (answer.status, "has no address" in answer.said) == (None, True)


def test_a_private_address_is_not_sent_to():
    answer = send("https://127.0.0.1/hook", b"", {}, allowed=[])
    assert (answer.status, answer.is_taken) == (None, False)
