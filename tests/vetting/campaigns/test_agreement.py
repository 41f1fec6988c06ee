import numpy as np
import pytest

from vetting.campaigns.agreement import (
    Ballot,
    ac1,
    agreement,
    alpha,
    alpha_interval,
    confusion,
    confusion_of_all,
    kappa,
    pairwise,
    raw,
)

# Krippendorff 2011, section C: four observers, twelve units, five values, missing ones as dots.
OBSERVERS = {
    "A": "123321412...",
    "B": "1233224125.3",
    "C": ".3332342251.",
    "D": "12332441251.",
}


def published():
    votes = [(unit, who, v) for who, row in OBSERVERS.items() for unit, v in enumerate(row) if v != "."]
    return Ballot(*zip(*votes, strict=True))


def two_raters(table):
    """Count table of the candidates behind a table of two raters."""
    size = len(table)
    rows = []
    for i in range(size):
        for j in range(size):
            row = np.zeros(size)
            row[i] += 1
            row[j] += 1
            rows += [row] * table[i][j]
    return np.array(rows)


def test_alpha_is_krippendorffs_own_figure():
    assert alpha(published().table()) == pytest.approx(0.743, abs=5e-4)


def test_alpha_of_two_observers_is_krippendorffs_own_figure():
    one, other = "0100000010", "1110010000"
    ballot = Ballot(list(range(10)) * 2, ["A"] * 10 + ["B"] * 10, list(one + other))
    assert alpha(ballot.table()) == pytest.approx(0.095, abs=5e-4)


def test_alpha_counts_no_candidate_with_a_single_vote():
    table = published().table()
    assert alpha(np.vstack([table, np.eye(5)])) == alpha(table)


def test_ac1_of_krippendorffs_table_is_gwets_figure():
    """The package irrCAC of K. Gwet gives 0.77544 for the same four raters."""
    assert ac1(published().table()) == pytest.approx(0.77544, abs=5e-6)


def test_raw_agreement_of_krippendorffs_table_is_gwets_figure():
    assert raw(published().table()) == pytest.approx(0.81818, abs=5e-6)


def test_ac1_holds_where_kappa_breaks_down():
    """Gwet 2008: 118 of 125 subjects in one cell; kappa is below chance, AC1 is not."""
    table = [[118, 5], [2, 0]]
    assert kappa(table) == pytest.approx(-0.0234, abs=5e-5)
    assert ac1(two_raters(table)) == pytest.approx(0.9408, abs=5e-5)


def test_kappa_of_two_vetters_is_the_textbook_figure():
    assert kappa([[20, 5], [10, 15]]) == pytest.approx(0.4)


def test_the_interval_holds_alpha():
    table = published().table()
    low, high = alpha_interval(table)
    assert low < alpha(table) < high <= 1


def test_the_interval_is_wider_where_blocks_are_drawn_whole():
    rng = np.random.default_rng(3)
    right = rng.random(40) < 0.6  # whole nights of good and of bad agreement
    table = np.vstack([np.tile([[3, 0], [0, 3]] if good else [[2, 1], [1, 2]], (20, 1)) for good in right])
    nights = np.repeat(np.arange(40), 40)
    free, blocked = alpha_interval(table), alpha_interval(table, nights)
    assert blocked[1] - blocked[0] > 2 * (free[1] - free[0])


@pytest.mark.parametrize(("nights", "drawn"), [(1, 0), (9, 0), (10, 10)])
def test_of_few_nights_the_interval_draws_candidates(nights, drawn):
    items = [item for item in range(30) for _ in range(2)]
    said = [name for item in range(30) for name in ("ghost", "ghost" if item % 4 else "blank")]
    found = agreement(Ballot(items, [1, 2] * 30, said), blocks=[item % nights for item in items])
    assert found.blocks == drawn
    assert found.alpha_low < found.alpha < found.alpha_high


def test_alpha_of_one_class_alone_is_not_a_number():
    assert np.isnan(alpha([[3, 0], [2, 0]]))


def test_no_votes_have_no_agreement():
    found = agreement(Ballot([], [], []))
    assert found.items == 0
    assert np.isnan([found.raw, found.alpha, found.alpha_low, found.ac1]).all()


def test_pairs_are_compared_on_what_both_have_judged():
    pair = pairwise(Ballot([1, 2, 3, 1, 2], "aaabb", ["ghost", "blank", "ghost", "ghost", "ghost"]))[0]
    assert (pair.one, pair.other, pair.items, pair.raw) == ("a", "b", 2, 0.5)


def test_kappa_of_a_pair_is_that_of_their_table():
    ballot = published()
    pair = next(p for p in pairwise(ballot) if (p.one, p.other) == ("A", "C"))
    assert pair.kappa == pytest.approx(kappa(confusion(ballot, "A", "C", "12345")))


def test_vetters_without_a_candidate_in_common_are_no_pair():
    assert pairwise(Ballot([1, 2], "ab", ["ghost", "ghost"])) == []


def test_confusion_says_who_took_what_for_what():
    ballot = Ballot([1, 1, 2, 2], "abab", ["ghost", "blank", "ghost", "ghost"])
    assert confusion(ballot, "a", "b", ["blank", "ghost"]).tolist() == [[0, 0], [1, 1]]


def test_confusion_of_all_is_the_coincidence_matrix():
    """Krippendorff 2011 prints it: 7 4 1 | 4 10 … on 40 pairable values."""
    table = confusion_of_all(published(), "12345")
    assert table[0].round(3).tolist() == [
        7,
        pytest.approx(4 / 3, abs=1e-3),
        pytest.approx(1 / 3, abs=1e-3),
        pytest.approx(1 / 3, abs=1e-3),
        0,
    ]
    assert table.sum() == pytest.approx(40)
