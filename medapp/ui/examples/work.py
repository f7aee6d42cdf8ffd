"""Jobs, verdicts on files, a form."""

from datetime import datetime, timedelta
from typing import Any

from django import forms

Data = dict[str, Any]


def jobs(now: datetime) -> list[Data]:
    base = {"created_at": now - timedelta(minutes=2), "url": "#", "total": 260, "done": 0}
    return [
        base
        | {
            "id": "j1",
            "label": "导入 DICOM 文件夹",
            "status": "running",
            "done": 118,
            "rate": 14,
            "seconds_left": 10,
            "cancel_url": "#",
        },
        base
        | {"id": "j2", "label": "Chest radiographs, cohort 2024", "status": "waiting", "cancel_url": "#"},
        base | {"id": "j3", "label": "Chest radiographs, cohort 2023", "status": "done", "done": 260},
        base
        | {
            "id": "j4",
            "label": "批量评分",
            "status": "parked",
            "retry_url": "#",
            "failure": "The model's files do not match their digest. Ask the administrator to assemble it again.",
        },
        base | {"id": "j5", "label": "Report", "status": "cancelled"},
    ]


def verdicts() -> list[Data]:
    return [
        {"file": "IM-0001-0001.dcm", "verdict": "stored", "message": "胸部 CR, 2024-11-02", "url": "#"},
        {
            "file": "IM-0001-0002.dcm",
            "verdict": "duplicate",
            "code": "same-instance",
            "message": "已经存过,没有再存一份。",
        },
        {
            "file": "a/very/long/folder/name/that/does/not/end/anywhere/near/here/scan-of-the-left-knee-final(2).dcm",
            "verdict": "quarantined",
            "code": "other-pixels",
            "message": "Same identifier, other pixels.",
            "hint": "Kept apart; a person has to say which one is right.",
        },
        {
            "file": "notes.txt.dcm",
            "verdict": "refused",
            "code": "not-dicom",
            "message": "This is not a DICOM file.",
            "hint": "Export it again as DICOM.",
        },
        {"file": "IM-0002-0001.dcm", "verdict": "waiting", "message": ""},
    ]


class ExampleForm(forms.Form):
    title = forms.CharField(label="标题 Title", help_text="As it stands in the list of notes.")
    kind = forms.ChoiceField(label="种类 Kind", choices=[("progress", "病程记录"), ("admission", "入院记录")])
    day = forms.DateField(label="日期 Date", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    text = forms.CharField(label="正文 Text", widget=forms.Textarea(attrs={"rows": 3}))
    urgency = forms.ChoiceField(
        label="缓急 Urgency", choices=[("1", "常规"), ("2", "急")], widget=forms.RadioSelect
    )
    is_final = forms.BooleanField(label="定稿 Final", required=False)
    picture = forms.FileField(label="附件 Attachment", required=False)
