"""Emergencies that a fixed notice answers before any model does.

A rule fires when one of its phrases stands in the message without a negation before it in the same clause and
without a word that puts it into the past or into another person's history.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# A negation or a past counts only where it stands directly before the finding: in "no clear cause, sudden chest
# pain" and "has hypertension, now chest pain" it belongs to something else. A false alarm is read in a second, a
# missed emergency is not.
NEGATED = re.compile(
    r"(?:没有?(?:出现|感到|过)?|无|否认(?:有)?|未见|不是|并非|不伴|排除"
    r"|\b(?:no|not|denies|denied|without|never had|never has|free of)(?: any| having)?)"
    r" ?(?:sudden |severe |突发|突然|明显的?){0,2}$"
)
PAST = re.compile(
    r"(?:家族史[:：]?|去年|前年|多年前|年前|以前|曾经?|既往(?:有|曾)?|family history of|history of|previous|years? ago"
    r"|last year)[^,，。;；.]{0,4}$"
    r"|(?:父亲|母亲|爷爷|奶奶|father|mother)[^,，。;；.]{0,6}(?:去年|前年|年前|曾|had)[^,，。;；.]{0,8}$"
)


@dataclass(frozen=True)
class RedFlag:
    """A rule: what it is called, what to do now, and the phrases (regular expressions) that call it."""

    code: str
    name: str | Promise
    action: str | Promise
    source: str
    patterns: tuple[str, ...]


RULES: tuple[RedFlag, ...] = (
    RedFlag(
        "acute-coronary-syndrome",
        _("possible acute coronary syndrome"),
        _(
            "Call the emergency number, 12-lead ECG within ten minutes, troponin, do not leave the patient alone."
        ),
        "2023 ESC Guidelines for acute coronary syndromes",
        (
            r"胸(?:口|部|前区)?(?:闷|疼|痛|压榨)[^;；]{0,12}(?:大汗|出汗|冷汗|放射|左臂|左肩|濒死|半小时|不缓解|喘不上)",
            r"(?:大汗|冷汗)[^;；]{0,8}胸(?:口|部)?(?:闷|疼|痛)",
            r"(?:压榨|撕裂|剧烈|突发|突然)(?:样|性|的)?胸(?:口|部)?(?:剧)?[痛疼]",
            r"胸(?:口|部)?(?:剧烈|撕裂样|压榨样|剧)[疼痛]+",
            r"(?:crushing|squeezing|tearing|severe|sudden) chest (?:pain|pressure)",
            r"(?:crushing|squeezing|tearing|severe|sudden) (?:pain|pressure) in (?:my|his|her|the) chest",
            r"(?:chest (?:pain|pressure|tightness)|chest hurts)"
            r"[^.;]{0,40}(?:sweat|radiat|left arm|jaw|short(?:ness)? of breath)",
        ),
    ),
    RedFlag(
        "subarachnoid-haemorrhage",
        _("possible subarachnoid haemorrhage"),
        _("Emergency department now: CT of the head without contrast within six hours of onset."),
        "AHA/ASA 2023 guideline for aneurysmal subarachnoid haemorrhage",
        (
            r"(?:突发|突然)[^。;；]{0,8}(?:剧烈|最严重|炸裂)[^。;；]{0,4}头[痛疼]",
            r"(?:突发|突然)[^。;；]{0,4}头[痛疼](?:欲裂|剧烈)|头[痛疼]欲裂",
            r"(?:一生|这辈子|有生以来)[^。;；]{0,6}最(?:痛|疼|剧烈|严重)的?头[痛疼]",
            r"(?:sudden|thunderclap)[^.;]{0,30}headache",
            r"worst headache (?:of|in) (?:my|his|her|their) life",
        ),
    ),
    RedFlag(
        "stroke",
        _("possible stroke"),
        _(
            "Call the emergency number and note the time of onset; stroke unit, CT, check thrombolysis window."
        ),
        "AHA/ASA 2019 guideline for acute ischaemic stroke (FAST)",
        (
            r"(?:突然|突发|刚才)[^。;；]{0,10}(?:口角歪斜|嘴歪|说不出话|言语不清|(?:一|左|右)侧(?:肢体|手脚|上肢|下肢)?(?:无力|麻木|偏瘫)|半身不遂)",
            r"(?:口角歪斜|嘴歪)[^。;；]{0,12}(?:无力|不清|麻木)",
            r"(?:face|facial) (?:is )?droop",
            r"sudden[^.;]{0,30}(?:weakness|numbness|slurred|can(?:no|')t speak|vision loss)",
            r"(?:right|left|one) side[^.;]{0,24}(?:weak|numb)[^.;]{0,10}sudden",
            r"can(?:no|')t (?:speak|move)[^.;]{0,20}sudden",
        ),
    ),
    RedFlag(
        "anaphylaxis",
        _("possible anaphylaxis"),
        _("Adrenaline into the thigh muscle now, lay the patient flat, oxygen, call the emergency number."),
        "WAO anaphylaxis guidance 2020",
        (
            r"(?:喉头水肿|喉咙(?:发紧|肿)|舌头肿|嘴唇肿)[^。;；]{0,16}(?:呼吸困难|喘|憋)",
            r"过敏[^。;；]{0,12}(?:呼吸困难|喘不上气|休克|晕倒)",
            r"(?:throat|tongue)[^.;]{0,16}(?:swell|swollen|closing)",
            r"anaphyla(?:xis|ctic)",
        ),
    ),
    RedFlag(
        "respiratory-failure",
        _("severe breathlessness"),
        _("Sit up, oxygen, oxygen saturation, call the emergency team."),
        "BTS guideline for oxygen use 2017",
        (
            r"(?:喘不上气|呼吸困难|憋气)[^。;；]{0,10}(?:嘴唇发紫|发紫|紫绀|说不出|不能平卧|加重)",
            r"嘴唇(?:发紫|青紫)",
            r"(?:不能|无法|没法)呼吸",
            r"(?:can(?:no|')t|cannot|unable to) breathe",
            r"(?:lips|face) (?:are |is )?(?:turning )?blue",
        ),
    ),
    RedFlag(
        "gastrointestinal-bleeding",
        _("possible major bleeding"),
        _("Emergency department now: two large lines, blood group, haemoglobin; nothing by mouth."),
        "ACG 2021 guideline for upper gastrointestinal bleeding",
        (
            r"(?:呕血|吐血|咯血|大出血|血流不止)",
            r"(?:黑便|柏油样便)[^。;；]{0,12}(?:头晕|晕倒|心慌)",
            r"vomit(?:ing|ed)? (?:up )?(?:fresh )?blood",
            r"(?:bleeding|blood)[^.;]{0,16}(?:won't|will not|does not|not) stop|massive(?:ly)? bleed",
            r"(?:black|tarry) stools?[^.;]{0,24}(?:dizz|faint)",
        ),
    ),
    RedFlag(
        "suicide-risk",
        _("risk of suicide"),
        _("Do not leave the person alone; remove means; call the crisis team or the emergency number now."),
        "NICE NG225 Self-harm",
        (
            r"(?:想(?:要)?自杀|不想活了|想(?:去)?死|结束(?:自己的)?生命)",
            r"(?:want to|going to|thinking of) (?:kill|end) (?:myself|my life|himself|herself|it all)",
            r"suicidal",
        ),
    ),
    RedFlag(
        "sepsis-meningitis",
        _("possible sepsis or meningitis"),
        _("Emergency department now: blood cultures, lactate, antibiotics within the hour."),
        "Surviving Sepsis Campaign 2021",
        (
            r"(?:高烧|高热|发烧)[^。;；]{0,16}(?:意识不清|神志不清|抽搐|颈(?:部)?(?:强直|僵硬)|出血点|紫癜)",
            r"fever[^.;]{0,30}(?:stiff neck|confus|seizure|purple rash|non-?blanching)",
        ),
    ),
    RedFlag(
        "coma",
        _("possible coma"),
        _(
            "Airway, breathing, circulation, glucose; call the emergency team; do not leave the patient alone."
        ),
        "Resuscitation Council UK 2021, ABCDE approach",
        (
            r"(?:昏迷|昏倒|晕倒)[^;；]{0,6}(?:不醒|叫不醒)|叫不醒|昏迷|意识丧失|不省人事",
            r"unconscious|unresponsive|won't wake|can(?:no|')t be woken",
        ),
    ),
    RedFlag(
        "seizure",
        _("prolonged seizure"),
        _(
            "Protect from injury, clear the airway, note the time; benzodiazepine after five minutes; "
            "call the emergency team."
        ),
        "NICE NG217 Epilepsies",
        (
            r"抽搐(?:不止|不停|持续)|(?:正在|持续|不停地?)抽(?:搐|风)",
            r"(?:still|keeps|won't stop|continuous(?:ly)?) (?:seizing|convulsing|fitting)",
            r"seizure[^.;]{0,20}(?:not stop|minutes)",
        ),
    ),
    RedFlag(
        "cardiac-arrest",
        _("possible cardiac arrest"),
        _("Start resuscitation now, call the resuscitation team, fetch the defibrillator."),
        "ERC Guidelines 2021",
        (
            r"(?:心跳|呼吸|心脏)(?:停|骤停)|没有?(?:心跳|呼吸|脉搏)",
            r"(?:heart (?:has )?stopped|not breathing|no pulse|cardiac arrest)",
        ),
    ),
    RedFlag(
        "poisoning",
        _("possible poisoning or overdose"),
        _(
            "Call the emergency number and the poison centre; note what, how much and when; "
            "do not make the person vomit."
        ),
        "WHO Guidelines for poison control; TOXBASE",
        (
            r"(?:吃|吞|喝|服)了?(?:一|半|整|两|几)?(?:瓶|盒|大把|把|板)[^;；]{0,6}(?:安眠药|药|农药|百草枯)|(?:喝|服)(?:了)?(?:农药|百草枯|敌敌畏)|药物过量",
            r"overdose|(?:took|swallowed) (?:a|the) (?:whole )?(?:bottle|pack|handful) of",
        ),
    ),
)
COMPILED = tuple((rule, re.compile("|".join(rule.patterns))) for rule in RULES)


def find_red_flag(message: str) -> RedFlag | None:
    """Return the first rule that fires on ``message``, or None."""
    text = _plain(message)
    for rule, pattern in COMPILED:
        if any(_counts(text, match) for match in pattern.finditer(text)):
            return rule
    return None


def rule_named(code: str) -> RedFlag | None:
    return next((rule for rule in RULES if rule.code == code), None)


def _counts(text: str, match: re.Match[str]) -> bool:
    before = text[: match.start()].rstrip()
    return not NEGATED.search(before) and not PAST.search(before)


def _plain(message: str) -> str:
    """One spelling of widths, apostrophes and spaces; a full stop inside a Chinese complaint parts nothing."""
    text = unicodedata.normalize("NFKC", message).casefold().replace("\u2019", "'").replace("\u2018", "'")
    return re.sub(r"\s+", " ", text)
