"""The votes of a blind campaign that every login may vote in, for those who have not begun there."""

import pytest

from tests import factories
from vetting.campaigns.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return factories.make_cast()


@pytest.fixture
def campaign(cast):
    """A public blind campaign in which one candidate has another vetter's vote."""
    made = factories.make_campaign(cast.manager, is_public=True, blindness="first_vote", votes_needed=2)
    (row,) = factories.make_pool(made, 1)
    factories.make_label(row, cast.second_vetter, "ghost", campaign=made)
    made.row = row
    return made


def told(user, campaign):
    """Numbers of others' votes and of consensus that a user reads, in lists and at the candidate."""
    api = factories.make_api(user)
    labels = api.get("/api/v1/labels/", {"campaign": campaign.pk}).json()["results"]
    consensus = api.get(f"/api/v1/campaigns/{campaign.pk}/consensus/").json()["results"]
    one = api.get(f"/api/v1/candidates/{campaign.row.pk}/").json()
    others = [row for row in [*labels, *one["labels"]] if row["vetter"] != user.get_username()]
    return len(others), len([*consensus, *one["consensus"]])


def test_nothing_is_told_before_the_own_vote_and_all_after_it(cast, campaign):
    assert told(cast.vetter, campaign) == (0, 0)
    factories.make_label(campaign.row, cast.vetter, "asteroid", campaign=campaign)
    assert told(cast.vetter, campaign) == (2, 2)


def test_its_managers_and_viewers_see_what_goes_on(cast, campaign):
    viewer = factories.make_user("otta")
    campaign.memberships.create(user=viewer, role=Role.VIEWER)
    assert told(viewer, campaign) == told(cast.manager, campaign) == (2, 2)


def test_an_open_campaign_tells_all(cast, campaign):
    campaign.blindness = "open"
    campaign.save()
    assert told(cast.vetter, campaign) == (2, 2)
