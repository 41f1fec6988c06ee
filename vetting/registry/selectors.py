"""Reading the registry."""

import hashlib
from pathlib import Path
from typing import Any

from scoring.bundle import EVALUATION, EVALUATION_FORMAT, BundleError, read_json
from vetting.common import ApplicationError
from vetting.registry.models import Ensemble


def active_ensemble() -> Ensemble | None:
    """Return the ensemble that scores now, if a person has activated one."""
    return Ensemble.objects.filter(is_active=True).first()


def ensemble_fault(directory: str, sha256: str) -> str:
    """Say why an ensemble cannot be loaded: another lies where it was registered, or none; empty where it can."""
    path = Path(directory) / "ensemble.json"
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        return f"{path}: expected the ensemble that was registered, but it cannot be read: {error.strerror}"
    if digest == sha256:
        return ""
    return (
        f"{path}: expected sha256 {sha256[:12]} as registered, but another ensemble lies there ({digest[:12]}); "
        f"`./run manage register_models {directory} --activate` scores with that"
    )


def ensemble_evaluation(ensemble: Ensemble) -> dict[str, Any] | None:
    """Read the evaluation beside an ensemble; None where it has none.

    Raises
    ------
    ApplicationError : it cannot be read, or is of another ensemble.
    """
    path = Path(ensemble.directory) / EVALUATION
    if not path.exists():
        return None
    evaluation = evaluation_read(path)
    digest = evaluation["ensemble"]["sha256"]
    if digest != ensemble.sha256:
        raise ApplicationError(
            f"{EVALUATION}: expected that of the ensemble {ensemble.sha256[:12]}, but it is of {digest[:12]}"
        )
    return evaluation


def evaluation_read(path: Path) -> dict[str, Any]:
    """Read what ``python -m scoring evaluate`` has written.

    Raises
    ------
    ApplicationError : it is not that.
    """
    try:
        evaluation = read_json(path)
    except BundleError as error:
        raise ApplicationError(str(error)) from error
    if evaluation.get("format") != EVALUATION_FORMAT:
        raise ApplicationError(
            f"{path.name}: expected format {EVALUATION_FORMAT}, but came {evaluation.get('format')!r}"
        )
    return evaluation
