"""A patient's record as passages that can be cited, in the active language, as far as the reader may see it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consult.passages import PASSAGE_CHARACTERS, Found, pieces
from medapp import plugs
from medapp.accounts.access import can, visible_to
from medapp.accounts.actions import Action
from medapp.accounts.models import User
from medapp.records.catalogue import MEASURES
from medapp.records.models import AllergyIntolerance, Condition, MedicationRequest, Note, Observation, Patient
from medapp.records.presenters import (
    condition_name,
    medication_name,
    number_words,
    observation_name,
    range_words,
    substance_name,
    unit_words,
)
from medapp.records.queries import Chart, Series, chart
from medapp.ui.words import age, is_chinese

EARLIER_VALUES = 4
LATEST_ENTRIES = 12  # of each department
# A clinic's notes repeat themselves: of two that fit alike, the newer one is meant.
# What is coded in the record answers before what is told in prose.
EXACT = 0.05
OLDER, OLD_AFTER = 0.004, 10
# Told from their own rows in more detail; and what a model said before is no source for what it says next.
TOLD_HERE = frozenset(["note", "condition", "medication", "vital", "lab", "consult"])
MEASURE_OF = {measure.code: measure for measure in MEASURES}
# By what else each kind of entry, and a measurement (by its LOINC code), is asked for; searched, never shown.
ALSO = {
    "patient": "age old sex 年龄 多大 几岁 性别",
    "condition": "diagnosis disease illness history 诊断 疾病 患病 病史 什么病",
    "medication": "drug medicine taking take prescribed 药 吃 服 药物 用药 吃药 服药 服用 剂量",
    "allergy": "allergic allergy reaction 过敏 过敏史 过敏原",
    "note": "plan assessment visit history examination 计划 处理 就诊 门诊 查体 主诉",
    "8480-6": "血压 blood pressure",
    "8462-4": "血压 blood pressure",
    "14682-9": "肾功能 kidney renal function",
    "22664-7": "肾功能 kidney renal function",
    "1742-6": "肝功能 liver function 转氨酶",
    "1920-8": "肝功能 liver function 转氨酶",
    "4548-4": "血糖控制 glucose control diabetes 糖尿病",
    "718-7": "贫血 anaemia",
    "3016-3": "甲状腺功能 thyroid function",
    "14647-2": "血脂 lipids",
    "22748-8": "血脂 lipids",
}


class Marks(NamedTuple):
    """How a language parts words; a list in the wrong script's marks reads like a machine's."""

    comma: str
    semicolon: str
    colon: str
    stop: str
    opening: str
    closing: str


CHINESE = Marks("，", "；", "：", "。", "（", "）")
ENGLISH = Marks(", ", "; ", ": ", ".", " (", ")")


def marks() -> Marks:
    return CHINESE if is_chinese() else ENGLISH


def record_passages(patient: Patient, user: User) -> Iterator[Found]:
    """Yield what ``user`` may read of the record, in pieces short enough to cite, the newest first."""
    if not can(user, Action.CHART_READ, patient):
        return
    whole = chart(patient)
    yield from _person(patient)
    yield from _lists(patient, whole)
    for series in [*whole.laboratory, *whole.vitals]:
        yield _measure(patient, series)
    yield from _notes(patient, user)
    yield from _other_departments(patient, user)


def _person(patient: Patient) -> Iterator[Found]:
    years = age(patient.birth_date, patient.deceased_date)
    words = {"sex": patient.get_sex_display(), "born": patient.birth_date, "age": years}
    text = _("The patient is %(sex)s, born on %(born)s, aged %(age)s.") % words
    page = reverse("chart", args=[patient.pk])
    yield Found("patient", str(patient.pk), _("Patient"), text, page, also=ALSO["patient"], prior=EXACT)


def _lists(patient: Patient, whole: Chart) -> Iterator[Found]:
    """Yield problems, medications and allergies, each as one list: a question asks for all of them.

    That there are none of the current ones is an answer as well.
    """
    page = reverse("chart", args=[patient.pk])
    lists = (
        ("condition", _("Active problems"), map(_problem, whole.problems), "#problems", True),
        ("condition", _("Resolved problems"), map(_problem, whole.past_problems), "#problems", False),
        ("medication", _("Current medication"), map(_medication, whole.medications), "#medications", True),
        ("medication", _("Past medication"), map(_medication, whole.past_medications), "#medications", False),
        ("allergy", _("Allergies"), map(_allergy, whole.allergies), "#allergies", True),
    )
    for kind, title, rows, place, is_current in lists:
        items = "\n".join(rows) or (_("none recorded") if is_current else "")
        for piece in pieces(items):
            listed = marks().semicolon.join(piece.split("\n"))
            text = f"{title}{marks().colon}{listed}{marks().stop}"
            yield Found(kind, "", title, text, page + place, also=ALSO[kind], prior=EXACT)


def _problem(row: Condition) -> str:
    name = f"{condition_name(row)} ({row.code})" if row.code else condition_name(row)
    since = _("since %(day)s") % {"day": row.onset_date} if row.onset_date else ""
    ended = _("resolved on %(day)s") % {"day": row.resolved_date} if row.resolved_date else ""
    return _joined(name, since, ended)


def _medication(row: MedicationRequest) -> str:
    dose = " ".join(part for part in (medication_name(row), row.dose_text, row.frequency, row.route) if part)
    since = _("since %(day)s") % {"day": row.started_at}
    ended = _("until %(day)s") % {"day": row.ended_at} if row.ended_at else ""
    return _joined(dose, since, ended, row.status_reason)


def _allergy(row: AllergyIntolerance) -> str:
    refuted = row.get_status_display() if row.status == row.Status.REFUTED else ""
    return _joined(substance_name(row), row.reaction, row.get_criticality_display(), refuted)


def _measure(patient: Patient, series: Series) -> Found:
    """One measurement as one sentence: the latest value with its range, then the ones before it."""
    latest, name = series.latest, observation_name(series.latest)
    before = reversed(series.observations[:-1][-EARLIER_VALUES:])
    text = f"{name} {_value(latest)}{_judged(latest)}"
    earlier = marks().comma.join(_value(row) for row in before)
    if earlier:
        text += marks().semicolon + _("before: %(values)s") % {"values": earlier}
    url = reverse("observations", args=[patient.pk]) + f"#m-{series.code}"
    text = text[:PASSAGE_CHARACTERS] + marks().stop
    return Found(latest.category, series.code, name, text, url, also=_other_names(latest), prior=EXACT)


def _other_names(row: Observation) -> str:
    known = MEASURE_OF.get(row.code)
    aliases = known.aliases if known else ()
    return " ".join([row.display_zh, row.display_en, *aliases, ALSO.get(row.code, "")])


def _value(row: Observation) -> str:
    value = row.value_text or f"{number_words(row.value_number)} {unit_words(row.unit)}".strip()
    return _("%(value)s on %(day)s") % {"value": value, "day": _day(row.observed_at)}


def _judged(row: Observation) -> str:
    flag = {"low": _("low"), "high": _("high")}.get(row.flag, "")
    normal = range_words(row)
    words = [flag, _("reference range %(range)s") % {"range": normal} if normal else ""]
    inside = marks().comma.join(word for word in words if word)
    return f"{marks().opening}{inside}{marks().closing}" if inside else ""


def _notes(patient: Patient, user: User) -> Iterator[Found]:
    """Yield notes that a person wrote or signed. What repeats an earlier passage word for word is left out."""
    drafts_of_models = Q(status=Note.Status.DRAFT, origin=Note.Origin.AI_DRAFT)
    seen: set[str] = set()
    mine = Note.objects.filter(patient=patient).exclude(drafts_of_models)
    for place, note in enumerate(visible_to(user, Action.CHART_READ, mine)):
        title, day = note.title or note.get_kind_display(), _day(note.recorded_at)
        title = title if day in title else f"{title} {day}"
        for piece in pieces(note.text):
            if piece not in seen:
                seen.add(piece)
                url, older = reverse("note", args=[note.pk]), min(place, OLD_AFTER) * OLDER
                yield Found("note", str(note.pk), title, piece, url, prior=-older, also=ALSO["note"])


def _other_departments(patient: Patient, user: User) -> Iterator[Found]:
    """Yield what visits, images and findings leave on the timeline."""
    page = reverse("timeline", args=[patient.pk])
    for source in plugs.timeline_sources:
        if source.key not in TOLD_HERE and can(user, Action(source.action)):
            yield from _from_timeline(source.fetch(patient, user), page)


def _from_timeline(entries: Iterable[plugs.TimelineEntry], page: str) -> Iterator[Found]:
    told = [entry for entry in entries if entry.kind not in TOLD_HERE]
    for entry in sorted(told, key=lambda one: one.at, reverse=True)[:LATEST_ENTRIES]:
        title = _("AI: %(title)s") % {"title": entry.title} if entry.is_machine_made else str(entry.title)
        said_by = entry.by if entry.is_machine_made else ""
        text = _joined(f"{_day(entry.at)} {title}", entry.detail, said_by)[:PASSAGE_CHARACTERS]
        yield Found(entry.kind, "", title, text, entry.url or page)


def _joined(*parts: str) -> str:
    return marks().comma.join(part for part in parts if part)


def _day(moment: datetime) -> str:
    return f"{timezone.localdate(moment):%Y-%m-%d}"
