"""The models that this process holds open, each loaded once and only by a worker."""

import threading
from functools import lru_cache
from pathlib import Path

import ml
from medapp.errors import DamagedModelError, UnavailableError, UnknownModelError
from medapp.registry.models import ModelVersion
from medapp.registry.queries import pack_for
from ml import errors as ml_errors
from ml import threads

_loading = threading.Lock()
MOST_MODELS = 4


def open_model(version: ModelVersion) -> ml.Model:
    """Return the model of a registered version, its digests checked when it was loaded.

    Raises UnknownModelError, DamagedModelError, or UnavailableError where its backbone is not assembled.
    """
    with _loading:
        try:
            model = _loaded(pack_for(version), version.digest)
        except ml_errors.UnknownPack as error:
            raise UnknownModelError(name=version.name) from error
        except ml_errors.DamagedPack as error:
            raise DamagedModelError(name=version.name) from error
        except ml_errors.MissingBackbone as error:
            raise UnavailableError(part=str(error.name)) from error
    return model


@lru_cache(maxsize=MOST_MODELS)
def _loaded(folder: Path, digest: str) -> ml.Model:
    threads.apply()
    model = ml.load(folder)
    if model.pack.digest != digest:
        # The folder holds another version than the one that was asked for and will be named in the record.
        raise ml_errors.DamagedPack(folder, "the pack on disk is not the registered version")
    return model
