"""Who works in the demonstration clinic and who is treated there."""

from typing import NamedTuple

from medapp.accounts.actions import Role


class Place(NamedTuple):
    code: str
    zh: str
    en: str


class Person(NamedTuple):
    username: str
    name: str
    role: Role
    department: str
    language: str
    duty: str  # what the printed list says about the login


class Case(NamedTuple):
    """A patient: ``age`` in years at loading; ``profile`` names the illness in ``profiles``."""

    mrn: str
    zh: str
    latin: str
    sex: str
    age: int
    department: str
    profile: str
    language: str
    doctors: str


PLACES = (
    Place("paediatrics", "儿科", "Paediatrics"),
    Place("respiratory", "呼吸内科", "Respiratory medicine"),
    Place("cardiology", "心血管内科", "Cardiology"),
    Place("endocrinology", "内分泌科", "Endocrinology"),
    Place("gastroenterology", "消化内科", "Gastroenterology"),
    Place("hepatology", "肝病科", "Hepatology"),
    Place("nephrology", "肾内科", "Nephrology"),
    Place("neurology", "神经内科", "Neurology"),
    Place("orthopaedics", "骨科", "Orthopaedics"),
    Place("general", "全科医学科", "General medicine"),
    Place("radiology", "放射科", "Radiology"),
    Place("informatics", "信息科", "Informatics"),
)

STAFF = (
    Person(
        "doctor.li", "李文博", Role.DOCTOR, "paediatrics", "zh-hans", "doctor, children and adults (Chinese)"
    ),
    Person("doctor.smith", "Dr Anna Smith", Role.DOCTOR, "respiratory", "en", "doctor, adults (English)"),
    Person(
        "doctor.chen",
        "陈静宜",
        Role.DOCTOR,
        "cardiology",
        "zh-hans",
        "doctor with other patients: break-glass",
    ),
    Person("nurse", "王秀英", Role.NURSE, "paediatrics", "zh-hans", "nurse of the children’s ward"),
    Person(
        "manager",
        "赵磊",
        Role.DATA_MANAGER,
        "informatics",
        "zh-hans",
        "data manager: imports, batch runs, models",
    ),
    Person(
        "privacy",
        "Claire Dubois",
        Role.PRIVACY_OFFICER,
        "informatics",
        "en",
        "privacy officer: who looked at what",
    ),
    Person("researcher", "孙明哲", Role.RESEARCHER, "informatics", "zh-hans", "researcher: batch runs"),
    Person("admin", "Administrator", Role.ADMINISTRATOR, "informatics", "en", "administrator: users, models"),
)

CHILDREN = tuple(
    Case(f"D{number:04d}", zh, latin, sex, age, "paediatrics", profile, language, doctors)
    for number, zh, latin, sex, age, profile, language, doctors in (
        (1, "刘子涵", "Liu Zihan", "male", 2, "child_bacterial", "zh-hans", "li"),
        (2, "陈雨桐", "Chen Yutong", "female", 3, "child_bacterial", "zh-hans", "li"),
        (3, "黄梓睿", "Huang Zirui", "male", 1, "child_viral", "zh-hans", "li"),
        (4, "吕欣怡", "Lyu Xinyi", "female", 4, "child_viral", "zh-hans", "li"),
        (5, "", "Oliver Brown", "male", 3, "child_bacterial", "en", "li smith"),
        (6, "欧阳若曦", "Ouyang Ruoxi", "female", 5, "child_viral", "zh-hans", "li"),
        (7, "曾浩宇", "Zeng Haoyu", "male", 2, "child_cough", "zh-hans", "li"),
        (8, "徐可馨", "Xu Kexin", "female", 1, "child_bacterial", "zh-hans", "li"),
        (9, "", "Emily O’Connor", "female", 4, "child_cough", "en", "li smith"),
        (10, "马梓轩", "Ma Zixuan", "male", 5, "child_bacterial", "zh-hans", "li"),
        (11, "林诗琪", "Lin Shiqi", "female", 2, "child_viral", "zh-hans", "li"),
        (12, "何俊熙", "He Junxi", "male", 3, "child_cough", "zh-hans", "li"),
    )
)

