"""What the invented doctors write."""

from datetime import date
from decimal import Decimal

from medapp.records.catalogue import BY_KEY
from medapp.records.demo.profiles import Words
from medapp.records.presenters import number_words, unit_words

FREQUENCY = {
    "zh-hans": {1: "每日一次", 2: "每日两次", 3: "每日三次", 4: "必要时，每日至多四次"},
    "en": {
        1: "once a day",
        2: "twice a day",
        3: "three times a day",
        4: "when needed, up to four times a day",
    },
}
ROUTE = {
    "zh-hans": {"mouth": "口服", "inhaled": "吸入", "vein": "静脉滴注"},
    "en": {"mouth": "by mouth", "inhaled": "inhaled", "vein": "into a vein"},
}
FRAME = {
    "zh-hans": "主诉与现病史：{complaint}\n\n查体：{finding}\n\n检查：{values}\n\n评估与计划：{plan}",
    "en": "History: {complaint}\n\nExamination: {finding}\n\nResults: {values}\n\nAssessment and plan: {plan}",
}
TITLE = {"zh-hans": "{day} 门诊记录", "en": "Outpatient note, {day}"}
NO_VALUES = {"zh-hans": "本次未查。", "en": "none today."}


def text_of(words: Words, language: str, values: dict[str, Decimal]) -> str:
    chosen = 0 if language == "zh-hans" else 1
    return FRAME[language].format(
        complaint=words.complaint[chosen],
        finding=words.finding[chosen],
        values=_listed(values, language),
        plan=words.plan[chosen],
    )


def title_of(language: str, day: date) -> str:
    return TITLE[language].format(day=f"{day:%Y-%m-%d}")


def _listed(values: dict[str, Decimal], language: str) -> str:
    if not values:
        return NO_VALUES[language]
    measures = [(BY_KEY[key], value) for key, value in list(values.items())[:6]]
    mark = "，" if language == "zh-hans" else ", "
    return mark.join(
        f"{m.zh if language == 'zh-hans' else m.en} {number_words(value)} {unit_words(m.unit)}"
        for m, value in measures
    )
