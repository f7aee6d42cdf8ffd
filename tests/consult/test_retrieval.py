"""The right passages for questions in both languages: the real encoder, a record, the tool's own articles."""

from datetime import date
from decimal import Decimal

import pytest
import torch

from consult import engines
from consult.demo import ARTICLES
from consult.extract import best_quotes
from consult.models import Source
from consult.passages import reader_language, speak
from consult.retrieval import retrieve
from consult.services import embed_passages, import_articles
from consult.vectors import cached_vectors
from medapp.records import services
from ml.assemble import assemble
from tests.factories import accounts, records
from tests.factories.records import SOME_DAY

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
VALUES = {  # LOINC code: the values of three visits
    "718-7": ("98", "104", "112"),
    "4548-4": ("8.1", "7.4", "6.9"),
    "14682-9": ("88", "95", "121"),
    "8480-6": ("152", "147", "138"),
    "59408-5": ("97", "96", "93"),
    "1988-5": ("4", "31", "12"),
}
# question, what the best three passages must hold, what the answer by quotations must hold
ABOUT_THE_PATIENT = [
    ("What was the last HbA1c?", "HbA1c 6.9 %"),
    ("最近的糖化血红蛋白是多少?", "糖化血红蛋白 6.9 %"),
    ("最近的血红蛋白是多少?", "血红蛋白 112 g/L"),
    ("Is she anaemic? What is the haemoglobin?", "Haemoglobin 112 g/L"),
    ("CRP是多少?", "C反应蛋白 12 mg/L"),
    ("How is the kidney function?", "Creatinine 121"),
    ("血压怎么样?", "收缩压 138 mmHg"),
    ("血氧是多少?", "血氧饱和度 93 %"),
    ("What medication does she take?", "Metformin 850 mg"),
    ("她现在吃什么药?", "二甲双胍 850 mg"),
    ("Is she allergic to anything?", "Penicillin"),
    ("她对什么药过敏?", "青霉素"),
    ("诊断是什么?", "2型糖尿病"),
    ("What are her active problems?", "Type 2 diabetes mellitus"),
    ("How old is the patient?", "1960-05-25"),
    ("What was the plan at the last visit?", "eye check in spring"),
]
ABOUT_MEDICINE = [
    ("When is metformin stopped?", "eGFR falls below 30"),
    ("二甲双胍什么时候停用?", "停用二甲双胍"),
    ("Which oxygen saturation is the target in COPD?", "88 to 92 %"),
    ("儿童肺炎什么情况要住院?", "应住院治疗"),
    ("How is iron deficiency confirmed?", "ferritin below 30"),
    ("房颤能用阿司匹林预防卒中吗?", "阿司匹林不能预防"),
]
UNANSWERABLE = ["What is the capital of France?", "今天天气怎么样?", "病人的血型是什么?", "谁是院长?"]


@pytest.fixture(scope="module")
def real():
    assemble("multilingual-e5-small", lambda line: None)
    made = engines.encoder()
    torch.set_num_threads(1)  # two that spin for one another are slower than one, beside other tests
    return made


@pytest.fixture
def doctor(db):
    return accounts.user()


@pytest.fixture
def knowledge(real):
    source = Source.objects.create(key="demo", title="demo", licence="Apache-2.0")
    import_articles(source=source, lines=ARTICLES.read_text(encoding="utf-8").splitlines(), by=None)
    ids = list(source.articles.values_list("passages__pk", flat=True))
    embed_passages(ids=ids, embed=lambda texts: cached_vectors(texts, real.passages))


@pytest.fixture
def patient(doctor):
    made = accounts.patient([doctor], sex="female", birth_date=date(1960, 5, 25))
    for code, values in VALUES.items():
        for month, value in enumerate(values, start=1):
            at = SOME_DAY.replace(month=month)
            measured = services.Measured(code=code, observed_at=at, number=Decimal(value))
            services.add_observation(patient=made, measured=measured, by=doctor)
    services.add_condition(
        patient=made, display="2型糖尿病", code="E11.9", display_en="Type 2 diabetes mellitus", by=doctor
    )
    medication = {"name": "二甲双胍", "name_en": "Metformin", "dose_text": "850 mg"}
    services.add_medication(patient=made, by=doctor, started_at=SOME_DAY.date(), **medication)
    services.add_allergy(
        patient=made, substance="青霉素", substance_en="Penicillin", reaction="rash", by=doctor
    )
    text = "History: Well, walks daily.\n\nAssessment and plan: Metformin unchanged, eye check in spring."
    records.signed_note(made, doctor, text=text, title="Outpatient note")
    return made


def quoted(question, patient, doctor, real) -> str:
    with speak(reader_language(question)):
        found = retrieve(question, patient, doctor, real)
        return " ".join(one.text for one in best_quotes(question, found, real.queries, real.passages))


def test_questions_about_the_patient_are_answered_from_the_record(knowledge, patient, doctor, real):
    missed = [q for q, wanted in ABOUT_THE_PATIENT if wanted not in quoted(q, patient, doctor, real)]
    assert missed == []


def test_questions_about_medicine_are_answered_from_the_articles(knowledge, patient, doctor, real):
    missed = [q for q, wanted in ABOUT_MEDICINE if wanted not in quoted(q, patient, doctor, real)]
    assert missed == []


def test_the_same_without_a_patient(knowledge, doctor, real):
    missed = [q for q, wanted in ABOUT_MEDICINE if wanted not in quoted(q, None, doctor, real)]
    assert missed == []


@pytest.mark.parametrize("question", UNANSWERABLE)
def test_what_no_source_holds_is_answered_by_nothing(knowledge, patient, doctor, real, question):
    assert quoted(question, patient, doctor, real) == ""
