"""Illnesses as they run in this clinic: diagnoses, medications, how values develop, what the notes say."""

from dataclasses import dataclass, field
from typing import NamedTuple

Both = tuple[str, str]  # Chinese, English


class Drug(NamedTuple):
    zh: str
    en: str
    dose: str
    times_a_day: int
    route: str = "mouth"


class Course(NamedTuple):
    """A value from the first visit to today, with a spread that is not illness."""

    first: float
    last: float
    spread: float


@dataclass(frozen=True)
class Words:
    """What a visit's note and reason are made of."""

    complaint: Both
    finding: Both
    plan: Both


@dataclass(frozen=True)
class Profile:
    diagnoses: tuple[str, ...]
    complaint: Both
    finding: Both
    plan: Both
    drugs: tuple[Drug, ...] = ()
    courses: dict[str, Course] = field(default_factory=dict)
    allergies: tuple[
        tuple[str, str, str, str, str], ...
    ] = ()  # zh, en, reaction zh, reaction en, criticality
    years: int = 4
    visits: int = 9

    @property
    def is_acute(self) -> bool:
        """An acute illness shows at the last visit only; the visits before were routine."""
        return self.years == 1

    def words(self, is_last: bool) -> Words:
        return ROUTINE if self.is_acute and not is_last else Words(self.complaint, self.finding, self.plan)


ROUTINE = Words(
    ("常规检查，无不适。", "Routine check-up, no complaints."),
    ("查体未见异常。", "Nothing abnormal found."),
    ("按计划复查。", "Next check-up as planned."),
)


def c(first: float, last: float, spread: float) -> Course:
    return Course(first, last, spread)


PENICILLIN = ("青霉素", "Penicillin", "皮疹、呼吸困难", "rash, breathlessness", "high")
CONTRAST = ("碘造影剂", "Iodinated contrast", "荨麻疹", "hives", "low")
SULFA = ("磺胺类药物", "Sulfonamides", "皮疹", "rash", "low")
BLOOD = {"leukocytes": c(6.4, 6.2, 0.7), "haemoglobin": c(141, 140, 4), "platelets": c(228, 224, 16)}

