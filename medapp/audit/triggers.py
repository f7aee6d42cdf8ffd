"""The database itself refuses to change or remove an event, and to move the chain's head back."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "audit events are append-only"
HEAD_REFUSAL = "the head of the audit chain only moves forward"

# INSERT OR REPLACE removes a row without firing DELETE triggers, hence the first trigger.
SQLITE = {
    "audit_event_no_replace": f"""
        BEFORE INSERT ON audit_event
        WHEN EXISTS (SELECT 1 FROM audit_event
                     WHERE id = NEW.id OR sequence = NEW.sequence OR hash = NEW.hash)
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",  # noqa: S608 - a constant, no input
    "audit_event_no_update": f"""
        BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    "audit_event_no_delete": f"""
        BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    "audit_head_forward": f"""
        BEFORE UPDATE ON audit_chainhead
        WHEN NEW.sequence < OLD.sequence OR (NEW.sequence = OLD.sequence AND NEW.hash <> OLD.hash)
        BEGIN SELECT RAISE(ABORT, '{HEAD_REFUSAL}'); END""",
    "audit_head_no_delete": f"""
        BEFORE DELETE ON audit_chainhead BEGIN SELECT RAISE(ABORT, '{HEAD_REFUSAL}'); END""",
}
POSTGRESQL = {
    "audit_event_no_change": """
        BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_event_refuse()""",
    "audit_event_no_truncate": """
        BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()""",
    "audit_head_forward": """
        BEFORE UPDATE ON audit_chainhead FOR EACH ROW
        WHEN (NEW.sequence < OLD.sequence OR (NEW.sequence = OLD.sequence AND NEW.hash <> OLD.hash))
        EXECUTE FUNCTION audit_head_refuse()""",
    "audit_head_no_delete": """
        BEFORE DELETE ON audit_chainhead FOR EACH ROW EXECUTE FUNCTION audit_head_refuse()""",
    "audit_head_no_truncate": """
        BEFORE TRUNCATE ON audit_chainhead FOR EACH STATEMENT EXECUTE FUNCTION audit_head_refuse()""",
}
FUNCTIONS = {"audit_event_refuse": REFUSAL, "audit_head_refuse": HEAD_REFUSAL}
IN_PLACE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
}


class UnguardedDatabaseError(Exception):
    """The trail's promise can only be kept on SQLite and PostgreSQL."""


def install(connection: BaseDatabaseWrapper) -> None:
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for name, words in FUNCTIONS.items() if is_postgresql else ():
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$"
            )
        for name, body in _triggers(connection).items():
            cursor.execute(f"CREATE TRIGGER {name} {body}")


def remove(connection: BaseDatabaseWrapper) -> None:
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for name, body in _triggers(connection).items():
            table = body.split(" ON ")[1].split()[0]
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if is_postgresql else ""))
        for name in FUNCTIONS if is_postgresql else ():
            cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the triggers that are not in place."""
    expected = _triggers(connection)
    with connection.cursor() as cursor:
        cursor.execute(IN_PLACE[connection.vendor])
        found = {row[0] for row in cursor.fetchall()}
    return sorted(set(expected) - found)


def install_by_migration(apps: Any, schema_editor: Any) -> None:
    install(schema_editor.connection)


def remove_by_migration(apps: Any, schema_editor: Any) -> None:
    remove(schema_editor.connection)


def _triggers(connection: BaseDatabaseWrapper) -> dict[str, str]:
    by_vendor = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
    if connection.vendor not in by_vendor:
        raise UnguardedDatabaseError(connection.vendor)
    return by_vendor[connection.vendor]
