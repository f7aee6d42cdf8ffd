"""Tables of texts in the encodings that hospitals send, with rows that are broken."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from diagnosis.batch.sources import rows_of_table
from diagnosis.models import BatchRun
from tests.attack.conftest import signed_in
from tests.factories import accounts, diagnosis

TEXTS = ["咳嗽三天，发热", "高血压十年，头晕胸闷", "乙肝大三阳，转氨酶升高"]
BROKEN = "坏".encode("gb18030")[:1] + b"\xff\xff,"


def table(*rows: bytes) -> bytes:
    return b"text,n\n" + b"\n".join(row + b",1" for row in rows) + b"\n"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
@pytest.mark.parametrize("place", [0, 1, 3])
def test_row_with_broken_bytes_is_named_and_the_others_are_read_as_they_are(encoding, place):
    rows = [text.encode(encoding) for text in TEXTS]
    rows.insert(place, BROKEN[:3])

    found = list(rows_of_table(table(*rows)))

    good = [row.content.decode() for row in found if not row.reason_code]
    assert [row.reason_code for row in found if row.reason_code] == ["broken-characters"]
    assert found[place].reason_code == "broken-characters"
    assert good == TEXTS


def test_row_without_its_column_and_row_without_text_are_named():
    data = "n,text\n1,咳嗽\n2\n3,\n4,发热\n".encode("gb18030")

    assert [row.reason_code for row in rows_of_table(data)] == ["", "broken-row", "empty", ""]


def test_quote_that_is_never_closed_does_not_swallow_the_table_unseen():
    data = 'text\n"咳嗽\n发热\n头痛\n'.encode()

    found = list(rows_of_table(data))

    assert [row.name for row in found] == [str(number + 1) for number in range(len(found))]
    assert found


@pytest.mark.parametrize(
    "data", [b"\x00" * 999, b"PK\x03\x04" + b"x" * 999, b"text\n" + b"\xff" * 999, b"text", b"\n"]
)
def test_page_refuses_what_is_no_table_in_words(db, data):
    diagnosis.model_version("zh-department", "text-classification", digest="e" * 64)
    browser = signed_in(accounts.user("data_manager"))

    answer = browser.post(
        reverse("batch"), {"model": "zh-department", "table": SimpleUploadedFile("t.csv", data)}
    )

    assert answer.status_code in (302, 400)
    assert answer.status_code == 302 or str(answer.context["error"])


def test_long_name_of_a_table_and_a_long_row_are_taken(db):
    diagnosis.model_version("zh-department", "text-classification", digest="e" * 64)
    data = table("长".encode() * 300_000, b"short")
    file = SimpleUploadedFile("x" * 300 + ".csv", data)

    signed_in(accounts.user("data_manager")).post(reverse("batch"), {"model": "zh-department", "table": file})

    assert BatchRun.objects.get().total == 2


@pytest.mark.parametrize("name", ["", "nobody", "../../etc/passwd", "x" * 5000, "<script>", "a\x00b"])
@pytest.mark.parametrize("language, words", [("en", "There is no enabled model"), ("zh-hans", "没有")])
def test_unknown_model_is_said_on_the_page(db, name, language, words):
    browser = signed_in(accounts.user("data_manager", language=language))
    file = SimpleUploadedFile("t.csv", table(b"x"))

    answer = browser.post(reverse("batch"), {"model": name, "table": file})

    assert answer.status_code == 404
    assert words in str(answer.context["error"])
    assert "<script>”" not in answer.content.decode()