ADULTS = tuple(
    Case(f"D{number:04d}", zh, latin, sex, age, department, profile, language, doctors)
    for number, zh, latin, sex, age, department, profile, language, doctors in (
        (13, "", "Robert Whitfield", "male", 63, "respiratory", "lung_mass", "en", "smith li"),
        (14, "张伟明", "Zhang Weiming", "male", 41, "orthopaedics", "fracture", "zh-hans", "li smith"),
        (15, "", "Margaret Hughes", "female", 58, "gastroenterology", "gallstones", "en", "smith li"),
        (16, "王秀兰", "Wang Xiulan", "female", 52, "neurology", "meningioma", "zh-hans", "li smith"),
        (17, "", "James Carter", "male", 35, "orthopaedics", "knee", "en", "smith"),
        (18, "李建国", "Li Jianguo", "male", 67, "cardiology", "hypertension", "zh-hans", "li"),
        (19, "赵桂芳", "Zhao Guifang", "female", 71, "endocrinology", "diabetes", "zh-hans", "li"),
        (20, "", "Susan Clarke", "female", 49, "endocrinology", "hypothyroid", "en", "smith"),
        (21, "", "David Thompson", "male", 70, "respiratory", "copd", "en", "smith"),
        (22, "周志强", "Zhou Zhiqiang", "male", 55, "hepatology", "hepatitis", "zh-hans", "li"),
        (23, "", "Patricia Evans", "female", 77, "cardiology", "heart_failure", "en", "smith chen"),
        (24, "吴丽娟", "Wu Lijuan", "female", 38, "general", "anaemia", "zh-hans", "li"),
        (25, "孙德胜", "Sun Desheng", "male", 60, "nephrology", "kidney", "zh-hans", "li"),
        (26, "", "Michael O’Brien", "male", 45, "general", "gout", "en", "smith"),
        (27, "朱雅琴", "Zhu Yaqin", "female", 33, "neurology", "migraine", "zh-hans", "li"),
        (28, "", "Linda Wilson", "female", 29, "respiratory", "asthma", "en", "smith"),
        (29, "郭永福", "Guo Yongfu", "male", 73, "cardiology", "heart_failure", "zh-hans", "chen"),
        (30, "单国强", "Shan Guoqiang", "male", 48, "gastroenterology", "gastritis", "zh-hans", "li"),
        (31, "", "Elizabeth Turner", "female", 66, "endocrinology", "diabetes", "en", "smith"),
        (32, "郑美玲", "Zheng Meiling", "female", 44, "general", "hypothyroid", "zh-hans", "chen"),
        (33, "", "William Baker", "male", 59, "cardiology", "hypertension", "en", "smith chen"),
        (34, "谢东升", "Xie Dongsheng", "male", 51, "hepatology", "fatty_liver", "zh-hans", "li"),
        (35, "", "Barbara Mitchell", "female", 74, "neurology", "stroke", "en", "smith"),
        (36, "冯玉珍", "Feng Yuzhen", "female", 68, "respiratory", "copd", "zh-hans", "chen"),
        (
            37,
            "",
            "Thomas Andersson-Lindqvist of Västergötland",
            "male",
            39,
            "general",
            "check_up",
            "en",
            "smith",
        ),
        (38, "阿依古丽·买买提", "Ayguli Memet", "female", 36, "general", "anaemia", "zh-hans", "li"),
        (39, "高振华", "Gao Zhenhua", "male", 62, "endocrinology", "diabetes", "zh-hans", "chen"),
        (40, "宋晓燕", "Song Xiaoyan", "female", 27, "respiratory", "asthma", "zh-hans", "li"),
    )
)

CASES = CHILDREN + ADULTS
NO_CONSENT = frozenset({"D0026"})  # does not agree that models read the record
