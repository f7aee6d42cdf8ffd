"""Laptop defaults that need no configuration: secrets made once under ``var`` and the broker's address."""

import base64
import os
import secrets
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

# A unix socket's path may hold 107 characters (sun_path in unix(7)).
MAX_SOCKET_PATH = 100


def secret(path: Path, is_production: bool) -> str:
    """Return Django's secret key, made on first use.

    Raises ImproperlyConfigured in production, where MEDAPP_SECRET_KEY must be given.
    """
    return _made_once(path, lambda: secrets.token_urlsafe(48), "MEDAPP_SECRET_KEY", is_production)


def vault_keys(path: Path, is_production: bool) -> str:
    """Return the vault's key ring "id:base64", made on first use (see ``medapp.vault.keys``)."""

    def make() -> str:
        return "k1:" + base64.b64encode(secrets.token_bytes(32)).decode()

    return _made_once(path, make, "MEDAPP_VAULT_KEYS", is_production)


def socket_path(var_dir: Path) -> Path:
    """Return the broker's unix socket, in a short temporary folder where ``var_dir`` is too deep."""
    path = var_dir / "run" / "valkey.sock"
    if len(str(path)) <= MAX_SOCKET_PATH:
        return path
    name = sha256(str(var_dir).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"medapp-{os.getuid()}-{name}" / "valkey.sock"


def broker_url(var_dir: Path) -> str:
    return f"redis+socket://{socket_path(var_dir)}"


def is_open_broker(url: str) -> bool:
    """Tell whether anybody who reaches the broker's address could use it."""
    parts = urlsplit(url)
    return parts.scheme in ("redis", "valkey") and not parts.password


def _made_once(path: Path, make: Callable[[], str], setting: str, is_production: bool) -> str:
    if is_production:
        raise ImproperlyConfigured(f"{setting} must be set in production.")
    if not path.exists():
        _write_private(path, make())
    return path.read_text(encoding="ascii").strip()


def _write_private(path: Path, content: str) -> None:
    """Write a 0600 file; of several processes that start together the first one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.write(content)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
