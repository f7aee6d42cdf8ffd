import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from medapp.audit import triggers
from medapp.audit.chain import Break, examine, verify
from medapp.audit.hashing import event_hash
from medapp.audit.models import Event
from medapp.audit.services import record

pytestmark = pytest.mark.django_db
COLUMNS = [
    "at", "actor_id", "actor_name", "actor_role", "action", "outcome", "patient_id", "object_type", "object_id",
    "reason_token", "detail", "address", "request_id", "previous_hash", "hash",
]  # fmt: skip
OTHER = {
    "at": "2001-01-01 00:00:00",
    "outcome": "failed",
    "patient_id": "7f0d3b3c6b6f4d6f9d5a4c6d1d3c9b10",
    "detail": "{}",
}


def verified(**options: str) -> str:
    output = io.StringIO()
    call_command("verify_audit", stdout=output, stderr=io.StringIO(), **options)
    return output.getvalue()


def test_untouched_chain_holds(five_events):
    report = examine()

    assert (report.count, report.head_hash, report.broken) == (5, five_events[-1].hash, None)


def test_empty_chain_holds():
    assert verify() is None
    assert "0 events hold" in verified()


@pytest.mark.parametrize("column", COLUMNS)
def test_change_in_any_column_is_found(five_events, tamper, column):
    sql = f"UPDATE audit_event SET {column} = %s WHERE sequence = 3"  # noqa: S608 - constants
    tamper(sql, OTHER.get(column, "changed"))

    broken = verify()

    assert broken is not None
    assert broken.sequence == 3
    assert broken.kind == ("re-ordered" if column == "previous_hash" else "changed")


def test_change_with_a_new_hash_is_found(five_events, tamper):
    forged = Event.objects.values().get(sequence=3) | {"action": "harmless"}
    digest = event_hash(forged, forged["previous_hash"])
    tamper("UPDATE audit_event SET action = 'harmless', hash = %s WHERE sequence = 3", digest)

    assert verify() == Break(3, "changed")


def test_change_of_the_last_event_with_a_new_hash_is_found(five_events, tamper):
    forged = Event.objects.values().get(sequence=5) | {"action": "harmless"}
    digest = event_hash(forged, forged["previous_hash"])
    tamper("UPDATE audit_event SET action = 'harmless', hash = %s WHERE sequence = 5", digest)

    assert verify() == Break(5, "changed")


@pytest.mark.parametrize("sequence", [1, 3, 5])
def test_missing_event_is_named(five_events, tamper, sequence):
    tamper("DELETE FROM audit_event WHERE sequence = %s", sequence)

    assert verify() == Break(sequence, "missing")


def test_all_events_gone_is_found(five_events, tamper):
    tamper("DELETE FROM audit_event")

    assert verify() == Break(1, "missing")


def test_swapped_events_are_found(five_events, tamper):
    for old, new in ((2, 99), (3, 2), (99, 3)):
        tamper("UPDATE audit_event SET sequence = %s WHERE sequence = %s", new, old)

    assert verify() == Break(2, "re-ordered")


def test_tail_cut_off_together_with_the_head_is_found(five_events, tamper):
    tamper("DELETE FROM audit_event WHERE sequence > 3")
    tamper("UPDATE audit_chainhead SET sequence = 3, hash = %s", five_events[2].hash)

    assert verify() == Break(3, "head-forged")


def test_chain_put_back_to_an_earlier_state_is_found_by_the_exported_head(five_events, tamper):
    exported = examine().exported_head
    tamper("DELETE FROM audit_event")
    tamper("DELETE FROM audit_chainhead")
    record(action="fresh start", by=None)

    assert verify() is None
    assert examine(expected=exported).broken == Break(2, "missing")


def test_rewritten_past_is_found_by_the_exported_head(five_events, tamper):
    exported = examine().exported_head
    tamper("DELETE FROM audit_event")
    tamper("DELETE FROM audit_chainhead")
    for _ in range(6):
        record(action="invented", by=None)

    assert examine(expected=exported).broken == Break(5, "not-as-exported")


def test_event_past_the_head_is_found(five_events, tamper):
    kept = ", ".join(COLUMNS[:-1])
    tamper(
        f"INSERT INTO audit_event (id, sequence, hash, {kept}) SELECT id + 9, 6, 'x', {kept} "  # noqa: S608 - constants
        "FROM audit_event WHERE sequence = 5"
    )

    assert verify() == Break(6, "added")


def test_missing_head_is_found(five_events, tamper):
    tamper("DELETE FROM audit_chainhead")

    assert verify() == Break(5, "head-missing")


def test_missing_triggers_are_found(five_events):
    triggers.remove(connection)

    assert verify() == Break(5, "unguarded")


def test_events_written_during_verification_are_not_accused(five_events, monkeypatch):
    monkeypatch.setattr("medapp.audit.chain.CHUNK_ROWS", 1)

    assert examine(on_progress=lambda count: record(action="meanwhile", by=None)).broken is None


def test_command_prints_count_and_head(five_events, tmp_path):
    exported = tmp_path / "head"

    assert f"5 events hold. Head: 5:{five_events[-1].hash}" in verified(export=exported)
    assert "5 events hold" in verified(expect=exported.read_text())


def test_command_names_the_broken_row(five_events, tamper):
    tamper("UPDATE audit_event SET action = 'x' WHERE sequence = 2")

    with pytest.raises(CommandError, match="event 2 was changed"):
        verified()


def test_command_reports_as_json(five_events):
    report = json.loads(verified(json=True))

    assert (report["count"], report["broken"]) == (5, None)


def test_command_refuses_a_head_that_it_cannot_read(five_events):
    with pytest.raises(CommandError, match="NUMBER:HASH"):
        verified(expect="yesterday")
