"""Setting up and running campaigns."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from scoring.families import FineClass
from vetting.campaigns.models import Campaign, CampaignEvent, GuidelineVersion, Label, Membership, PoolItem, Role
from vetting.campaigns.selectors.guidelines import guideline_current
from vetting.campaigns.selectors.pool import pool_filter_check, pool_wanted
from vetting.campaigns.services.pool import pool_add, pool_refresh
from vetting.campaigns.services.webhooks import event_tell
from vetting.campaigns.templates import TEMPLATES
from vetting.common import ApplicationError, ConflictError, RefusedError

# Votes that were counted by one rule are not counted again by another.
FIXED_BY_LABELS = {"rule", "redundancy", "votes_needed", "votes_most", "certainty", "pool"}
SETTINGS = FIXED_BY_LABELS | {
    "name", "description", "blindness", "order", "gold_share", "feedback", "feedback_days", "assigns",
    "lease_minutes", "is_public", "pool_first_night", "pool_last_night", "pool_filter", "pool_grows",
}  # fmt: skip
# The moves of a campaign: from where, to where.
MOVES: dict[str, tuple[set[str], str]] = {
    CampaignEvent.Kind.STARTED: ({Campaign.Status.DRAFT, Campaign.Status.PAUSED}, Campaign.Status.ACTIVE),
    CampaignEvent.Kind.PAUSED: ({Campaign.Status.ACTIVE}, Campaign.Status.PAUSED),
    CampaignEvent.Kind.CLOSED: (set(Campaign.Status.values) - {Campaign.Status.CLOSED}, Campaign.Status.CLOSED),
    CampaignEvent.Kind.REOPENED: ({Campaign.Status.CLOSED}, Campaign.Status.ACTIVE),
}
MOST_EXAMPLES = 50
COPIED = ("candidate_id", "gold_class", "gold_source")


@transaction.atomic
def campaign_create(
    name: str,
    *,
    by: User,
    template: str,
    guideline: str = "",
    classes: Collection[str] = tuple(FineClass),
    examples: Sequence[Mapping[str, Any]] = (),
    names: Collection[str] = (),
    **settings: Any,
) -> Campaign:
    """Set a campaign up as a draft, with its maker as manager, its first guideline and the listed candidates."""
    if template not in TEMPLATES:
        raise ApplicationError(f"expected a template ({', '.join(TEMPLATES)}), got {template!r}")
    _public_by_staff(settings, by)
    campaign = Campaign(template=template, status=Campaign.Status.DRAFT, assigns=True, created_by=by)
    _set(campaign, TEMPLATES[template] | settings | {"name": name})
    Membership.objects.create(campaign=campaign, user=by, role=Role.MANAGER)
    guideline_write(campaign, by=by, text=guideline or campaign.description, classes=classes, examples=examples)
    if names:
        pool_add(campaign, names)
    _tell(campaign, CampaignEvent.Kind.CREATED, by, f"from the template {campaign.get_template_display()}")
    return campaign


@transaction.atomic
def campaign_change(campaign: Campaign, *, by: User, **settings: Any) -> Campaign:
    """Change settings; how votes are counted stays once there are votes."""
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    changed = {name: value for name, value in settings.items() if getattr(campaign, name, None) != value}
    locked = sorted(FIXED_BY_LABELS & changed.keys())
    if locked and Label.objects.filter(campaign=campaign).exists():
        raise ConflictError(f"{campaign} has labels: {', '.join(locked)} can no longer change; clone it instead")
    _public_by_staff(changed, by)
    if changed:
        _set(campaign, changed)
        _tell(
            campaign,
            CampaignEvent.Kind.CHANGED,
            by,
            ", ".join(f"{name}: {value}" for name, value in sorted(changed.items())),
        )
    return campaign


def campaign_start(campaign: Campaign, *, by: User) -> Campaign:
    """Hand candidates out from now on; the pool is filled first."""
    return _move(campaign, CampaignEvent.Kind.STARTED, by)


def campaign_pause(campaign: Campaign, *, by: User) -> Campaign:
    """Hand nothing new out; labels of what is lent are still taken."""
    return _move(campaign, CampaignEvent.Kind.PAUSED, by)


def campaign_close(campaign: Campaign, *, by: User) -> Campaign:
    """End the work; what was lent before may still come in, and is flagged late."""
    if campaign.is_default:
        raise ConflictError(f"{campaign} moves the candidates of the site and is never closed; pause it instead")
    return _move(campaign, CampaignEvent.Kind.CLOSED, by)


def campaign_reopen(campaign: Campaign, *, by: User) -> Campaign:
    """Take the work up again."""
    return _move(campaign, CampaignEvent.Kind.REOPENED, by)


@transaction.atomic
def campaign_clone(campaign: Campaign, *, name: str, by: User) -> Campaign:
    """Set a draft up with the same policies, guideline, pool and gold, without people and labels."""
    same = {setting: getattr(campaign, setting) for setting in SETTINGS - {"name"}}
    same["is_public"] &= by.is_staff
    guideline = guideline_current(campaign)
    copy = campaign_create(name, by=by, template=campaign.template, **same)
    if not campaign.pool_grows:  # it has what the campaign has, and is not filled anew
        copy.pool_refreshed_at = campaign.pool_refreshed_at
        copy.save(update_fields=["pool_refreshed_at"])
    if guideline:
        guideline_write(copy, by=by, text=guideline.text, classes=guideline.classes, examples=guideline.examples)
    rows = PoolItem.objects.filter(campaign=campaign).order_by("pk").iterator()
    PoolItem.objects.bulk_create(
        (PoolItem(campaign=copy, **{name: getattr(row, name) for name in COPIED}) for row in rows), batch_size=1000
    )
    return copy


@transaction.atomic
def guideline_write(
    campaign: Campaign,
    *,
    by: User,
    text: str,
    classes: Collection[str] = tuple(FineClass),
    examples: Sequence[Mapping[str, Any]] = (),
) -> GuidelineVersion:
    """Write the next version of the guideline; earlier labels keep pointing to theirs."""
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    unknown = sorted(set(classes) - set(FineClass))
    if unknown or not set(classes) - {FineClass.UNSURE}:
        raise ApplicationError(f"expected classes among {', '.join(FineClass)}, got {', '.join(unknown) or 'none'}")
    if len(examples) > MOST_EXAMPLES:
        raise ApplicationError(f"expected at most {MOST_EXAMPLES} examples, got {len(examples)}")
    latest = guideline_current(campaign)
    return GuidelineVersion.objects.create(
        campaign=campaign,
        number=latest.number + 1 if latest else 1,
        text=text,
        classes=[name.value for name in FineClass if name in set(classes)],
        examples=[dict(example) for example in examples],
        written_by=by,
    )


def _move(campaign: Campaign, kind: str, by: User) -> Campaign:
    """Move a campaign, once: a compare-and-swap and an event."""
    from_status, to_status = MOVES[kind]
    with transaction.atomic():
        if not Campaign.objects.filter(pk=campaign.pk, status__in=from_status).update(status=to_status):
            campaign.refresh_from_db(fields=["status"])
            raise ConflictError(f"{campaign} is {campaign.status}: it cannot become {to_status}")
        campaign.refresh_from_db()
        _tell(campaign, kind, by)
        if to_status == Campaign.Status.ACTIVE and campaign.pool_refreshed_at is None:
            pool_refresh(campaign)
    return campaign


def _public_by_staff(settings: Mapping[str, Any], by: User) -> None:
    """Refuse to open a campaign to every login where who asks is not staff."""
    if settings.get("is_public") and not by.is_staff:
        raise RefusedError("only staff of the site opens a campaign to every login; invite your vetters instead")


def _set(campaign: Campaign, settings: Mapping[str, Any]) -> None:
    unknown = sorted(settings.keys() - SETTINGS)
    if unknown:
        raise ApplicationError(f"expected settings among {', '.join(sorted(SETTINGS))}, got {', '.join(unknown)}")
    if "pool_filter" in settings:
        pool_filter_check(settings["pool_filter"])
    for name, value in settings.items():
        setattr(campaign, name, value)
    first, last = campaign.pool_first_night, campaign.pool_last_night
    if first and last and last < first:
        raise ApplicationError(f"expected a last night from {first} on, got {last}")
    if campaign.is_default and campaign.gold_share:
        raise ApplicationError(
            f"{campaign} hands out a night, the most probable first: expected a share of gold of 0, "
            f"got {campaign.gold_share:g}"
        )
    try:
        campaign.full_clean()
    except ValidationError as error:
        wrong = [f"{name}: {', '.join(texts)}" for name, texts in error.message_dict.items()]
        raise ApplicationError("; ".join(wrong)) from error
    pool_wanted(campaign)  # a filter that cannot be read is refused here
    campaign.save()


def _tell(campaign: Campaign, kind: str, by: User, reason: str = "") -> None:
    CampaignEvent.objects.create(campaign=campaign, kind=kind, actor=by.get_username(), reason=reason[:300])
    if kind in MOVES:
        event_tell(campaign.pk, f"campaign.{kind}", {"name": campaign.name, "by": by.get_username()})
