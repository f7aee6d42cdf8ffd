"""Small readers of environment variables. Each fails loudly on a value it cannot read."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


class BadSettingError(Exception):
    """An environment variable holds a value that the application cannot use."""

    def __init__(self, name: str, wanted: str) -> None:
        super().__init__(f"The environment variable {name} must be {wanted}.")


def text(name: str, default: str = "") -> str:
    """Return NAME, or the content of the file named by NAME_FILE (for mounted secrets)."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def flag(name: str, default: bool) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    if value.lower() not in words:
        raise BadSettingError(name, "true or false")
    return words[value.lower()]


def number(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise BadSettingError(name, "a whole number") from None


def words(name: str, default: str = "") -> list[str]:
    """Return the comma-separated values of NAME."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def folder(name: str, default: Path) -> Path:
    return Path(text(name) or default).resolve()


def database(name: str, sqlite_file: Path) -> dict[str, object]:
    """Return a Django DATABASES entry from a postgres:// URL, or SQLite where NAME is unset."""
    url = text(name)
    if not url:
        return _sqlite(sqlite_file)
    parts = urlsplit(url)
    if parts.scheme in ("postgres", "postgresql"):
        query = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.pop("host", parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": query,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    if parts.scheme == "sqlite":
        return _sqlite(Path(parts.path))
    raise BadSettingError(name, "a postgresql:// or sqlite:// address")


def _sqlite(path: Path) -> dict[str, object]:
    options: Mapping[str, object] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": dict(options)}
