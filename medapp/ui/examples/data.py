"""The patient, tables, results and charts."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from medapp.ui import charts

Data = dict[str, Any]


def patient() -> SimpleNamespace:
    return SimpleNamespace(
        name_zh="欧阳若兰",
        name_latin="Ouyang Ruolan",
        get_sex_display="女 female",
        birth_date=date(1957, 3, 9),
        deceased_date=None,
        mrn="MR-2024-001837",
    )


def menu() -> list[Data]:
    keys = [
        "worklist",
        "patients",
        "studies",
        "consultation",
        "knowledge",
        "batch",
        "models",
        "accountability",
        "admin",
    ]
    shortcuts = "wpsckbmoa"
    return [
        {"key": key, "label": key.title(), "url": "#", "active": n == 1, "shortcut": shortcuts[n]}
        for n, key in enumerate(keys)
    ]


def banner() -> Data:
    return {
        "allergies": [
            {"text": "青霉素 penicillin", "is_severe": True},
            {"text": "碘造影剂", "is_severe": False},
        ],
        "alerts": [{"text": "No AI: the patient does not agree to it", "level": "info"}],
        "team": ["李文博", "Dr Anna Schmidt"],
    }


def tabs() -> list[Data]:
    labels = [
        "病历 Chart",
        "时间线 Timeline",
        "影像 Images",
        "病程 Notes",
        "建议 Suggestions",
        "问诊 Consultations",
    ]
    return [
        {"key": str(n), "label": label, "url": "#", "active": n == 0, "count": 3 if n == 4 else 0}
        for n, label in enumerate(labels)
    ]


def columns() -> list[Data]:
    return [
        {"key": "name", "label": "姓名 Name"},
        {"key": "mrn", "label": "No."},
        {"key": "birth_date", "label": "出生 Born"},
        {"label": "科室 Department"},
        {"key": "count", "label": "检查 Studies", "number": True},
    ]


def rows() -> list[Data]:
    names = [
        "王伟",
        "李秀英",
        "阿卜杜拉·买买提江 Abdulla Mehmetjan",
        "Maria-Magdalena Schmidt-Kowalczyk",
        "欧阳若兰",
    ]
    return [
        {
            "url": "#",
            "cells": [
                name,
                f"MR-2024-00{n:04}",
                f"{1940 + n * 3}-{n % 12 + 1:02}-{n + 1:02}",
                "呼吸内科",
                n * 7,
            ],
        }
        for n, name in enumerate(names * 4)
    ]


def results() -> list[Data]:
    return [
        {
            "label": "钾 Potassium",
            "value": 5.9,
            "low": 3.5,
            "high": 5.3,
            "unit": "mmol/L",
            "values": [4, 3.2, 4.6, 5.9],
        },
        {
            "label": "钠 Sodium",
            "value": 139,
            "low": 137,
            "high": 147,
            "unit": "mmol/L",
            "values": [141, 140, 138, 139],
        },
        {
            "label": "白蛋白 Albumin",
            "value": 28.5,
            "low": 40,
            "high": 55,
            "unit": "g/L",
            "values": [44, 41, 36, 28.5],
        },
    ]


def trends(now: datetime) -> list[charts.Trend]:
    def series(values: list[float], days: int) -> list[tuple[datetime, float]]:
        return [(now - timedelta(days=days * (len(values) - n)), value) for n, value in enumerate(values)]

    potassium = series([4.1, 4.4, 3.9, 3.2, 3.4, 4.0, 4.6, 5.4, 5.9, 5.1, 4.8], 61)
    crp = series([3.2, 2.8, 88, 140, 61, 22, 8.1, 4.0], 2)
    return [
        charts.trend(
            potassium,
            label="钾 Potassium",
            unit="mmol/L",
            low=3.5,
            high=5.3,
            events=[(now - timedelta(days=430), "呋塞米 Furosemide"), (now - timedelta(days=200), "螺内酯")],
        ),
        charts.trend(crp, label="C 反应蛋白 CRP", unit="mg/L", high=5),
        charts.trend([], label="血红蛋白 Haemoglobin", unit="g/L", low=115, high=150),
    ]


def plots() -> list[charts.Plot]:
    bins = [
        {"predicted": 0.04, "observed": 0.03, "low": 0.01, "high": 0.07, "n": 210},
        {"predicted": 0.22, "observed": 0.27, "low": 0.17, "high": 0.39, "n": 60},
        {"predicted": 0.48, "observed": 0.44, "low": 0.30, "high": 0.58, "n": 41},
        {"predicted": 0.73, "observed": 0.78, "low": 0.66, "high": 0.88, "n": 66},
        {"predicted": 0.95, "observed": 0.96, "low": 0.93, "high": 0.98, "n": 247},
    ]
    steps = [n / 20 for n in range(21)]
    return [
        charts.reliability(bins, ece=0.021),
        charts.roc([(x, x**0.18) for x in steps], auroc=0.957, operating_point=(0.08, 0.91)),
        charts.precision_recall([(x, 1 - 0.42 * x**6) for x in steps], prevalence=0.38),
        charts.decision_curve(
            [(x, 0.38 * (1 - x**2.2)) for x in steps[:-1]],
            [(x, 0.38 - 0.62 * x / (1 - x)) for x in steps[:-1]],
        ),
    ]
