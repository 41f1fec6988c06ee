"""Signatures of webhooks, as standardwebhooks.com describes them: HMAC-SHA256 over id, time and body."""

import base64
import hashlib
import hmac
import secrets

PREFIX = "whsec_"
TOLERANCE = 300  # s that a signature is good for


def secret_new() -> str:
    """Make a secret of 256 bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, event_id: str, timestamp: int, body: bytes) -> str:
    """Sign a body that is sent at a Unix time."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b".".join((event_id.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def is_signed(secret: str, event_id: str, timestamp: str, given: str, body: bytes, *, now: float) -> bool:
    """Say whether what came was signed with the secret, not long ago; ``given`` may hold several signatures."""
    if not timestamp.isdecimal() or abs(now - int(timestamp)) > TOLERANCE:
        return False
    wanted = signature(secret, event_id, int(timestamp), body)
    return any(hmac.compare_digest(wanted.encode(), each.encode()) for each in given.split())
