"""Chinese names, declared and not."""

import pytest

from imaging.dicom.read import read_header
from imaging.dicom.text import TextReader, offer_reading
from tests.factories import dicom as build

NAME = "王^小明"


@pytest.mark.parametrize(
    ("character_set", "encoding"),
    [("GB18030", "gb18030"), ("GBK", "gbk"), ("ISO_IR 192", "utf-8")],
)
def test_declared_chinese_names_are_read(character_set: str, encoding: str) -> None:
    data = build.with_name(b"Wang^Xiaoming=" + NAME.encode(encoding), character_set)
    header = read_header(data)
    assert header.patient_name is not None
    assert header.patient_name.ideographic == "王 小明"
    assert header.warnings == []


def test_iso_2022_names_are_read_with_their_escapes() -> None:
    ideographic = b"\x1b$)A" + "王".encode("gb2312") + b"^\x1b$)A" + "小明".encode("gb2312")
    data = build.with_name(b"Wang^XiaoMing=" + ideographic, "\\ISO 2022 IR 58")
    header = read_header(data)
    assert header.patient_name is not None
    assert header.patient_name.ideographic == "王 小明"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_undeclared_chinese_names_are_flagged_kept_and_offered(encoding: str) -> None:
    raw = NAME.encode(encoding)
    header = read_header(build.with_name(raw, None))
    assert header.patient_name is not None
    assert header.patient_name.offered == "王 小明"
    assert bytes.fromhex(header.patient_name.raw) == raw
    assert header.warnings == ["charset-undeclared"]


def test_chinese_declared_as_latin_is_suspect() -> None:
    header = read_header(build.with_name(NAME.encode("gbk"), "ISO_IR 100"))
    assert header.patient_name is not None
    assert header.patient_name.display == "王 小明"
    assert header.warnings == ["charset-suspect"]


def test_accented_latin_names_are_left_alone() -> None:
    assert offer_reading("Buc^Jérôme".encode("latin-1")) is None
    header = read_header(build.with_name("Buc^Jérôme".encode("latin-1"), "ISO_IR 100"))
    assert header.patient_name is not None
    assert (header.patient_name.display, header.warnings) == ("Buc Jérôme", [])


def test_unknown_character_set_is_flagged() -> None:
    reader = TextReader(["ISO_IR 999"])
    assert reader.text(b"Smith^John") == "Smith^John"
    assert reader.warnings == {"charset-unknown"}


def test_control_characters_do_not_reach_the_page() -> None:
    assert TextReader(["ISO_IR 192"]).text("Chest\x00\x07\u202ePA\r\n胸".encode()) == "ChestPA胸"
