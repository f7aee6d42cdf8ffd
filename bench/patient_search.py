"""Finding a patient among 50,000: seconds a query, against one pass over the table, which is what no index costs.

Usage: bench/patient_search.py [--patients N] [--runs N]
"""

import os
import random
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英建国志海燕"
QUERIES = ("B012345", "wangwei", "王", "zwm", "li jie", "伟芳", "nobody here", "wang 1980-01-01", "19800101")


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=50_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="medapp-bench-") as place:
        os.environ |= {"MEDAPP_VAR_DIR": place, "DJANGO_SETTINGS_MODULE": "medapp.settings"}
        _run(options.patients, options.runs)


def _run(count: int, runs: int) -> None:
    import django  # noqa: PLC0415 - only now the settings point at the empty folder

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db.models import Q  # noqa: PLC0415

    from bench.report import Line, report  # noqa: PLC0415
    from medapp.records.models import Patient, PatientSearchTerm  # noqa: PLC0415
    from medapp.records.search import match_patients  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    print(f"inventing {count:,} patients ...", flush=True)
    _invent(count)

    def ours(query: str) -> None:
        match_patients(Patient.objects.all(), query)

    def peer(query: str) -> None:
        anywhere = Q(mrn__contains=query) | Q(name_zh__contains=query) | Q(name_pinyin__contains=query)
        list(Patient.objects.filter(anywhere | Q(name_initials__contains=query))[:50])

    lines = [
        Line(
            query,
            "s",
            [_seconds(ours, query) for _ in range(runs)],
            [_seconds(peer, query) for _ in range(runs)],
            False,
        )
        for query in QUERIES
    ]
    slowest = max(median(line.ours) for line in lines)
    note = f"{PatientSearchTerm.objects.count():,} search terms; slowest query {slowest:.3f} s at the median"
    report("patient_search", lines, note)


def _invent(count: int) -> None:
    from django.db import transaction  # noqa: PLC0415

    from medapp.accounts.models import User  # noqa: PLC0415
    from medapp.records.models import Patient  # noqa: PLC0415
    from medapp.records.spelling import main_pinyin  # noqa: PLC0415
    from medapp.records.terms import refresh_terms  # noqa: PLC0415

    chance, by = random.Random(1), User.objects.create(username="bench", role="service")
    patients = []
    for number in range(count):
        name = chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN)
        letters, initials = main_pinyin(name, "")
        born = date(1930 + chance.randrange(90), 1 + chance.randrange(12), 1 + chance.randrange(28))
        patients.append(
            Patient(mrn=f"B{number:06}", name_zh=name, name_pinyin=letters, name_initials=initials,
                    birth_date=born, created_by=by)
        )  # fmt: skip
    with transaction.atomic():
        Patient.objects.bulk_create(patients, batch_size=2000)
        for start in range(0, count, 5000):
            refresh_terms(patients[start : start + 5000])


def _seconds(search: Callable[[str], None], query: str) -> float:
    began = time.perf_counter()
    search(query)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
