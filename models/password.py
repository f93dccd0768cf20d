"""Passwords and second factors: argon2 hashes, TOTP codes, random tokens kept as hashes."""

import hashlib
import os
import secrets

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.refusals import Refusal, refuse

SHORTEST = 10
HELP = "password.guessable"

# What is tried first everywhere, without the digits and signs people add.
COMMON = frozenset(
    """password passwordpassword passw0rd p@ssword losenord lösenord lösenordet passord passordet hemligt
    qwerty qwertyuiop qwertyuiopå asdfghjkl asdfghjklö zxcvbnm qazwsx qazwsxedc welcome valkommen välkommen
    velkommen iloveyou letmein letmeinnow administrator admin adminadmin kundbok kundbokkundbok changeme
    sommar vinter hösten sommer sunshine princess football fotboll fotball monkey dragon abcdefghij
    пароль парольпароль йцукен йцукенгшщз адміністратор україна любов""".split()
)
RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz")
FEWEST_DIFFERENT = 4
FEWEST_OWN = 4

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


def weaknesses(password: str, *known: str) -> list[Refusal]:
    """Why this password will not do; `known` is what everybody knows of its owner: login, name, e-mail."""
    if len(password) < SHORTEST:
        return [refuse("password.short", low=SHORTEST, length=len(password), code=HELP)]
    return [refuse("password.guessable", code=HELP)] if _is_guessable(password.casefold(), known) else []


def _is_guessable(password: str, known: tuple[str, ...]) -> bool:
    core = password.strip("0123456789!?.,*#-_ ")
    if core in COMMON or len(set(password)) < FEWEST_DIFFERENT or any(password in run for run in RUNS):
        return True
    squeezed = _squeezed(password)
    return any(name in squeezed and len(squeezed) - len(name) < FEWEST_OWN for name in map(_squeezed, known) if name)


def _squeezed(text: str) -> str:
    return "".join(char for char in text.casefold().partition("@")[0] if char.isalnum())


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
