"""The schema is whole, and its page asks nobody else for anything."""

import re

import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from tests.accounts.test_every_url import PAGES


def test_schema_is_valid_and_without_a_warning(tmp_path):
    target = tmp_path / "schema.yml"

    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(target))

    assert "/api/studies/{id}/" in target.read_text()


def test_every_address_of_the_api_is_in_the_schema():
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    ours = {re.sub(r"<uuid:pk>", "{id}", f"/{page.place}") for page in PAGES if page.is_api}

    assert ours - set(paths) == {"/api/schema/", "/api/docs/"}


def test_every_operation_names_the_problem_document():
    schema = SchemaGenerator().get_schema(request=None, public=True)
    operations = [one for path in schema["paths"].values() for one in path.values()]

    assert len(operations) > 12
    assert "Problem" in schema["components"]["schemas"]


def test_token_opens_the_schema(api):
    assert b"openapi: 3" in api.get("/api/schema/").content


@pytest.mark.parametrize("address", ["/api/docs/", "/api/docs/?script="])
def test_docs_page_stays_at_home(doctor, address):
    browser = Client()
    browser.force_login(doctor)

    answer = browser.get(address)

    text = answer.content.decode()
    assert answer.status_code == 200
    assert re.findall(r"https?://(?!localhost|testserver)[^\"' ]+", text) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
    assert "<style" not in text
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
