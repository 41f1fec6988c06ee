from scoring.families import FineClass
from vetting.campaigns.consensus import Verdict, Vote, standing, verdict

ANN, BEN, CAT = 1, 2, 3


def decide(*votes, needed=1):
    return verdict(standing(votes), needed=needed)


def test_one_vote_decides_where_one_is_needed():
    assert decide(Vote(1, ANN, FineClass.ASTEROID)) == Verdict("asteroid", 1, 1)


def test_no_vote_decides_nothing():
    assert decide() == Verdict("", 0, 0)


def test_an_undone_vote_does_not_count():
    assert decide(Vote(1, ANN, FineClass.ASTEROID), Vote(2, ANN, "", undoes=1)) == Verdict("", 0, 0)


def test_a_later_vote_of_the_same_vetter_replaces_the_earlier():
    assert decide(Vote(1, ANN, FineClass.GHOST), Vote(2, ANN, FineClass.BLANK)) == Verdict("blank", 1, 1)


def test_undoing_the_later_vote_gives_the_earlier_back():
    votes = [Vote(1, ANN, FineClass.GHOST), Vote(2, ANN, FineClass.BLANK), Vote(3, ANN, "", undoes=2)]
    assert decide(*votes).fine_class == "ghost"


def test_the_order_of_the_rows_does_not_matter():
    votes = [Vote(3, BEN, FineClass.BLANK), Vote(2, ANN, "", undoes=1), Vote(1, ANN, FineClass.GHOST)]
    assert decide(*votes) == decide(*reversed(votes))


def test_too_few_equal_votes_leave_it_open():
    assert decide(Vote(1, ANN, FineClass.GHOST), needed=2) == Verdict("", 1, 1)


def test_a_tie_leaves_it_open():
    assert decide(Vote(1, ANN, FineClass.GHOST), Vote(2, BEN, FineClass.BLANK)).fine_class == ""


def test_a_majority_decides_against_one_dissenter():
    votes = [Vote(1, ANN, FineClass.GHOST), Vote(2, BEN, FineClass.BLANK), Vote(3, CAT, FineClass.BLANK)]
    assert decide(*votes, needed=2) == Verdict("blank", 3, 2)


def test_unsure_is_a_vote_that_decides_nothing():
    assert decide(Vote(1, ANN, FineClass.UNSURE)) == Verdict("", 1, 0)
