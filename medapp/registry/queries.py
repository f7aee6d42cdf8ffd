"""Which model answers, and where its files lie."""

from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from medapp.errors import DamagedModelError, MedappError, UnknownModelError
from medapp.registry.errors import ModelNotAssembledError
from medapp.registry.models import ModelStatus, ModelVersion, Problem


def champion(name: str) -> ModelVersion:
    """Return the version of ``name`` in use.

    Raises UnknownModelError, DamagedModelError or ModelNotAssembledError.
    """
    found = ModelVersion.objects.filter(name=name, status=ModelStatus.CHAMPION).first()
    if found is None:
        raise UnknownModelError(name=name)
    if not found.is_enabled:
        raise problem_error(found)
    return found


def champions(task: str = "") -> QuerySet[ModelVersion]:
    """Return the usable versions in use, of one task or of all."""
    found = ModelVersion.objects.filter(status=ModelStatus.CHAMPION, is_enabled=True).order_by("name")
    return found.filter(task=task) if task else found


def pack_for(model_version: ModelVersion) -> Path:
    """Return the pack's folder, for ``ml.load``. Raises as ``champion`` does where the files have a problem."""
    if not model_version.is_enabled:
        raise problem_error(model_version)
    return Path(settings.PACKS_DIR) / model_version.folder


def problem_error(model_version: ModelVersion) -> MedappError:
    """Return the refusal that fits a version's problem."""
    if model_version.problem_code == Problem.NO_BACKBONE:
        return ModelNotAssembledError(name=model_version.name)
    if model_version.problem_code == Problem.MISSING:
        return UnknownModelError(name=model_version.name)
    return DamagedModelError(name=model_version.name)
