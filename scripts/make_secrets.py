"""Print fresh secrets for a hospital's .env file: ``python3 scripts/make_secrets.py > .env``.

Keep the result safe and backed up: what the vault's keys encrypted, nobody reads without them.
"""

import base64
import secrets


def main() -> None:
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    print(f"MEDAPP_SECRET_KEY={secrets.token_urlsafe(48)}")
    print(f"MEDAPP_VAULT_KEYS=k1:{key}")
    print(f"DB_PASSWORD={secrets.token_hex(24)}")
    print(f"BROKER_PASSWORD={secrets.token_hex(24)}")
    print("MEDAPP_ALLOWED_HOSTS=localhost")


if __name__ == "__main__":
    main()
