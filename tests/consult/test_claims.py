"""The evidence lock measured on claims about the tool's own articles: true ones in other words, and false ones.

The figures for other thresholds than the one in use are in docs/experiments.md.
"""

import json

from consult import evidence
from consult.demo import ARTICLES

TRUE = """
Hypertension is diagnosed when the office blood pressure is 140/90 mmHg or more on at least two visits.
The target is below 130/80 mmHg in most patients if it is tolerated.
Potassium and creatinine are checked one to two weeks after starting an ACE inhibitor.
An HbA1c of 6.5 % or more confirms type 2 diabetes when found on another day.
A common target is an HbA1c below 7 %.
The usual first drug is metformin.
Metformin should be stopped when the eGFR falls below 30 mL/min/1.73m2.
The eyes, feet, urine albumin and kidney function are checked each year.
A ferritin below 30 ug/L confirms iron deficiency.
Haemoglobin should rise by about 20 g/L within four weeks.
Iron is continued for three months after haemoglobin is normal.
A rise of creatinine of up to 30 % is accepted.
Nonsteroidal anti-inflammatory drugs should be avoided.
Aspirin does not prevent stroke in atrial fibrillation.
Oxygen is titrated to a saturation of 88 to 92 %.
An exacerbation is treated with prednisolone 40 mg for five days.
Asymptomatic bacteriuria is treated only in pregnancy and before urological procedures.
Fever and a stiff neck suggest meningitis.
诊室血压两次以上达到140/90 mmHg可诊断高血压。
糖化血红蛋白控制目标一般低于7%。
eGFR低于30 mL/min/1.73m2时应停用二甲双胍。
铁蛋白低于30 ug/L可确诊缺铁。
阿司匹林不能预防房颤的卒中。
氧疗的目标饱和度为88%至92%。
无症状菌尿仅在妊娠和泌尿外科操作前治疗。
血钾高于6.0 mmol/L需当日处理。
"""
FALSE = """
The target is below 120/80 mmHg in most patients if it is tolerated.
Potassium and creatinine are checked six to eight weeks after starting a calcium channel blocker.
An HbA1c below 9 % is a common target.
An HbA1c below 7 mmol/L is a common target.
Metformin should not be stopped when the eGFR falls below 30 mL/min/1.73m2.
Metformin should be stopped when the eGFR falls below 45 mL/min/1.73m2.
A ferritin below 30 g/L confirms iron deficiency.
Iron deficiency is confirmed by a low corpuscular volume, elevated iron levels, and increased haemoglobin.
A rise of creatinine of up to 60 % is accepted.
Nonsteroidal anti-inflammatory drugs are given.
Aspirin prevents stroke in atrial fibrillation.
Warfarin is preferred to direct oral anticoagulants in all patients.
Oxygen is titrated to a saturation of 94 to 98 %.
An exacerbation is treated with prednisolone 40 g for five days.
Asymptomatic bacteriuria is always treated.
Migraine lasts 4 to 72 minutes.
A calcium supplement protects the heart of athletes.
The target oxygen saturation in COPD is the maximum of 92% FEV1/FVC.
The uric acid is a type of protein that contains uracil and cytidine.
Which oxygen saturation is the target in COPD?
糖化血红蛋白控制目标一般低于9%。
eGFR低于30 mL/min/1.73m2时不应停用二甲双胍。
阿司匹林能预防房颤卒中。
铁蛋白低于30 g/L可确诊缺铁。
无症状菌尿在所有人中都需治疗。
血钾高于5.0 mmol/L需当日处理。
"""


def shown(claims: str) -> list[str]:
    articles = [json.loads(line)["text"] for line in ARTICLES.read_text(encoding="utf-8").splitlines()]
    return [one.text for one in evidence.support(claims, articles) if one.passage is not None]


def lines(claims: str) -> list[str]:
    return [line for line in claims.splitlines() if line]


def test_nine_in_ten_true_claims_are_kept():
    assert len(shown(TRUE)) >= 0.9 * len(lines(TRUE))


def test_at_most_one_in_ten_false_claims_is_shown():
    assert len(shown(FALSE)) <= 0.1 * len(lines(FALSE))
