"""Reading guidelines."""

from vetting.campaigns.models import Campaign, GuidelineVersion


def guideline_current(campaign: Campaign) -> GuidelineVersion | None:
    """Return the latest version of a campaign's guideline."""
    return GuidelineVersion.objects.filter(campaign=campaign).order_by("-number").first()


def guideline_numbered(campaign: Campaign, number: int | None) -> GuidelineVersion | None:
    """Return a version by its number; the latest where none is named or none has it."""
    found = GuidelineVersion.objects.filter(campaign=campaign, number=number).first() if number else None
    return found or guideline_current(campaign)
