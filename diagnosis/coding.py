"""What an accepted label means in the record: ICD-10 (WHO 2019) where the label is a diagnosis."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Coded:
    code: str
    display_zh: str
    display_en: str


ICD10: dict[tuple[str, str], Coded] = {
    ("chest-xray", "bacterial"): Coded("J15.9", "细菌性肺炎", "Bacterial pneumonia, unspecified"),
    ("chest-xray", "viral"): Coded("J12.9", "病毒性肺炎", "Viral pneumonia, unspecified"),
}


def condition_for(model_name: str, label_code: str) -> Coded | None:
    """Return the ICD-10 condition that ``label_code`` of ``model_name`` stands for, if it is one."""
    return ICD10.get((model_name, label_code))
