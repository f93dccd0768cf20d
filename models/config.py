"""The installation's settings, read once from the environment (README: "Configuration")."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path


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
        data_dir = Path(env.get("DATA_DIR") or "var").absolute()
        data_dir.mkdir(parents=True, exist_ok=True)
        port = int(env.get("PORT") or 8000)
        return cls(
            data_dir=data_dir,
            database_url=env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'kundbok.db'}",
            base_url=(env.get("BASE_URL") or f"http://127.0.0.1:{port}").rstrip("/"),
            port=port,
            secret_key=env.get("SECRET_KEY") or kept_secret(data_dir / "secret_key"),
            smtp_url=env.get("SMTP_URL") or "",
            trusted_proxies=int(env.get("TRUSTED_PROXIES") or 0),
            files_url=env.get("FILES_URL") or f"file://{data_dir / 'files'}",
        )

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def sqlite_path(self) -> str | None:
        """The database file when it is SQLite, else None."""
        prefix = "sqlite:///"
        return self.database_url.removeprefix(prefix) if self.database_url.startswith(prefix) else None


def kept_secret(path: Path) -> str:
    """The secret made at the first start. O_EXCL: of two processes starting at once one writes, both read."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass
    return path.read_text().strip()
