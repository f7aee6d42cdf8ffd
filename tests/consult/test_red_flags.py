"""Emergencies are caught by rules before any model speaks."""

import pytest

from consult.safety import find_red_flag

EMERGENCIES = {
    "胸痛大汗半小时": "acute-coronary-syndrome",
    "病人胸口闷痛，放射到左臂": "acute-coronary-syndrome",
    "sudden worst headache of my life": "subarachnoid-haemorrhage",
    "突发剧烈头痛，伴呕吐": "subarachnoid-haemorrhage",
    "突然说不出话，右侧无力": "stroke",
    "sudden weakness of the left arm": "stroke",
    "吃花生后过敏，呼吸困难": "anaphylaxis",
    "My throat is swelling after the injection": "anaphylaxis",
    "呼吸困难，嘴唇发紫": "respiratory-failure",
    "he is vomiting fresh blood": "gastrointestinal-bleeding",
    "我不想活了": "suicide-risk",
    "高烧，颈部僵硬": "sepsis-meningitis",
    "无明显诱因突发胸痛大汗半小时": "acute-coronary-syndrome",
    "没有吃药就突发胸痛大汗半小时": "acute-coronary-syndrome",
    "患者既往高血压，胸痛大汗半小时": "acute-coronary-syndrome",
    "胸痛。大汗半小时。": "acute-coronary-syndrome",
    "剧烈胸痛": "acute-coronary-syndrome",
    "胸口剧痛": "acute-coronary-syndrome",
    "58M with history of hypertension with crushing chest pain": "acute-coronary-syndrome",
    "my father has crushing chest pain right now": "acute-coronary-syndrome",
    "crushing pain in my chest": "acute-coronary-syndrome",
    "My chest hurts and I am sweating": "acute-coronary-syndrome",
    "突然头痛欲裂": "subarachnoid-haemorrhage",
    "突然左侧肢体无力": "stroke",
    "right side of his body went weak suddenly": "stroke",
    "I can\u2019t breathe": "respiratory-failure",
    "不能呼吸": "respiratory-failure",
    "昏迷不醒": "coma",
    "unconscious and not breathing": "coma",
    "抽搐不止": "seizure",
    "心跳停了": "cardiac-arrest",
    "产后大出血": "gastrointestinal-bleeding",
    "吃了一瓶安眠药": "poisoning",
    "she took an overdose": "poisoning",
}
HARMLESS = [
    "没有胸痛大汗，只是咳嗽",
    "Patient denies chest pain with sweating or radiation",
    "父亲去年突发剧烈头痛",
    "family history of anaphylaxis",
    "血压130/85，需要吃药吗？",
    "What does an HbA1c of 7.2 % mean?",
    "轻微头痛两天",
    "否认胸痛大汗",
    "无呕血、黑便",
    "no history of overdose",
    "父亲去年曾昏迷",
    "history of anaphylaxis to penicillin",
]


@pytest.mark.parametrize("message, code", EMERGENCIES.items())
def test_emergency_when_described_then_its_rule_fires(message, code):
    flag = find_red_flag(message)

    assert flag is not None
    assert flag.code == code


@pytest.mark.parametrize("message", HARMLESS)
def test_message_when_negated_past_or_harmless_then_no_rule_fires(message):
    assert find_red_flag(message) is None


def test_full_width_and_upper_case_are_the_same_words():
    assert find_red_flag("ＷＯＲＳＴ　ＨＥＡＤＡＣＨＥ　ＯＦ　ＭＹ　ＬＩＦＥ") is not None
