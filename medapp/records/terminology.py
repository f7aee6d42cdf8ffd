"""Diagnoses the clinic names often: ICD-10 code (Chinese clinical edition's stem), Chinese and English name."""

from typing import NamedTuple


class Diagnosis(NamedTuple):
    code: str
    zh: str
    en: str


ICD10 = "http://hl7.org/fhir/sid/icd-10"

DIAGNOSES: tuple[Diagnosis, ...] = tuple(
    Diagnosis(*line.split("|"))
    for line in (
        "I10|原发性高血压|Essential hypertension",
        "I20.9|心绞痛|Angina pectoris",
        "I21.9|急性心肌梗死|Acute myocardial infarction",
        "I25.1|冠状动脉粥样硬化性心脏病|Coronary artery disease",
        "I48.9|心房颤动|Atrial fibrillation",
        "I50.9|心力衰竭|Heart failure",
        "I63.9|脑梗死|Cerebral infarction",
        "I83.9|下肢静脉曲张|Varicose veins of lower extremities",
        "E03.9|甲状腺功能减退症|Hypothyroidism",
        "E05.9|甲状腺功能亢进症|Hyperthyroidism",
        "E04.1|甲状腺结节|Thyroid nodule",
        "E11.9|2型糖尿病|Type 2 diabetes mellitus",
        "E11.2|2型糖尿病伴肾病|Type 2 diabetes with kidney disease",
        "E78.5|高脂血症|Hyperlipidaemia",
        "E79.0|高尿酸血症|Hyperuricaemia",
        "M10.9|痛风|Gout",
        "M17.9|膝关节骨关节炎|Osteoarthritis of knee",
        "M51.2|腰椎间盘突出|Lumbar disc herniation",
        "M81.9|骨质疏松|Osteoporosis",
        "S82.2|胫骨骨折|Fracture of shaft of tibia",
        "J06.9|急性上呼吸道感染|Acute upper respiratory infection",
        "J15.9|细菌性肺炎|Bacterial pneumonia",
        "J12.9|病毒性肺炎|Viral pneumonia",
        "J18.9|肺炎|Pneumonia",
        "J20.9|急性支气管炎|Acute bronchitis",
        "J44.9|慢性阻塞性肺疾病|Chronic obstructive pulmonary disease",
        "J45.9|支气管哮喘|Asthma",
        "R91|肺部占位性病变|Lung mass on imaging",
        "C34.9|肺恶性肿瘤|Malignant neoplasm of lung",
        "C50.9|乳腺恶性肿瘤|Malignant neoplasm of breast",
        "K21.9|胃食管反流病|Gastro-oesophageal reflux disease",
        "K25.9|胃溃疡|Gastric ulcer",
        "K29.5|慢性胃炎|Chronic gastritis",
        "K35.9|急性阑尾炎|Acute appendicitis",
        "K76.0|脂肪肝|Fatty liver",
        "K80.2|胆囊结石|Gallstones",
        "B18.1|慢性乙型肝炎|Chronic hepatitis B",
        "N18.3|慢性肾脏病3期|Chronic kidney disease, stage 3",
        "N20.0|肾结石|Kidney stone",
        "N40|前列腺增生|Benign prostatic hyperplasia",
        "O99.0|妊娠合并贫血|Anaemia in pregnancy",
        "N92.0|月经过多|Heavy menstrual bleeding",
        "D50.9|缺铁性贫血|Iron deficiency anaemia",
        "L20.9|特应性皮炎|Atopic dermatitis",
        "L40.9|银屑病|Psoriasis",
        "H25.9|老年性白内障|Senile cataract",
        "H66.9|中耳炎|Otitis media",
        "G43.9|偏头痛|Migraine",
        "G40.9|癫痫|Epilepsy",
        "D32.9|脑膜瘤|Meningioma",
        "F32.9|抑郁发作|Depressive episode",
        "F41.1|广泛性焦虑障碍|Generalised anxiety disorder",
        "R05|咳嗽|Cough",
        "R50.9|发热|Fever",
        "R51|头痛|Headache",
    )
)
_BY_WORD = {
    word.casefold(): d
    for d in DIAGNOSES
    for word in (d.code, d.zh, d.en, f"{d.code} {d.zh}", f"{d.code} {d.en}")
}


def known_diagnosis(words: str) -> Diagnosis | None:
    """Return the diagnosis whose code, Chinese or English name was typed."""
    return _BY_WORD.get(" ".join(words.split()).casefold())
