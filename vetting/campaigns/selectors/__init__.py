"""Reading campaigns: access, pools, what a vetter sees next, what was labelled, what is contested."""

from vetting.campaigns.selectors.access import campaign_for, campaigns_to_scan, campaigns_visible, may, role_of
from vetting.campaigns.selectors.adjudication import inbox
from vetting.campaigns.selectors.guidelines import (
    classes_offered,
    guideline_current,
    guideline_numbered,
    guidelines_from,
)
from vetting.campaigns.selectors.recent import decisions_recent
from vetting.campaigns.selectors.scanning import (
    Progress,
    campaign_default,
    label_to_undo,
    labels_standing,
    labels_untaken,
    night_latest,
    nights_to_scan,
    progress,
    queue,
    queue_after,
    unscored,
)

__all__ = [
    "Progress",
    "campaign_default",
    "campaign_for",
    "campaigns_to_scan",
    "campaigns_visible",
    "classes_offered",
    "decisions_recent",
    "guideline_current",
    "guideline_numbered",
    "guidelines_from",
    "inbox",
    "label_to_undo",
    "labels_standing",
    "labels_untaken",
    "may",
    "night_latest",
    "nights_to_scan",
    "progress",
    "queue",
    "queue_after",
    "role_of",
    "unscored",
]
