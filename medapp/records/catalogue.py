"""Measurements the clinic knows by name: LOINC code, unit (UCUM), reference range, what is possible at all.

Reference ranges are those usual for adults in Chinese hospitals (WS/T 404, WS/T 405); a laboratory's own range,
imported with the result, goes before them.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language

VITAL, LABORATORY = "vital", "laboratory"
LOINC = "http://loinc.org"


@dataclass(frozen=True)
class Measure:
    """``low``/``high`` is the adult reference range, ``least``/``most`` what a living person can have."""

    key: str
    code: str
    zh: str
    en: str
    unit: str
    low: float | None
    high: float | None
    least: float
    most: float
    category: str = LABORATORY
    aliases: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return self.zh if (get_language() or "").startswith("zh") else self.en


def _vital(key: str, code: str, zh: str, en: str, unit: str, *limits: float | None) -> Measure:
    low, high, least, most = limits
    return Measure(key, code, zh, en, unit, low, high, float(least or 0), float(most or 0), VITAL)


def _lab(key: str, code: str, zh: str, en: str, unit: str, *limits: float | None, names: str = "") -> Measure:
    low, high, least, most = limits
    return Measure(
        key,
        code,
        zh,
        en,
        unit,
        low,
        high,
        float(least or 0),
        float(most or 0),
        LABORATORY,
        tuple(names.split()),
    )


MEASURES: tuple[Measure, ...] = (
    _vital("temperature", "8310-5", "体温", "Body temperature", "Cel", 36.1, 37.2, 25, 44),
    _vital("heart_rate", "8867-4", "心率", "Heart rate", "/min", 60, 100, 15, 320),
    _vital("respiration", "9279-1", "呼吸频率", "Respiratory rate", "/min", 12, 20, 3, 120),
    _vital("systolic", "8480-6", "收缩压", "Systolic blood pressure", "mm[Hg]", 90, 139, 30, 320),
    _vital("diastolic", "8462-4", "舒张压", "Diastolic blood pressure", "mm[Hg]", 60, 89, 10, 220),
    _vital("saturation", "59408-5", "血氧饱和度", "Oxygen saturation", "%", 95, 100, 20, 100),
    _vital("weight", "29463-7", "体重", "Body weight", "kg", None, None, 0.3, 400),
    _vital("height", "8302-2", "身高", "Body height", "cm", None, None, 20, 260),
    _lab(
        "leukocytes",
        "6690-2",
        "白细胞计数",
        "White blood cells",
        "10*9/L",
        3.5,
        9.5,
        0,
        900,
        names="wbc 白细胞",
    ),
    _lab("neutrophils", "770-8", "中性粒细胞百分比", "Neutrophils", "%", 40, 75, 0, 100, names="neut% neut"),
    _lab("lymphocytes", "736-9", "淋巴细胞百分比", "Lymphocytes", "%", 20, 50, 0, 100, names="lymph% lymph"),
    _lab(
        "haemoglobin", "718-7", "血红蛋白", "Haemoglobin", "g/L", 115, 175, 10, 280, names="hb hgb hemoglobin"
    ),
    _lab("platelets", "777-3", "血小板计数", "Platelets", "10*9/L", 125, 350, 0, 3000, names="plt 血小板"),
    _lab("crp", "1988-5", "C反应蛋白", "C-reactive protein", "mg/L", 0, 10, 0, 900, names="crp c-反应蛋白"),
    _lab("procalcitonin", "33959-8", "降钙素原", "Procalcitonin", "ng/mL", 0, 0.05, 0, 1000, names="pct"),
    _lab(
        "glucose",
        "14771-0",
        "空腹血糖",
        "Fasting glucose",
        "mmol/L",
        3.9,
        6.1,
        0.3,
        90,
        names="glu fpg 血糖 葡萄糖",
    ),
    _lab("hba1c", "4548-4", "糖化血红蛋白", "HbA1c", "%", 4, 6, 2, 25, names="a1c ghb"),
    _lab("creatinine", "14682-9", "肌酐", "Creatinine", "umol/L", 41, 111, 5, 3000, names="cr crea 血肌酐"),
    _lab("urea", "22664-7", "尿素", "Urea", "mmol/L", 2.6, 9.5, 0.2, 100, names="bun 尿素氮"),
    _lab("potassium", "2823-3", "钾", "Potassium", "mmol/L", 3.5, 5.3, 1, 12, names="k 血钾"),
    _lab("sodium", "2951-2", "钠", "Sodium", "mmol/L", 137, 147, 80, 220, names="na 血钠"),
    _lab("alt", "1742-6", "丙氨酸氨基转移酶", "ALT", "U/L", 7, 50, 0, 20000, names="gpt 谷丙转氨酶"),
    _lab("ast", "1920-8", "天门冬氨酸氨基转移酶", "AST", "U/L", 13, 40, 0, 20000, names="got 谷草转氨酶"),
    _lab(
        "cholesterol",
        "14647-2",
        "总胆固醇",
        "Total cholesterol",
        "mmol/L",
        None,
        5.2,
        0.5,
        40,
        names="tc chol",
    ),
    _lab(
        "ldl", "22748-8", "低密度脂蛋白胆固醇", "LDL cholesterol", "mmol/L", None, 3.4, 0.1, 30, names="ldl-c"
    ),
    _lab(
        "hdl",
        "14646-4",
        "高密度脂蛋白胆固醇",
        "HDL cholesterol",
        "mmol/L",
        1.0,
        None,
        0.05,
        10,
        names="hdl-c",
    ),
    _lab("triglycerides", "14927-8", "甘油三酯", "Triglycerides", "mmol/L", None, 1.7, 0.05, 120, names="tg"),
    _lab("tsh", "3016-3", "促甲状腺激素", "TSH", "m[IU]/L", 0.27, 4.2, 0, 500, names="tsh"),
    _lab("uric_acid", "14933-6", "尿酸", "Uric acid", "umol/L", 155, 428, 10, 2500, names="ua"),
    _lab(
        "ntprobnp",
        "33762-6",
        "N末端脑钠肽前体",
        "NT-proBNP",
        "pg/mL",
        0,
        125,
        0,
        200000,
        names="nt-probnp bnp",
    ),
)

BY_KEY = {measure.key: measure for measure in MEASURES}
BY_CODE = {measure.code: measure for measure in MEASURES}
BY_NAME = {
    name.casefold(): measure
    for measure in MEASURES
    for name in (measure.key, measure.code, measure.zh, measure.en, *measure.aliases)
}
VITALS = tuple(measure for measure in MEASURES if measure.category == VITAL)
LABORATORIES = tuple(measure for measure in MEASURES if measure.category == LABORATORY)

# Normal resting ranges by age in years, upper age first exclusive (Fleming et al., Lancet 2011, 10th-90th centile).
CHILD_RANGES: dict[str, tuple[tuple[int, float, float], ...]] = {
    "heart_rate": ((1, 107, 160), (2, 98, 140), (4, 87, 130), (6, 77, 120), (12, 70, 110), (18, 60, 100)),
    "respiration": ((1, 30, 55), (2, 25, 40), (4, 22, 34), (6, 20, 30), (12, 18, 26), (18, 14, 22)),
    "systolic": ((1, 70, 100), (4, 80, 110), (6, 85, 112), (12, 90, 120), (18, 95, 130)),
    "diastolic": ((1, 40, 65), (4, 45, 70), (6, 50, 75), (12, 55, 78), (18, 60, 85)),
    "leukocytes": ((1, 5.5, 14.0), (6, 4.9, 12.3), (13, 4.3, 11.3), (18, 4.1, 11.0)),
    "neutrophils": ((1, 13, 54), (6, 23, 64), (18, 31, 70)),
    "lymphocytes": ((1, 33, 77), (6, 26, 67), (18, 23, 59)),
    "haemoglobin": ((1, 97, 141), (6, 107, 141), (13, 118, 156), (18, 120, 165)),
    "platelets": ((1, 183, 614), (6, 187, 475), (18, 167, 453)),
    "creatinine": ((6, 13, 33), (13, 25, 59), (18, 37, 93)),
}


def reference_range(measure: Measure, age_years: int) -> tuple[Decimal | None, Decimal | None]:
    """Return the reference range for an age, where the clinic has no range from a laboratory."""
    low, high = measure.low, measure.high
    for below, child_low, child_high in CHILD_RANGES.get(measure.key, ()):
        if age_years < below:
            low, high = child_low, child_high
            break
    return _decimal(low), _decimal(high)


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
