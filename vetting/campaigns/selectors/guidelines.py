"""Reading guidelines."""

from scoring.families import FineClass
from vetting.campaigns.models import Campaign, GuidelineVersion


def guideline_current(campaign: Campaign) -> GuidelineVersion | None:
    """Return the latest version of a campaign's guideline."""
    return GuidelineVersion.objects.filter(campaign=campaign).order_by("-number").first()


def guidelines_from(campaign: Campaign, number: int | None) -> list[GuidelineVersion]:
    """Return a version and all after it, oldest first; the latest alone where none is named or none has the number."""
    versions = GuidelineVersion.objects.filter(campaign=campaign)
    found = list(versions.filter(number__gte=number).order_by("number")) if number else []
    return found or list(versions.order_by("-number")[:1])


def guideline_numbered(campaign: Campaign, number: int | None) -> GuidelineVersion | None:
    """Return a version by its number; the latest where none is named or none has it."""
    return next(iter(guidelines_from(campaign, number)), None)


def classes_offered(guideline: GuidelineVersion | None) -> list[str]:
    """Return the fine classes that a guideline offers; all without one."""
    return guideline.classes if guideline else list(FineClass)
