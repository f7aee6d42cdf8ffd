import pytest
from django.db import DatabaseError, connection, transaction

from medapp.audit import triggers
from medapp.audit.errors import AppendOnlyError
from medapp.audit.models import Event

pytestmark = pytest.mark.django_db
CHANGES = [
    "UPDATE audit_event SET actor_name = 'nobody'",
    "UPDATE audit_event SET reason_token = ''",
    "DELETE FROM audit_event WHERE sequence = 5",
    "DELETE FROM audit_chainhead",
    "UPDATE audit_chainhead SET sequence = 1",
    "UPDATE audit_chainhead SET hash = 'x'",
]


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("sql", CHANGES)
def test_database_refuses_to_change_the_past(five_events, sql):
    with pytest.raises(DatabaseError, match="append-only|only moves forward"):
        run(sql)


def test_sqlite_refuses_to_replace_an_event(five_events):
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's")
    with pytest.raises(DatabaseError, match="append-only"):
        run("INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event LIMIT 1")


@pytest.mark.hospital
@pytest.mark.parametrize("table", ["audit_event", "audit_chainhead"])
def test_postgresql_refuses_to_empty_the_tables(five_events, table):
    if connection.vendor != "postgresql":
        pytest.skip("TRUNCATE is PostgreSQL's")
    with pytest.raises(DatabaseError, match="append-only|only moves forward"):
        run(f"TRUNCATE {table}")


def test_models_refuse_in_words(five_events):
    event = five_events[0]

    for change in (
        event.save,
        event.delete,
        Event.objects.all().delete,
        lambda: Event.objects.update(action="x"),
    ):
        with pytest.raises(AppendOnlyError, match=r"\w"):
            change()


def test_triggers_are_in_place_and_can_be_taken_back():
    assert triggers.missing(connection) == []

    triggers.remove(connection)
    assert len(triggers.missing(connection)) == 5
    triggers.install(connection)
    assert triggers.missing(connection) == []
