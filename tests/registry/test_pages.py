import pytest
from django.test import Client

from medapp.accounts.actions import Role
from medapp.accounts.models import User
from medapp.registry.models import ModelVersion
from medapp.registry.services import sync_packs

pytestmark = pytest.mark.django_db


def signed_in(role=Role.NURSE, language="en") -> Client:
    client = Client()
    client.force_login(User.objects.create_user(f"u-{role}-{language}", role=role, language=language))
    return client


@pytest.fixture
def version(packs) -> ModelVersion:
    packs(title={"zh": "小模型", "en": "Tiny model"})
    sync_packs()
    return ModelVersion.objects.get()


def test_everybody_can_look_at_the_models(version):
    page = signed_in().get("/models/").content.decode()
    assert "Tiny model" in page
    assert "0.900 (0.800–0.950)" in page


def test_the_card_speaks_the_readers_language(version):
    english = signed_in().get(f"/models/{version.id}/").content.decode()
    chinese = signed_in(language="zh-hans").get(f"/models/{version.id}/").content.decode()
    assert ("Says nothing." in english, version.digest in english) == (True, True)
    assert ("小模型" in chinese, "什么也不说。" in chinese) == (True, True)


def test_a_damaged_model_says_so(version, settings):
    (settings.PACKS_DIR / version.folder / "w.safetensors").write_bytes(b"changed")
    sync_packs()
    assert "tiny/w.safetensors" in signed_in().get(f"/models/{version.id}/").content.decode()


def test_the_page_is_not_for_the_anonymous(version):
    assert Client().get("/models/").status_code == 302


def test_a_data_manager_withdraws_a_model_in_the_admin_panel(version):
    client = signed_in(Role.DATA_MANAGER)
    assert "tiny" in client.get("/admin/registry/modelversion/").content.decode()
    chosen = {"action": "withdraw", "_selected_action": [str(version.id)]}
    assert client.post("/admin/registry/modelversion/", chosen).status_code == 302
    version.refresh_from_db()
    assert version.status == "withdrawn"


def test_a_privacy_officer_cannot_change_models(version):
    client = signed_in(Role.PRIVACY_OFFICER)
    chosen = {"action": "withdraw", "_selected_action": [str(version.id)]}
    client.post("/admin/registry/modelversion/", chosen)
    version.refresh_from_db()
    assert version.status == "champion"
