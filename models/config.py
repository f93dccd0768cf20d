"""The installation's settings, read once from the environment (README: "Configuration")."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

DATABASES = ("sqlite:///", "postgresql://", "postgres://")
SHORTEST_SECRET = 32


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
        data_dir = Path(env.get("DATA_DIR") or "var").absolute()
        data_dir.mkdir(parents=True, exist_ok=True)
        port = number(env, "PORT", 8000)
        return cls(
            data_dir=data_dir,
            database_url=address(env, "DATABASE_URL", DATABASES) or f"sqlite:///{data_dir / 'kundbok.db'}",
            base_url=(address(env, "BASE_URL", ("http://", "https://")) or f"http://127.0.0.1:{port}").rstrip("/"),
            port=port,
            secret_key=long_enough(env.get("SECRET_KEY") or kept_secret(data_dir / "secret_key")),
            smtp_url=address(env, "SMTP_URL", ("smtp://", "smtps://")),
            trusted_proxies=number(env, "TRUSTED_PROXIES", 0),
            files_url=address(env, "FILES_URL", ("file:///", "s3://")) or f"file://{data_dir / 'files'}",
        )

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def sqlite_path(self) -> str | None:
        """The database file when it is SQLite, else None."""
        prefix = "sqlite:///"
        return self.database_url.removeprefix(prefix) if self.database_url.startswith(prefix) else None


def number(env, name: str, usual: int) -> int:
    value = env.get(name) or str(usual)
    if not value.isdecimal():
        raise ValueError(f"{name} must be a number, not {value!r}.")
    return int(value)


def address(env, name: str, beginnings: tuple[str, ...]) -> str:
    """The address as it stands; it may hold a password, so the sentence does not repeat it."""
    value = env.get(name) or ""
    if value and not value.startswith(beginnings):
        raise ValueError(f"{name} must begin with {' or '.join(beginnings)}.")
    return value


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
