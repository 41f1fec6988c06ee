"""Reading the registry."""

from vetting.registry.models import Ensemble


def active_ensemble() -> Ensemble | None:
    """Return the ensemble that scores now, if a person has activated one."""
    return Ensemble.objects.filter(is_active=True).first()
