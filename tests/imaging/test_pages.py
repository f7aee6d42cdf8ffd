"""The department's pages and pictures, by doctor, stranger and roles without the right."""

import json

import pytest
from django.urls import reverse

from imaging import frames
from imaging.models import Instance
from medapp.audit.models import Event
from tests.factories import dicom as build
from tests.factories.imaging import make_instance, make_user, send
from tests.imaging.conftest import client_of


@pytest.fixture
def instance(doctor, patient) -> Instance:
    return make_instance(doctor, patient)


def page_urls(instance: Instance) -> dict[str, str]:
    return {
        "study": reverse("study", args=[instance.series.study_id]),
        "frames": reverse("series-frames", args=[instance.series_id]),
        "raw": reverse("instance-raw", args=[instance.pk, 0]),
        "image": reverse("instance-image", args=[instance.pk, 0]),
        "thumbnail": reverse("instance-thumbnail", args=[instance.pk]),
        "panels": reverse("instance-panels", args=[instance.pk]),
        "file": reverse("instance-file", args=[instance.pk]),
        "patient": reverse("patient-images", args=[instance.series.study.patient_id]),
    }


def statuses(user, instance: Instance) -> dict[str, int]:
    client = client_of(user)
    return {name: client.get(url).status_code for name, url in page_urls(instance).items()}


def test_doctor_of_the_care_team_opens_everything(doctor, instance) -> None:
    assert set(statuses(doctor, instance).values()) == {200}


@pytest.mark.parametrize(
    "role", ["doctor", "nurse", "data_manager", "researcher", "privacy_officer", "administrator"]
)
def test_others_find_nothing(instance, role) -> None:
    assert set(statuses(make_user(role), instance).values()) == {404}


def test_anonymous_visitors_sign_in_first(client, instance) -> None:
    assert {client.get(url).status_code for url in page_urls(instance).values()} == {302}


def test_list_of_studies_shows_those_of_the_care_team(browser, stranger, instance) -> None:
    number = instance.series.study.patient.mrn
    assert number in browser.get(reverse("studies")).content.decode()
    assert number not in client_of(stranger).get(reverse("studies")).content.decode()


@pytest.mark.parametrize(("query", "found"), [("王小", 1), ("xiaoming", 1), ("wxm", 1), ("nobody", 0)])
def test_studies_are_found_by_name(browser, instance, query, found) -> None:
    page = browser.get(reverse("studies"), {"q": query, "modality": "DX"})
    assert len(page.context["rows"]) == found


def test_raw_values_come_with_what_is_needed_to_draw_them(browser, doctor, patient) -> None:
    instance = make_instance(doctor, patient, WindowCenter="1000", WindowWidth="2000")
    response = browser.get(reverse("instance-raw", args=[instance.pk, 0]))
    described = json.loads(response["X-Frame"])
    assert (described["kind"], described["window_center"]) == ("gray16", 1000)
    assert len(response.content) == described["rows"] * described["columns"] * 2


def test_second_look_at_a_frame_is_not_decoded_again(browser, instance, monkeypatch) -> None:
    url = reverse("instance-raw", args=[instance.pk, 0])
    first = browser.get(url).content
    monkeypatch.setattr(frames.sandbox, "raw_frame", None)
    assert browser.get(url).content == first


@pytest.mark.parametrize(
    ("query", "status"),
    [("?side=32&format=webp", 200), ("?center=nan&width=1", 400), ("?format=exe", 400), ("?width=x", 400)],
)
def test_rendered_picture_takes_a_window_or_says_no(browser, instance, query, status) -> None:
    assert browser.get(reverse("instance-image", args=[instance.pk, 0]) + query).status_code == status


def test_frame_that_is_not_there_is_a_plain_refusal(browser, instance) -> None:
    assert browser.get(reverse("instance-raw", args=[instance.pk, 9])).status_code == 422


def test_original_is_the_file_as_it_came(browser, doctor, patient) -> None:
    data = build.file_bytes(PatientID=patient.mrn)
    [file] = send(data, by=doctor, patient=patient)
    response = browser.get(reverse("instance-file", args=[file.instance_id]))
    assert b"".join(response.streaming_content) == data


def test_looking_at_pictures_is_accounted_for_once_a_series(browser, doctor, instance) -> None:
    for _ in range(3):
        browser.get(reverse("instance-raw", args=[instance.pk, 0]))
        browser.get(reverse("instance-thumbnail", args=[instance.pk]))
    events = Event.objects.filter(action="image.view", actor_id=str(doctor.pk))
    assert [event.object_id for event in events] == [str(instance.series_id)]


def test_opening_a_study_is_accounted_for(browser, doctor, instance) -> None:
    browser.get(reverse("study", args=[instance.series.study_id]))
    assert Event.objects.filter(action="image.read", object_id=str(instance.series.study_id)).count() == 1


def test_study_page_works_without_scripts(browser, instance) -> None:
    page = browser.get(reverse("instance", args=[instance.pk]), follow=True).content.decode()
    assert f'<noscript><img src="{reverse("instance-image", args=[instance.pk, 0])}' in page
    assert "onclick" not in page


def test_object_without_pixels_has_a_page_too(browser, doctor, patient) -> None:
    made = build.dataset(PatientID=patient.mrn, Modality="SR", PixelData=None, Rows=None, Columns=None)
    [file] = send(build.file_bytes(made), by=doctor, patient=patient)
    assert file.verdict == "stored"
    assert browser.get(reverse("study", args=[file.instance.series.study_id])).status_code == 200


def test_damaged_file_in_the_store_is_said_and_not_shown(browser, instance, settings) -> None:
    blob = instance.blob
    path = settings.BLOB_DIR / blob.id.hex[:2] / blob.id.hex[2:4] / blob.id.hex
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    frames.cache.clear()
    assert browser.get(reverse("instance-raw", args=[instance.pk, 0])).status_code in range(400, 504)
