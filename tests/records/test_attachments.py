from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from medapp.errors import TooLargeError
from medapp.records import services
from medapp.records.models import Attachment
from medapp.records.services import attachments as service
from medapp.records.views.attachments import byte_range
from medapp.vault.blobs import path_of
from tests.factories import records

DATA = b"%PDF-1.7 " + bytes(range(256)) * 1000


def get(client, user, attachment, **headers):
    client.force_login(user)
    return client.get(reverse("attachment", args=[attachment.pk]), headers=headers)


@pytest.mark.parametrize(
    ("who", "status"), [("owner", 200), ("nurse", 200), ("colleague", 404), ("manager", 404)]
)
def test_download_when_asked_then_by_right(client, request, patient, owner, who, status):
    attachment = records.attachment(patient, owner)
    assert get(client, request.getfixturevalue(who), attachment).status_code == status


def test_download_when_whole_then_the_same_bytes_as_a_download(client, owner, patient):
    response = get(client, owner, records.attachment(patient, owner, DATA))
    assert response.content == DATA
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_download_when_a_range_over_chunks_then_that_part(client, owner, patient):
    response = get(client, owner, records.attachment(patient, owner, DATA), Range="bytes=65530-65545")
    assert response.status_code == 206
    assert response.content == DATA[65530:65546]
    assert response.headers["Content-Range"] == f"bytes 65530-65545/{len(DATA)}"


def test_download_when_the_range_lies_outside_then_416(client, owner, patient):
    response = get(client, owner, records.attachment(patient, owner, b"abc"), Range="bytes=3-")
    assert (response.status_code, response.headers["Content-Range"]) == (416, "bytes */3")


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("", (0, 10)),
        ("bytes=0-3", (0, 4)),
        ("bytes=7-", (7, 10)),
        ("bytes=-4", (6, 10)),
        ("bytes=-99", (0, 10)),
        ("bytes=5-99", (5, 10)),
        ("bytes=0-1,3-4", (0, 10)),
        ("bytes=4-2", (0, 10)),
        ("lines=1-2", (0, 10)),
        ("bytes=-", (0, 10)),
        ("bytes=-0", None),
        ("bytes=10-", None),
    ],
)
def test_byte_range_when_written_so_then_means(header, part):
    assert byte_range(header, 10) == part


def test_attach_when_stored_then_encrypted_on_disk(owner, patient):
    attachment = records.attachment(patient, owner, b"%PDF-1.7 top secret letter")
    assert b"top secret" not in path_of(attachment.blob_id).read_bytes()


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"%PDF-1.4", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n0", "image/png"),
        (b"<html><script>", "text/plain"),
        ("咳嗽".encode() * 400, "text/plain"),
        (b"MZ\x00\x01", "application/octet-stream"),
    ],
)
def test_attach_when_stored_then_typed_by_its_bytes(owner, patient, data, media_type):
    assert records.attachment(patient, owner, data).media_type == media_type


def upload(client, user, patient, data: bytes, name: str = "letter.pdf"):
    client.force_login(user)
    file = SimpleUploadedFile(name, data)
    return client.post(reverse("attachment-new", args=[patient.pk]), {"file": file, "title": ""})


def test_upload_when_posted_then_in_the_record_under_its_name(client, owner, patient):
    assert upload(client, owner, patient, b"%PDF-1.7").status_code == 302
    assert Attachment.objects.get().title == "letter.pdf"


def test_upload_when_empty_then_refused(client, owner, patient):
    assert upload(client, owner, patient, b"").status_code == 400
    assert not Attachment.objects.exists()


def test_upload_when_the_name_is_a_path_then_it_stays_a_name(client, owner, patient):
    upload(client, owner, patient, b"%PDF-1.7", "../../etc/passwd.pdf")
    response = get(client, owner, Attachment.objects.get())
    assert "/" not in response.headers["Content-Disposition"].split("''")[1]


def test_attach_when_too_large_then_refused(monkeypatch, owner, patient):
    monkeypatch.setattr(service, "LARGEST_ATTACHMENT", 10)
    with pytest.raises(TooLargeError):
        services.attach_file(patient=patient, stream=BytesIO(b"x" * 11), title="t", by=owner)


def test_download_when_taken_back_then_not_found(client, owner, patient):
    attachment = records.attachment(patient, owner)
    client.force_login(owner)
    client.post(reverse("attachment-withdraw", args=[attachment.pk]), {"reason": "wrong patient"})
    assert get(client, owner, attachment).status_code == 404
