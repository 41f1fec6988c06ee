import pytest

from scoring.families import FineClass
from vetting.campaigns.consensus import NOTHING, OPEN, Knowledge, Policy, Vote, outcome, standing

ANN, BEN, CAT, DAN, EVE = range(1, 6)
ASTEROID, GHOST, BLANK, UNSURE = FineClass.ASTEROID, FineClass.GHOST, FineClass.BLANK, FineClass.UNSURE
THREE = Policy(rule="majority", needed=3)


def votes(*given, start=1):
    return [Vote(start + place, vetter, says) for place, (vetter, says) in enumerate(given)]


def replay(rows, policy, known=NOTHING):
    """Fold all rows of one candidate in the order in which they came."""
    seen, now = [], OPEN
    for row in sorted(rows, key=lambda row: row.id):
        seen.append(row)
        now = outcome(standing(seen), policy, known, before=now)
    return now


def test_a_candidate_stays_retired_when_a_late_vote_disagrees_and_becomes_contested():
    end = replay(votes((ANN, GHOST), (BEN, ASTEROID)), Policy())
    assert (end.fine_class, end.counted, end.votes, end.conflict) == ("ghost", (1,), 2, "contested")


def test_a_late_vote_that_agrees_is_no_conflict():
    assert replay(votes((ANN, GHOST), (BEN, GHOST)), Policy()).conflict == ""


def test_a_late_unsure_vote_is_no_conflict():
    assert replay(votes((ANN, GHOST), (BEN, UNSURE)), Policy()).conflict == ""


def test_late_votes_count_once_the_vote_that_decided_is_taken_back():
    rows = [*votes((ANN, GHOST), (BEN, ASTEROID)), Vote(3, ANN, "", undoes=1)]
    assert (replay(rows, Policy()).fine_class, replay(rows, Policy()).counted) == ("asteroid", (2,))


def test_a_changed_mind_against_a_late_vote_opens_the_candidate():
    assert replay(votes((ANN, GHOST), (BEN, ASTEROID), (ANN, BLANK)), Policy()).fine_class == ""


def test_two_unsure_votes_call_an_adjudicator():
    assert replay(votes((ANN, UNSURE), (BEN, UNSURE)), Policy()).conflict == "unsure"


def test_a_sure_vote_after_two_unsure_ones_decides():
    end = replay(votes((ANN, UNSURE), (BEN, UNSURE), (CAT, GHOST)), Policy())
    assert (end.fine_class, end.conflict) == ("ghost", "")


def test_a_majority_waits_for_all_votes_that_are_needed():
    assert replay(votes((ANN, GHOST), (BEN, GHOST)), THREE).fine_class == ""
    assert replay(votes((ANN, GHOST), (BEN, GHOST), (CAT, BLANK)), THREE).fine_class == "ghost"


def test_a_majority_that_ties_is_contested():
    assert replay(votes((ANN, GHOST), (BEN, ASTEROID), (CAT, BLANK)), THREE).conflict == "contested"


def test_vetters_who_never_agree_are_contested_after_the_most_votes():
    given = votes((ANN, GHOST), (BEN, BLANK), (CAT, ASTEROID), (DAN, FineClass.FLASHES), (EVE, FineClass.COSMIC_RAY))
    assert replay(given[:4], Policy(needed=2)).conflict == ""
    assert replay(given, Policy(needed=2)).conflict == "contested"


def test_an_adaptive_campaign_asks_no_further_once_it_is_sure():
    policy = Policy(rule="two_coin", redundancy="adaptive", needed=1, most=9, certainty=0.95)
    few, more = (replay(votes(*[(vetter, BLANK) for vetter in range(count)]), policy) for count in (1, 2))
    assert (few.fine_class, more.fine_class) == ("", "blank")


@pytest.mark.parametrize(("says", "p_model"), [(ASTEROID, 0.01), (GHOST, 0.99)])
def test_people_against_a_sure_network_are_a_conflict(says, p_model):
    assert replay(votes((ANN, says)), Policy(), Knowledge(p_model=p_model)).conflict == "model"


@pytest.mark.parametrize(("says", "p_model"), [(ASTEROID, 0.4), (GHOST, 0.6), (GHOST, None)])
def test_people_against_a_doubtful_network_are_none(says, p_model):
    assert replay(votes((ANN, says)), Policy(), Knowledge(p_model=p_model)).conflict == ""


def test_the_networks_score_moves_the_fused_probability_alone():
    low, high = (replay(votes((ANN, ASTEROID)), Policy(), Knowledge(p_model=p)) for p in (0.1, 0.9))
    assert low.p_human == high.p_human
    assert low.p_fused < high.p_fused


def test_a_vote_for_an_asteroid_raises_what_the_network_says():
    assert replay(votes((ANN, ASTEROID)), Policy(), Knowledge(p_model=0.5)).p_fused > 0.5


def test_the_fused_odds_are_the_networks_times_what_the_votes_say():
    given = votes((ANN, ASTEROID), (BEN, ASTEROID))
    nothing, human = (replay(rows, Policy(needed=9)).p_human for rows in (votes((ANN, UNSURE)), given))
    fused = replay(given, Policy(needed=9), Knowledge(p_model=0.02)).p_fused
    odds = {p: p / (1 - p) for p in (nothing, human, fused, 0.02)}
    assert odds[fused] / odds[0.02] == pytest.approx(odds[human] / odds[nothing])


def test_a_sure_network_never_retires_a_candidate():
    sure = Policy(rule="two_coin", redundancy="adaptive", needed=1, most=9, certainty=0.99)
    alone, beside = (replay(votes((ANN, BLANK)), sure, Knowledge(p_model=p)) for p in (None, 1e-6))
    assert (alone.fine_class, beside.fine_class) == ("", "")
    assert beside.p_fused < 0.01
