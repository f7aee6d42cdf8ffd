"""The writes of the registry: to check the packs on disk, and to say which version answers."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from medapp.audit.services import record
from medapp.registry.errors import ModelNotUsableError, WrongModelStateError
from medapp.registry.models import ModelStatus, ModelVersion, Problem
from medapp.registry.scan import FoundPack, found_packs

PROMOTABLE = (ModelStatus.CANDIDATE, ModelStatus.SHADOW, ModelStatus.RETIRED)


def sync_packs(by: Any = None) -> list[ModelVersion]:
    """Bring the rows into line with the packs on disk; return the versions found there.

    A damaged pack is disabled with its problem and comes back once it is repaired. The first version of a name is
    put in use; a version whose files are gone is retired, and what replaced it on disk takes its place.
    """
    found = found_packs()
    with transaction.atomic():
        versions = [_synced(pack, by) for pack in found]
        _mark_missing(found, by)
        for name in {version.name for version in versions}:
            _ensure_champion(name, by)
    return list(ModelVersion.objects.filter(id__in=[version.id for version in versions]))


@transaction.atomic
def promote_model_version(*, model_version: ModelVersion, by: Any, reason: str = "") -> ModelVersion:
    """Put a version in use; the one before is retired. Raises ModelNotUsableError or WrongModelStateError."""
    row = _locked(model_version)
    if not row.is_enabled:
        raise ModelNotUsableError(name=str(row))
    _require(row, PROMOTABLE)
    before = ModelVersion.objects.filter(name=row.name, status=ModelStatus.CHAMPION).first()
    if before is not None:
        _move(before, ModelStatus.RETIRED)
    _move(row, ModelStatus.CHAMPION)
    _record("model.promote", row, by, reason, before=before.version if before else "")
    return row


@transaction.atomic
def shadow_model_version(*, model_version: ModelVersion, by: Any, reason: str = "") -> ModelVersion:
    """Let a version run beside the one in use without showing its answers. Raises WrongModelStateError."""
    row = _locked(model_version)
    _require(row, (ModelStatus.CANDIDATE, ModelStatus.RETIRED))
    _move(row, ModelStatus.SHADOW)
    _record("model.shadow", row, by, reason)
    return row


@transaction.atomic
def withdraw_model_version(*, model_version: ModelVersion, by: Any, reason: str) -> ModelVersion:
    """Take a version out of use for good, with a reason. Raises WrongModelStateError."""
    row = _locked(model_version)
    _require(row, tuple(status for status in ModelStatus if status != ModelStatus.WITHDRAWN))
    _move(row, ModelStatus.WITHDRAWN)
    _record("model.withdraw", row, by, reason)
    return row


def _synced(pack: FoundPack, by: Any) -> ModelVersion:
    known = (
        _of_damaged_folder(pack) or ModelVersion.objects.filter(name=pack.name, digest=pack.digest).first()
    )
    row = known or ModelVersion(name=pack.name, digest=pack.digest)
    if pack.card:
        row.version, row.task, row.engine, row.card = pack.version, pack.task, pack.engine, pack.card
    was = row.problem_code if known else ""
    row.folder, row.synced_at = pack.folder, timezone.now()
    row.problem_code, row.problem, row.is_enabled = pack.problem_code, pack.problem, not pack.problem_code
    row.save()
    if known is None:
        _record("model.found", row, by)
    if row.problem_code != was:
        _record("model.problem" if row.problem_code else "model.repaired", row, by, code=row.problem_code)
    return row


def _of_damaged_folder(pack: FoundPack) -> ModelVersion | None:
    """An unreadable pack.json has no name or digest of its own: it is the version that lay in its folder."""
    if pack.card:
        return None
    rows = ModelVersion.objects.filter(folder=pack.folder)
    return rows.exclude(problem_code=Problem.MISSING).order_by("-synced_at").first()


def _mark_missing(found: Iterable[FoundPack], by: Any) -> None:
    present = {(pack.name, pack.digest) for pack in found if pack.card}
    unreadable = {pack.folder for pack in found if not pack.card}
    for row in ModelVersion.objects.exclude(problem_code=Problem.MISSING):
        if (row.name, row.digest) in present or row.folder in unreadable:
            continue
        row.is_enabled, row.problem_code, row.problem = False, Problem.MISSING, ""
        row.synced_at = timezone.now()
        row.save()
        _record("model.problem", row, by, code=row.problem_code)


def _ensure_champion(name: str, by: Any) -> None:
    """Without this a fresh clinic, or one whose files were replaced by a release, would have no model at all."""
    versions = ModelVersion.objects.filter(name=name)
    current = versions.filter(status=ModelStatus.CHAMPION).first()
    if current is not None and current.problem_code != Problem.MISSING:
        return
    heir = _heir(versions, had_champion=current is not None)
    if heir is None:
        return
    if current is not None:
        _move(current, ModelStatus.RETIRED)
    _move(heir, ModelStatus.CHAMPION)
    _record("model.promote", heir, by, before=current.version if current else "")


def _heir(versions: QuerySet[ModelVersion], had_champion: bool) -> ModelVersion | None:
    if not had_champion and versions.exclude(status=ModelStatus.CANDIDATE).exists():
        return None  # somebody withdrew or retired it: that stands
    rows = versions.exclude(problem_code=Problem.MISSING).filter(status=ModelStatus.CANDIDATE)
    return rows.order_by("-created_at").first()


def _locked(model_version: ModelVersion) -> ModelVersion:
    list(ModelVersion.objects.select_for_update().filter(name=model_version.name))
    return ModelVersion.objects.get(id=model_version.id)


def _require(row: ModelVersion, statuses: Iterable[str]) -> None:
    if row.status not in statuses:
        raise WrongModelStateError(status=row.get_status_display())


def _move(row: ModelVersion, status: ModelStatus) -> None:
    row.status = status
    row.save(update_fields=["status"])


def _record(action: str, row: ModelVersion, by: Any, reason: str = "", **detail: Any) -> None:
    facts = {"name": row.name, "version": row.version, "digest": row.digest[:16], **detail}
    record(action=action, by=by, obj=row, reason=reason, detail=facts)
