import datetime as dt

import pytest

from tests.factories import make_campaign, make_cast, make_ensemble, make_label, make_pool, make_score
from vetting.campaigns.models import Campaign, Consensus, Label
from vetting.campaigns.selectors import inbox
from vetting.campaigns.services import consensus, skill
from vetting.campaigns.services.consensus import consensus_refresh, ensemble_follow
from vetting.campaigns.services.skill import skill_refit, skills_refit
from vetting.campaigns.tasks import refresh
from vetting.registry.services import ensemble_activate

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


@pytest.fixture
def voted(cast):
    """A campaign of seven open candidates with a vote each, fitted."""
    campaign = make_campaign(cast.manager, cast.vetter, cast.second_vetter, votes_needed=2)
    for row in make_pool(campaign, 7):
        make_label(row, cast.vetter, "ghost", campaign=campaign)
    skill_refit(campaign)
    return campaign


def saved(campaign):
    return list(Consensus.objects.filter(campaign=campaign).order_by("pk").values_list("updated_at", flat=True))


def test_a_fit_that_moves_nothing_saves_nothing(voted):
    before = saved(voted)
    skill_refit(voted)
    assert saved(voted) == before


def test_what_has_moved_alone_is_saved(voted, monkeypatch):
    monkeypatch.setattr(consensus, "HELD", 3)
    row = Consensus.objects.filter(campaign=voted)[4]
    Consensus.objects.filter(pk=row.pk).update(p_human=0.9)
    assert consensus_refresh(voted, actor="skill") == 1
    row.refresh_from_db()
    assert row.p_human < 0.5


def test_candidates_are_folded_anew_in_queries_that_do_not_grow(voted, django_assert_num_queries):
    with django_assert_num_queries(7):  # the ids; then a savepoint's two, the lock, rows, labels, what is known
        consensus_refresh(voted, actor="skill")


def test_a_vote_that_is_saved_while_the_fit_reads_is_in_the_next_one(cast, voted, monkeypatch):
    late = Consensus.objects.filter(campaign=voted).first().candidate
    read = skill.labels_standing

    def read_then_label(campaign):
        votes = list(read(campaign).values_list("pk", flat=True))
        make_label(late, cast.second_vetter, campaign=campaign)
        return Label.objects.filter(pk__in=votes)

    monkeypatch.setattr(skill, "labels_standing", read_then_label)
    skill_refit(voted)
    monkeypatch.undo()
    monkeypatch.setattr(skill, "SAVING", dt.timedelta())
    assert skills_refit() == 1
    assert skills_refit() == 0


def test_a_vote_that_was_dated_before_the_fit_and_saved_after_it_is_in_the_next_one(voted):
    fitted = Campaign.objects.get(pk=voted.pk).skill_fitted_at
    Label.objects.filter(campaign=voted).update(labelled_at=fitted - dt.timedelta(seconds=1))
    assert skills_refit() == 1
    Label.objects.filter(campaign=voted).update(labelled_at=fitted - dt.timedelta(minutes=1))
    assert skills_refit() == 0


def test_the_inbox_goes_by_when_a_candidate_became_contested(cast, voted):
    rows = [row.candidate for row in Consensus.objects.filter(campaign=voted)[:2]]
    for row in (rows[1], rows[0]):
        for person in (cast.vetter, cast.second_vetter):
            make_label(row, person, "unsure", campaign=voted)
    Consensus.objects.get(candidate=rows[1]).save()  # what changes later leaves its place
    assert [row.candidate for row in inbox(voted)] == [rows[1], rows[0]]


def test_what_is_contested_no_more_waits_anew(cast, voted):
    row = Consensus.objects.filter(campaign=voted).first()
    for says in ("unsure", "ghost", "unsure"):
        make_label(row.candidate, cast.vetter, says, campaign=voted)
        make_label(row.candidate, cast.second_vetter, "unsure", campaign=voted)
        row.refresh_from_db()
        assert (row.contested_at is not None) == (row.conflict != "") == (says == "unsure")


def test_what_is_open_follows_the_ensemble_that_is_activated(voted):
    row = Consensus.objects.filter(campaign=voted).first()
    refresh()
    other = make_ensemble(is_active=False)
    make_score(row.candidate, ensemble=other, p_asteroid=0.01)
    ensemble_activate(other)
    refresh()
    before, now = row.p_fused, Consensus.objects.get(pk=row.pk).p_fused
    assert (before > now, Campaign.objects.get(pk=voted.pk).fused_with) == (True, other)


def test_an_ensemble_that_stays_active_is_followed_once(voted):
    assert [ensemble_follow() > 0, ensemble_follow() > 0] == [True, False]


def test_a_refresh_that_was_broken_off_is_done_again(voted, monkeypatch):
    def broken(*_given, **_over):
        raise KeyboardInterrupt

    monkeypatch.setattr(consensus, "consensus_refresh", broken)
    with pytest.raises(KeyboardInterrupt):
        ensemble_follow()
    monkeypatch.undo()
    assert ensemble_follow() > 0
