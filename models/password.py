"""Passwords and second factors: argon2 hashes, TOTP codes, random tokens kept as hashes."""

import hashlib
import os
import secrets

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10

# 19 MiB, 2 passes: about 40 ms. PASSWORD_COST=low is for tests, where hashing is not what is tested.
_hasher = (
    PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    if os.environ.get("PASSWORD_COST") == "low"
    else PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
)
_DUMMY = _hasher.hash(secrets.token_urlsafe())


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def verify(password: str, hashed: str) -> bool:
    """Costs the same for an unknown user (`hashed` empty), so that timing does not tell who exists."""
    try:
        return _hasher.verify(hashed or _DUMMY, password) and bool(hashed)
    except (VerificationError, InvalidHashError):
        return False


def new_token() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_totp_secret() -> str:
    return pyotp.random_base32()


def totp_address(secret: str, login: str, issuer: str) -> str:
    """The otpauth:// address an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def totp_step(secret: str, code: str, at) -> int | None:
    """The 30-second step the code belongs to (one step of drift either way), or None when it is wrong."""
    totp = pyotp.TOTP(secret)
    step = totp.timecode(at)
    for candidate in (step, step - 1, step + 1):
        if secrets.compare_digest(totp.generate_otp(candidate), code.strip().replace(" ", "")):
            return candidate
    return None
