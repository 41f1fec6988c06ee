"""Registering and activating ensembles, and loading the active one once per process."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import transaction

from scoring.bundle import BundleError, read_card
from scoring.inference import Ensemble as LoadedEnsemble
from vetting.common import ApplicationError
from vetting.registry.models import Ensemble, ModelVersion
from vetting.registry.selectors import active_ensemble, ensemble_fault


@transaction.atomic
def ensemble_register(directory: Path, *, activate: bool = False) -> Ensemble:
    """Register the ensemble of a directory, once however often it is asked; every member's digest is checked.

    One that no longer lies where it was registered is from now on loaded from here. Where the active one's files
    were replaced by these (an upgrade of the shipped ones) this one takes its place: that one can score no longer.
    """
    try:
        loaded = LoadedEnsemble.load(directory, threads=1)
    except BundleError as error:
        raise ApplicationError(str(error)) from error
    digest = hashlib.sha256((directory / "ensemble.json").read_bytes()).hexdigest()
    ensemble, is_new = Ensemble.objects.get_or_create(
        sha256=digest,
        defaults={"name": loaded.name, "directory": str(directory), "description": loaded.description},
    )
    if is_new:
        for member in loaded.members:
            card = read_card(directory / f"{member}.json")
            version, _ = ModelVersion.objects.get_or_create(
                sha256=card["sha256"], defaults={"name": member, "card": card}
            )
            ensemble.members.add(version)
    elif ensemble_fault(ensemble.directory, digest):
        ensemble.directory = str(directory)
        ensemble.save(update_fields=["directory"])
    active = active_ensemble()
    replaced = active is not None and active.directory == str(directory) and active.sha256 != digest
    if activate or replaced:
        ensemble_activate(ensemble)
    return ensemble


@transaction.atomic
def ensemble_activate(ensemble: Ensemble) -> None:
    """Make this the one ensemble that scores new candidates."""
    Ensemble.objects.filter(is_active=True).exclude(pk=ensemble.pk).update(is_active=False)
    Ensemble.objects.filter(pk=ensemble.pk).update(is_active=True)
    ensemble.is_active = True


@lru_cache(maxsize=2)
def _load(directory: str, sha256: str) -> LoadedEnsemble:
    if fault := ensemble_fault(directory, sha256):
        raise ApplicationError(fault)
    try:
        return LoadedEnsemble.load(Path(directory), threads=settings.SCORING_THREADS)
    except BundleError as error:
        raise ApplicationError(str(error)) from error


def ensemble_load(ensemble: Ensemble) -> LoadedEnsemble:
    """Load the networks of an ensemble, once per process.

    Raises
    ------
    ApplicationError : what lies in its directory is not what was registered, or cannot be loaded.
    """
    return _load(ensemble.directory, ensemble.sha256)
