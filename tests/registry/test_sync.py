import shutil

import pytest
from django.db import IntegrityError

from medapp.audit.models import Event
from medapp.errors import DamagedModelError, UnknownModelError
from medapp.registry.errors import ModelNotAssembledError, ModelNotUsableError, WrongModelStateError
from medapp.registry.models import ModelStatus, ModelVersion
from medapp.registry.queries import champion, champions, pack_for
from medapp.registry.services import promote_model_version, sync_packs, withdraw_model_version

pytestmark = pytest.mark.django_db


def test_the_first_version_of_a_name_is_put_in_use(packs):
    folder = packs()
    sync_packs()
    assert (champion("tiny").version, pack_for(champion("tiny"))) == ("1.0.0", folder)


def test_checking_twice_changes_nothing(packs):
    packs()
    sync_packs()
    events = Event.objects.count()
    sync_packs()
    assert (ModelVersion.objects.count(), Event.objects.count()) == (1, events)


def test_a_second_version_is_a_candidate_until_somebody_promotes_it(packs):
    packs()
    sync_packs()
    second = _second(packs)
    assert second.status == ModelStatus.CANDIDATE
    promote_model_version(model_version=second, by=None, reason="better on the test split")
    assert champion("tiny").version == "2.0.0"
    assert ModelVersion.objects.get(version="1.0.0").status == ModelStatus.RETIRED
    assert Event.objects.filter(action="model.promote").count() == 2


def test_one_changed_bit_disables_the_model_and_says_which_file(packs):
    folder = packs()
    sync_packs()
    weights = folder / "w.safetensors"
    weights.write_bytes(bytes([weights.read_bytes()[0] ^ 1]) + weights.read_bytes()[1:])
    sync_packs()
    version = ModelVersion.objects.get()
    assert (version.is_enabled, version.problem_code) == (False, "damaged")
    assert version.problem.startswith("tiny/w.safetensors: ")
    with pytest.raises(DamagedModelError):
        champion("tiny")


def test_a_repaired_model_comes_back(packs):
    folder = packs()
    sync_packs()
    (folder / "w.safetensors").write_bytes(b"other")
    sync_packs()
    packs()
    sync_packs()
    assert champion("tiny").is_enabled


def test_an_unreadable_pack_disables_the_version_that_lay_there(packs):
    folder = packs()
    sync_packs()
    (folder / "pack.json").write_text("{")
    sync_packs()
    with pytest.raises(DamagedModelError):
        champion("tiny")
    assert ModelVersion.objects.get().card != {}


def test_a_pack_that_was_never_readable_is_shown_with_its_problem(packs):
    (packs() / "pack.json").write_text("{")
    sync_packs()
    assert ModelVersion.objects.get(name="tiny").problem_code == "damaged"


def test_a_missing_base_model_names_what_to_run(packs):
    packs(backbone={"name": "base", "digest": "0" * 64})
    sync_packs()
    with pytest.raises(ModelNotAssembledError) as refusal:
        champion("tiny")
    assert "ml.assemble" in refusal.value.advice


def test_a_model_whose_files_are_gone_is_unknown(packs):
    folder = packs()
    sync_packs()
    shutil.rmtree(folder)
    sync_packs()
    with pytest.raises(UnknownModelError):
        champion("tiny")
    assert not champions()


def test_a_release_that_replaces_the_files_takes_over(packs):
    packs()
    sync_packs()
    packs(version="1.1.0")
    sync_packs()
    assert champion("tiny").version == "1.1.0"
    assert ModelVersion.objects.get(version="1.0.0").status == ModelStatus.RETIRED


def test_a_withdrawn_model_stays_withdrawn_when_the_files_are_checked(packs):
    packs()
    sync_packs()
    withdraw_model_version(model_version=ModelVersion.objects.get(), by=None, reason="wrong labels")
    sync_packs()
    with pytest.raises(UnknownModelError):
        champion("tiny")


def test_a_damaged_model_cannot_be_promoted(packs):
    packs()
    sync_packs()
    second = _second(packs)
    ModelVersion.objects.filter(id=second.id).update(is_enabled=False, problem_code="damaged")
    with pytest.raises(ModelNotUsableError):
        promote_model_version(model_version=second, by=None)


def test_the_model_in_use_cannot_be_promoted_again(packs):
    packs()
    sync_packs()
    with pytest.raises(WrongModelStateError):
        promote_model_version(model_version=champion("tiny"), by=None)


def test_the_database_allows_one_model_in_use_a_name(packs):
    packs()
    sync_packs()
    second = _second(packs)
    with pytest.raises(IntegrityError):
        ModelVersion.objects.filter(id=second.id).update(status=ModelStatus.CHAMPION)


def test_an_unknown_name_is_refused():
    with pytest.raises(UnknownModelError):
        champion("../etc/passwd")


def _second(packs) -> ModelVersion:
    folder = packs("second", version="2.0.0")
    content = (folder / "pack.json").read_text().replace('"name": "second"', '"name": "tiny"')
    (folder / "pack.json").write_text(content)
    sync_packs()
    return ModelVersion.objects.get(version="2.0.0")
