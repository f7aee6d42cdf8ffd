"""Suggestions, attributions, turns of a consultation."""

from datetime import date, datetime, timedelta
from typing import Any

Data = dict[str, Any]


LABELS: list[Data] = [
    {
        "code": "bacterial",
        "name_zh": "细菌性肺炎",
        "name_en": "Bacterial pneumonia",
        "probability": 0.87,
        "low": 0.81,
        "high": 0.92,
        "is_top": True,
    },
    {
        "code": "viral",
        "name_zh": "病毒性肺炎",
        "name_en": "Viral pneumonia",
        "probability": 0.12,
        "low": 0.07,
        "high": 0.18,
    },
    {
        "code": "normal",
        "name_zh": "正常",
        "name_en": "Normal",
        "probability": 0.004,
        "low": 0.001,
        "high": 0.02,
    },
]
REASONS: list[Data] = [
    {"code": "quality", "zh": "图像质量不足", "en": "Picture quality too poor"},
    {"code": "other-finding", "zh": "另有发现", "en": "Another finding explains it"},
    {"code": "clinical", "zh": "与临床不符", "en": "Does not fit the patient"},
    {"code": "wrong-place", "zh": "关注区域错误", "en": "Looked at the wrong place"},
    {"code": "other", "zh": "其他", "en": "Other"},
]


def model(title_zh: str, title_en: str, name: str) -> Data:
    return {
        "title": {"zh": title_zh, "en": title_en},
        "name": name,
        "version": "1.0.0",
        "facts": {
            "intended_use": {
                "zh": "儿童(1-5 岁)正位胸片:正常、细菌性肺炎、病毒性肺炎",
                "en": "Frontal chest radiographs of children aged 1 to 5: normal, bacterial or viral pneumonia",
            },
            "not_for": {
                "zh": "成人、侧位片、CT、急诊分诊",
                "en": "Adults, lateral views, CT, emergency triage",
            },
            "population": {
                "zh": "广州一家医院的 5,232 张片",
                "en": "5,232 pictures of one hospital in Guangzhou",
            },
            "performance": {
                "zh": "准确率 0.89(0.86-0.91),AUROC 0.96",
                "en": "Accuracy 0.89 (0.86-0.91), AUROC 0.96",
            },
            "calibration": {"zh": "校准误差 0.02", "en": "Calibration error 0.02"},
            "since": date(2025, 3, 1),
            "url": "#",
        },
    }


def suggestions(now: datetime) -> list[Data]:
    chest = model("儿童胸片", "Child chest radiograph", "chest-xray")
    base = {
        "title": {"zh": "胸部正位片", "en": "Chest, frontal"},
        "created_at": now - timedelta(minutes=4),
        "subject": "image",
        "model": chest,
        "labels": LABELS,
        "cut": 0.5,
    }
    decided = {"by": "李文博", "at": now - timedelta(minutes=1), "record_url": "#"}
    record = {"zh": "病历中的诊断", "en": "Condition in the record"}
    return [
        base | {"id": "1", "status": "open", "form": {"url": "#", "labels": LABELS, "reasons": REASONS}},
        base
        | {
            "id": "2",
            "status": "accepted",
            "decision": decided | {"verdict": "accept", "label": LABELS[0], "record_label": record},
        },
        base
        | {
            "id": "3",
            "status": "rejected",
            "is_override": True,
            "decision": decided
            | {
                "verdict": "reject",
                "reason": REASONS[1],
                "text": "陈旧性病变,与 2023 年片相同。",
                "record_url": "",
            },
        },
        base
        | {
            "id": "4",
            "status": "abstained",
            "labels": [],
            "abstention": {
                "code": "wrong-body-part",
                "title": {"zh": "未评估:这不是胸片", "en": "Not assessed: this is not a chest radiograph"},
                "text": {
                    "zh": "图像标注的部位是小腿,模型只看胸部正位片。",
                    "en": "The picture is labelled as a leg; the model reads frontal chest radiographs only.",
                },
                "override_url": "#",
            },
        },
        base
        | {
            "id": "5",
            "status": "abstained",
            "labels": [],
            "abstention": {
                "code": "uncertain",
                "title": {"zh": "不作判断:把握不足", "en": "No statement: too uncertain"},
                "text": {"zh": "三类的概率都低于 60 %。", "en": "No class reaches 60 %."},
                "override_url": "",
            },
        },
    ]


def turns(now: datetime) -> list[Data]:
    chat = {
        "title": {"zh": "演示对话模型", "en": "Demonstration chat model"},
        "name": "smollm2",
        "version": "135M",
    }
    cited = [
        {
            "number": 1,
            "title": "钾 5.9 mmol/L",
            "source": "检验 Laboratory",
            "at": now - timedelta(days=1),
            "url": "#",
            "passage": "2024-11-02 08:10  K 5.9 mmol/L (3.5-5.3)  H",
        },
        {
            "number": 2,
            "title": "Hyperkalaemia",
            "source": "知识库 Knowledge",
            "at": None,
            "url": "#",
            "passage": "Potassium-sparing diuretics such as spironolactone may raise serum potassium.",
        },
    ]
    return [
        {
            "id": "t1",
            "role": "user",
            "text": "这位患者的血钾为什么升高?",
            "author": "李文博",
            "at": now - timedelta(minutes=6),
        },
        {
            "id": "t2",
            "role": "assistant",
            "text": "最近一次血钾为 5.9 mmol/L。螺内酯可使血钾升高。",
            "at": now - timedelta(minutes=5),
            "model": chat,
            "status": "complete",
            "citations": cited,
        },
        {
            "id": "t3",
            "role": "user",
            "text": "胸痛大汗半小时",
            "author": "李文博",
            "at": now - timedelta(minutes=2),
        },
        {
            "id": "t4",
            "role": "notice",
            "text": "这可能是急症。请立即就地评估患者,必要时启动急救流程(120)。这条提示不是模型写的。",
            "at": now - timedelta(minutes=2),
            "status": "complete",
        },
        {
            "id": "t5",
            "role": "assistant",
            "text": "正在查找记录",
            "at": now,
            "model": chat,
            "status": "streaming",
        },
        {
            "id": "t6",
            "role": "assistant",
            "text": "只写到这里",
            "at": now,
            "model": chat,
            "status": "failed",
            "failure": "The chat server is away. Ask again in a moment.",
        },
    ]


def spans() -> list[Data]:
    return [
        {"text": "患者近三日", "weight": 0},
        {"text": "咳嗽", "weight": 3},
        {"text": "、", "weight": 0},
        {"text": "发热", "weight": 2},
        {"text": ",伴", "weight": 0},
        {"text": "胸闷", "weight": 1},
        {"text": ";否认", "weight": 0},
        {"text": "腹痛", "weight": 1, "against": True},
        {"text": "。", "weight": 0},
    ]