PROFILES: dict[str, Profile] = {
    "hypertension": Profile(
        ("I10", "E78.5"),
        (
            "血压控制情况复查，偶有头晕，无胸痛。",
            "Review of blood pressure; occasional dizziness, no chest pain.",
        ),
        ("心律齐，双下肢无水肿。", "Regular rhythm, no leg oedema."),
        (
            "继续氨氯地平，低盐饮食，三个月后复查血脂。",
            "Continue amlodipine, low-salt diet, lipids in three months.",
        ),
        (Drug("氨氯地平", "Amlodipine", "5 mg", 1), Drug("阿托伐他汀", "Atorvastatin", "20 mg", 1)),
        {
            "systolic": c(164, 134, 6),
            "diastolic": c(98, 82, 4),
            "heart_rate": c(78, 72, 4),
            "weight": c(78, 75, 0.7),
            "cholesterol": c(6.4, 4.7, 0.2),
            "ldl": c(4.3, 2.6, 0.15),
            "hdl": c(1.1, 1.2, 0.05),
            "triglycerides": c(2.3, 1.6, 0.2),
            "potassium": c(4.1, 4.2, 0.15),
            "creatinine": c(82, 86, 4),
        },
        (SULFA,),
        years=6,
        visits=12,
    ),
    "diabetes": Profile(
        ("E11.9", "I10"),
        ("口渴减轻，无夜尿，自测空腹血糖波动。", "Less thirst, no nocturia; home fasting glucose varies."),
        ("足背动脉搏动可及，10克尼龙丝感觉正常。", "Foot pulses present, monofilament normal."),
        (
            "二甲双胍不变，三个月后复查糖化血红蛋白，年度眼底检查。",
            "Metformin unchanged, HbA1c in three months, yearly eye check.",
        ),
        (Drug("二甲双胍", "Metformin", "850 mg", 2), Drug("缬沙坦", "Valsartan", "80 mg", 1)),
        {
            "glucose": c(10.8, 7.2, 0.9),
            "hba1c": c(9.4, 7.1, 0.25),
            "weight": c(74, 70, 0.6),
            "systolic": c(148, 132, 6),
            "diastolic": c(88, 80, 4),
            "creatinine": c(71, 79, 4),
            "ldl": c(3.6, 2.5, 0.2),
            "triglycerides": c(2.6, 1.9, 0.25),
        },
        (),
        years=7,
        visits=14,
    ),
    "hypothyroid": Profile(
        ("E03.9",),
        ("乏力、怕冷较前好转。", "Less tired and less cold than before."),
        ("甲状腺未触及结节，反射正常。", "No thyroid nodules, normal reflexes."),
        ("左甲状腺素剂量不变，半年后复查 TSH。", "Levothyroxine unchanged, TSH in six months."),
        (Drug("左甲状腺素", "Levothyroxine", "75 ug", 1),),
        {
            "tsh": c(14.2, 2.4, 0.6),
            "cholesterol": c(6.1, 5.0, 0.2),
            "weight": c(69, 65, 0.5),
            "heart_rate": c(58, 68, 3),
        },
        (PENICILLIN,),
        visits=8,
    ),
    "copd": Profile(
        ("J44.9",),
        ("活动后气促，晨起咳白痰。", "Breathless on effort, white sputum in the morning."),
        ("双肺呼吸音低，散在干啰音。", "Reduced breath sounds, scattered wheeze."),
        (
            "继续噻托溴铵，戒烟，接种流感疫苗，若血氧低于 88% 就诊。",
            "Continue tiotropium, stop smoking, flu vaccine; come if saturation falls below 88 %.",
        ),
        (
            Drug("噻托溴铵", "Tiotropium", "18 ug", 1, "inhaled"),
            Drug("沙丁胺醇", "Salbutamol", "100 ug", 4, "inhaled"),
        ),
        {
            "saturation": c(94, 91, 1),
            "respiration": c(19, 22, 1.2),
            "heart_rate": c(82, 88, 4),
            "weight": c(64, 60, 0.5),
            "haemoglobin": c(152, 158, 3),
            "crp": c(6, 9, 3),
        },
        (),
        years=5,
        visits=10,
    ),
    "asthma": Profile(
        ("J45.9",),
        ("夜间咳嗽每周一至两次。", "Cough at night once or twice a week."),
        ("呼气末少许哮鸣音。", "A little wheeze at the end of expiration."),
        (
            "布地奈德/福莫特罗维持，检查吸入技术。",
            "Maintenance budesonide/formoterol, inhaler technique checked.",
        ),
        (Drug("布地奈德/福莫特罗", "Budesonide/formoterol", "160/4.5 ug", 2, "inhaled"),),
        {
            "saturation": c(96, 98, 0.8),
            "respiration": c(19, 16, 1),
            "heart_rate": c(84, 76, 4),
            "leukocytes": c(7.4, 6.6, 0.6),
        },
        (("尘螨", "House dust mite", "喷嚏、喘息", "sneezing, wheeze", "low"),),
        visits=7,
    ),
    "lung_mass": Profile(
        ("R91", "J44.9"),
        (
            "咳嗽两月，近期痰中带血丝，体重下降六公斤。",
            "Cough for two months, blood-streaked sputum lately, six kilograms lost.",
        ),
        ("右锁骨上未触及淋巴结，杵状指阴性。", "No supraclavicular nodes, no clubbing."),
        (
            "胸片后行增强 CT，转肿瘤多学科讨论。",
            "Chest radiograph, then CT with contrast; to the tumour board.",
        ),
        (Drug("噻托溴铵", "Tiotropium", "18 ug", 1, "inhaled"),),
        {
            **BLOOD,
            "haemoglobin": c(146, 121, 3),
            "weight": c(81, 72, 0.5),
            "saturation": c(96, 93, 0.8),
            "crp": c(5, 38, 4),
            "sodium": c(140, 133, 1),
            "heart_rate": c(76, 88, 4),
        },
        (CONTRAST,),
        years=2,
        visits=7,
    ),
    "fracture": Profile(
        ("S82.2",),
        ("骑车跌倒后小腿疼痛，不能负重。", "Fell from a bicycle, pain in the lower leg, cannot bear weight."),
        (
            "小腿中段压痛、肿胀，足背动脉搏动好，感觉正常。",
            "Tender, swollen mid-calf; foot pulse and sensation normal.",
        ),
        ("石膏固定，抬高患肢，两周后复查 X 线。", "Cast, leg raised, radiograph again in two weeks."),
        (Drug("对乙酰氨基酚", "Paracetamol", "500 mg", 3),),
        {**BLOOD, "heart_rate": c(92, 74, 5), "systolic": c(138, 124, 5), "diastolic": c(86, 78, 4)},
        (),
        years=1,
        visits=4,
    ),
    "gallstones": Profile(
        ("K80.2", "E78.5"),
        ("餐后右上腹胀痛，油腻饮食后加重。", "Pain under the right ribs after meals, worse after fat."),
        ("墨菲征阴性，无黄疸。", "Murphy's sign negative, no jaundice."),
        ("低脂饮食，腹部 CT，外科会诊。", "Low-fat diet, CT of the abdomen, surgical opinion."),
        (Drug("熊去氧胆酸", "Ursodeoxycholic acid", "250 mg", 2),),
        {
            "alt": c(38, 64, 8),
            "ast": c(30, 52, 6),
            "leukocytes": c(7.1, 8.9, 0.6),
            "crp": c(4, 14, 3),
            "cholesterol": c(6.0, 5.6, 0.2),
            "temperature": c(36.6, 36.9, 0.2),
        },
        (PENICILLIN,),
        years=2,
        visits=6,
    ),
    "meningioma": Profile(
        ("D32.9", "R51"),
        ("慢性头痛一年，晨起明显，无呕吐。", "Headache for a year, worse in the morning, no vomiting."),
        ("神经系统检查无局灶体征，视野粗测正常。", "No focal signs, fields normal to confrontation."),
        ("头颅磁共振复查，神经外科随访。", "Repeat MR of the head, neurosurgical follow-up."),
        (Drug("左乙拉西坦", "Levetiracetam", "500 mg", 2),),
        {
            **BLOOD,
            "systolic": c(128, 126, 5),
            "diastolic": c(78, 78, 4),
            "sodium": c(141, 140, 1),
            "creatinine": c(62, 64, 3),
        },
        (),
        years=3,
        visits=6,
    ),
    "knee": Profile(
        ("M17.9",),
        ("右膝扭伤后反复疼痛，上下楼加重。", "Right knee painful since a twist, worse on stairs."),
        ("右膝内侧关节间隙压痛，麦氏征可疑阳性。", "Tender medial joint line, McMurray doubtful."),
        ("膝关节磁共振，股四头肌训练。", "MR of the knee, quadriceps training."),
        (Drug("双氯芬酸", "Diclofenac", "50 mg", 2),),
        {"uric_acid": c(402, 396, 15), "crp": c(7, 3, 1), "weight": c(88, 85, 0.6)},
        (),
        years=1,
        visits=4,
    ),
}
