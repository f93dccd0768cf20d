"""The installation's settings, read once from the environment (README: "Configuration")."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

DATABASES = ("sqlite:///", "postgresql://", "postgres://")
SHORTEST_SECRET = 32
LAST_PORT = 65535


@dataclass(frozen=True)
class Config:
    """`data_dir` is absolute; `base_url` has no trailing slash; `secret_key` is at least 32 characters."""

    data_dir: Path
    database_url: str
    base_url: str
    port: int
    secret_key: str
    smtp_url: str
    trusted_proxies: int
    files_url: str

    @classmethod
    def from_env(cls, env=os.environ) -> "Config":
        """Raises ValueError with a sentence for a setting that cannot be meant."""
        data_dir = folder(env, "DATA_DIR", "var")
        port = number(env, "PORT", 8000, most=LAST_PORT)
        return cls(
            data_dir=data_dir,
            database_url=address(env, "DATABASE_URL", DATABASES) or f"sqlite:///{data_dir / 'kundbok.db'}",
            base_url=(host_address(env, "BASE_URL", ("http://", "https://")) or f"http://127.0.0.1:{port}").rstrip("/"),
            port=port,
            secret_key=long_enough(env.get("SECRET_KEY") or kept_secret(data_dir / "secret_key")),
            smtp_url=host_address(env, "SMTP_URL", ("smtp://", "smtps://")),
            trusted_proxies=number(env, "TRUSTED_PROXIES", 0),
            files_url=host_address(env, "FILES_URL", ("file:///", "s3://")) or f"file://{data_dir / 'files'}",
        )

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def sqlite_path(self) -> str | None:
        """The database file when it is SQLite, else None."""
        prefix = "sqlite:///"
        return self.database_url.removeprefix(prefix) if self.database_url.startswith(prefix) else None


def folder(env, name: str, usual: str) -> Path:
    path = Path(env.get(name) or usual).absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"{name} must be a folder that can be made: {path}: {error.strerror}.") from None
    return path


def number(env, name: str, usual: int, most: int = 100) -> int:
    value = env.get(name) or str(usual)
    if not value.isdecimal() or int(value) > most:
        raise ValueError(f"{name} must be a number from 0 to {most}, not {value!r}.")
    return int(value)


def address(env, name: str, beginnings: tuple[str, ...]) -> str:
    """The address as it stands; it may hold a password, so the sentence does not repeat it."""
    value = env.get(name) or ""
    if value and not value.startswith(beginnings):
        raise ValueError(f"{name} must begin with {' or '.join(beginnings)}.")
    return value


def host_address(env, name: str, beginnings: tuple[str, ...]) -> str:
    """The same for one that must name a machine (or a bucket), and a port only where there can be one."""
    value = address(env, name, beginnings)
    if value and not value.startswith("file:") and not has_host(value):
        raise ValueError(f"{name} must name a host, and a port only from 1 to {LAST_PORT}.")
    return value


def has_host(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, or half an IPv6 address
        return False


def long_enough(secret: str) -> str:
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"SECRET_KEY must have at least {SHORTEST_SECRET} characters.")
    return secret


def kept_secret(path: Path) -> str:
    """The secret made at the first start. It appears whole or not at all: of two processes starting at once, one's is
    kept and both read it."""
    if not path.exists():
        unfinished = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(unfinished, path)
        unfinished.unlink()
    return path.read_text().strip()
