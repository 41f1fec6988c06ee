import pytest

from tests.factories import make_campaign, make_cast, make_label, make_pool
from vetting.campaigns.models import Campaign, Consensus
from vetting.campaigns.services.skill import skills_refit

RULES = {
    "n_agreeing": {"rule": "n_agreeing"},
    "majority": {"rule": "majority"},
    "two_coin": {"rule": "two_coin"},
}


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_skill_is_fitted_whatever_the_rule(cast, rule):
    campaign = make_campaign(cast.manager, cast.vetter, votes_needed=2, **rule)
    for row in make_pool(campaign, 6):
        make_label(row, cast.vetter, "ghost", campaign=campaign)
    before = Consensus.objects.first().p_human
    assert skills_refit() == 1
    assert str(cast.vetter.pk) in Campaign.objects.get(pk=campaign.pk).skill["coins"]
    assert Consensus.objects.first().p_human < before  # ghosts are frequent, as is known by now


def test_the_rule_alone_decides_what_is_retired(cast):
    campaign = make_campaign(cast.manager, cast.vetter, rule="n_agreeing", votes_needed=2)
    for row in make_pool(campaign, 6):
        make_label(row, cast.vetter, "ghost", campaign=campaign)
    skills_refit()
    assert not Consensus.objects.filter(retired_at__isnull=False).exists()
