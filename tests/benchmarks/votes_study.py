"""What real votes are worth under each rule of consensus: pure functions over votes.csv and truth.csv."""

import csv
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scoring.families import FineClass
from vetting.campaigns.agreement import Ballot, agreement
from vetting.campaigns.judging import judge
from vetting.campaigns.retirement import Step, adaptive
from vetting.campaigns.skill import CLASSES, CODES, SAYS, UNKNOWN, Skill, fit

FIRST_EYES = frozenset({"vetter1", "vetter2", "vetter3"})  # who wrote the truth, see `circularity`
ORDERS = 20  # random orders in which the votes of a cutout come in
DRAWS = 1000
RB = 0

Cutouts = dict[str, list[tuple[str, str]]]  # vetter and class of each vote, by cutout


@dataclass(frozen=True)
class Votes:
    """Votes of cutouts; the truth, its ephemeris match and its group by cutout."""

    rows: list[tuple[str, str, str]]  # cutout, vetter, class
    truth: dict[str, str]
    matched: dict[str, bool]
    group: dict[str, str]

    def of(self, wanted: Callable[[str, str], bool]) -> "Votes":
        """Keep the votes of cutouts and vetters that are wanted."""
        return Votes([row for row in self.rows if wanted(row[0], row[1])], self.truth, self.matched, self.group)

    def by_cutout(self) -> Cutouts:
        """Return vetter and class of each vote, by cutout."""
        found: Cutouts = {}
        for cutout, vetter, name in self.rows:
            found.setdefault(cutout, []).append((vetter, name))
        return found

    def ballot(self) -> Ballot:
        return Ballot(*(list(column) for column in zip(*self.rows, strict=True)))


def read(folder: Path) -> Votes:
    """Read votes.csv and truth.csv."""
    with (folder / "votes.csv").open(newline="") as file:
        rows = [(row["cutout"], row["vetter"], row["label"]) for row in csv.DictReader(file)]
    with (folder / "truth.csv").open(newline="") as file:
        truth = {row["cutout"]: row for row in csv.DictReader(file)}
    return Votes(
        rows,
        {cutout: row["label"] for cutout, row in truth.items()},
        {cutout: bool(row["known_nea"]) for cutout, row in truth.items()},
        {cutout: row["group"] for cutout, row in truth.items()},
    )


def circularity(votes: Votes) -> dict[str, Any]:
    """Say how far the truth is one of the votes."""
    first = votes.of(lambda _cutout, vetter: vetter in FIRST_EYES).rows
    same = sum(votes.truth[cutout] == name for cutout, _, name in first)
    return {
        "votes_of_the_vetters_who_wrote_the_truth": len(first),
        "of_them_equal_to_the_truth": same,
        "cutouts_with_three_votes": sum(len(own) == 3 for own in votes.by_cutout().values()),
        "matched_by_ephemerides": sum(votes.matched.values()),
    }


def agreement_of(votes: Votes) -> dict[str, float]:
    """Return the figures of agreement, with the interval of alpha by groups of nights."""
    ballot = votes.ballot()
    found = agreement(ballot, blocks=[votes.group[str(cutout)] for cutout in ballot.items])
    return {name: round(value, 4) for name, value in asdict(found).items()}


@dataclass(frozen=True)
class Outcome:
    """What a rule said of each cutout, and the votes it used: a place in CLASSES, real, asteroid; -1 is undecided."""

    classes: np.ndarray[Any, Any]
    real: np.ndarray[Any, Any]
    keeps: np.ndarray[Any, Any]
    used: np.ndarray[Any, Any]


def by_majority(cutouts: Cutouts) -> Outcome:
    """Decide by the class with most votes; a tie decides nothing. Unsure is no class."""
    counts = np.zeros((len(cutouts), len(CLASSES)))
    for place, own in enumerate(cutouts.values()):
        for _, name in own:
            counts[place, CODES[name]] += 1
    counts[:, CODES[FineClass.UNSURE]] = 0
    second, first = np.sort(counts, axis=1)[:, -2:].T
    classes = np.where(first > second, counts.argmax(axis=1), -1)
    asteroid, total = counts[:, CODES[FineClass.ASTEROID]], counts.sum(axis=1)
    yes = counts[:, SAYS[:, RB] == 1].sum(axis=1)
    real = np.where(2 * yes == total, -1, 2 * yes > total)
    return Outcome(classes, real, 2 * asteroid > total, np.array([len(own) for own in cutouts.values()]))


def by_skill(cutouts: Cutouts, skill: Skill, people: dict[str, int]) -> Outcome:
    """Decide by the two-coin model with the skill of a fit to the same votes."""
    judged = [judge([(people[vetter], name) for vetter, name in own], skill) for own in cutouts.values()]
    classes = np.array([CODES[each.fine_class] if each.fine_class else -1 for each in judged])
    keeps = np.array([each.p_asteroid > 0.5 for each in judged])
    real = np.array([each.p_human[RB] > 0.5 for each in judged])
    return Outcome(classes, real, keeps, np.array([len(own) for own in cutouts.values()]))


def fitted(cutouts: Cutouts, people: dict[str, int]) -> Skill:
    """Fit the skill to the votes so far."""
    rows = [(place, people[v], CODES[name]) for place, own in enumerate(cutouts.values()) for v, name in own]
    if not rows:
        return UNKNOWN
    items, vetters, classes = (np.array(column) for column in zip(*rows, strict=True))
    return fit(items, vetters, classes).skill


def ask(cutouts: Cutouts, people: dict[str, int], most: int) -> Cutouts:
    """Play a campaign with adaptive redundancy: one vote each, then another round for what is not sure, and so on.

    The votes come in the order given; the skill is fitted again after each round, to the votes that it has seen.
    """
    taken = {cutout: own[:1] for cutout, own in cutouts.items()}
    for _ in range(1, most):
        skill = fitted(taken, people)
        for cutout, own in taken.items():
            judged = judge([(people[vetter], name) for vetter, name in own], skill)
            if adaptive(judged, most=most).step is Step.ASK:
                taken[cutout] = cutouts[cutout][: len(own) + 1]
    return taken


def compare(votes: Votes, *, orders: int = ORDERS, seed: int = 1) -> dict[str, Any]:
    """Compare majority of all votes with the two-coin model, on all votes and with adaptive redundancy.

    Accuracy is against the truth of the cutouts that have one; intervals draw whole groups of nights.
    """
    cutouts = votes.by_cutout()
    people = {name: place for place, name in enumerate(sorted({vetter for _, vetter, _ in votes.rows}))}
    most = max(len(own) for own in cutouts.values())
    rng = np.random.default_rng(seed)
    rules: dict[str, list[Outcome]] = {"majority": [], "majority of one": [], "two-coin": [], "two-coin adaptive": []}
    for _ in range(orders):
        shuffled = {cutout: [own[i] for i in rng.permutation(len(own))] for cutout, own in cutouts.items()}
        taken = ask(shuffled, people, most)
        rules["majority of one"].append(by_majority({cutout: own[:1] for cutout, own in shuffled.items()}))
        rules["two-coin adaptive"].append(by_skill(taken, fitted(taken, people), people))
    rules["majority"].append(by_majority(cutouts))
    rules["two-coin"].append(by_skill(cutouts, fitted(cutouts, people), people))
    return _figures(votes, list(cutouts), rules)


def _figures(votes: Votes, names: list[str], rules: dict[str, list[Outcome]]) -> dict[str, Any]:
    truth = np.array([CODES[votes.truth[name]] for name in names])
    known = truth != CODES[FineClass.UNSURE]
    matched = np.array([votes.matched[name] for name in names])
    draw = _drawer([votes.group[name] for name in names])
    found: dict[str, Any] = {"cutouts": len(names), "with_a_true_class": int(known.sum())}
    found["matched_by_ephemerides"] = int(matched.sum())
    right = {rule: np.mean([_right(each, truth) for each in outcomes], axis=0) for rule, outcomes in rules.items()}
    for rule, outcomes in rules.items():
        keeps = np.mean([each.keeps for each in outcomes], axis=0)
        found[rule] = {
            "votes_a_cutout": round(float(np.mean([each.used.mean() for each in outcomes])), 3),
            "class": draw(right[rule][:, 0], known),
            "real or bogus": draw(right[rule][:, 1], known),
            "asteroid or not": draw(right[rule][:, 2], known),
            "asteroids of the ephemerides kept": draw(keeps, matched),
            "without ephemeris match ditched": draw(1 - keeps, ~matched),
        }
    saved = 1 - found["two-coin adaptive"]["votes_a_cutout"] / found["majority"]["votes_a_cutout"]
    found["adaptive_saves_share_of_votes"] = round(saved, 3)
    found["adaptive_minus_majority"] = {
        what: draw(right["two-coin adaptive"][:, place] - right["majority"][:, place], known)
        for place, what in enumerate(("class", "real or bogus", "asteroid or not"))
    }
    return found


def _right(outcome: Outcome, truth: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Say where the class, the rb answer and the asteroid-or-not answer are right: three columns."""
    is_asteroid = truth == CODES[FineClass.ASTEROID]
    return np.stack([outcome.classes == truth, outcome.real == SAYS[truth, RB], outcome.keeps == is_asteroid], axis=1)


def _drawer(groups: list[str]) -> Callable[[np.ndarray[Any, Any], np.ndarray[Any, Any]], list[float]]:
    """Return the mean over some cutouts with its 95 % interval, drawing whole groups: [mean, low, high]."""
    names, of = np.unique(groups, return_inverse=True)
    weights = np.random.default_rng(1).multinomial(len(names), np.full(len(names), 1 / len(names)), size=DRAWS)

    def draw(values: np.ndarray[Any, Any], among: np.ndarray[Any, Any]) -> list[float]:
        total = weights @ np.bincount(of, values * among, len(names))
        count = weights @ np.bincount(of, among, len(names))
        low, high = np.percentile((total / np.maximum(count, 1))[count > 0], [2.5, 97.5])
        return [round(float(each), 4) for each in (values[among].mean(), low, high)]

    return draw


def simulated(votes: Any) -> dict[str, Any]:
    """Compare the same rules where the truth is known: votes of simulated vetters of unequal skill."""
    columns = zip(votes.items, votes.vetters, votes.classes, strict=True)
    rows = [(str(item), f"v{vetter}", CLASSES[code].value) for item, vetter, code in columns]
    truth = {str(item): CLASSES[code].value for item, code in enumerate(votes.truth)}
    return compare(
        Votes(rows, truth, {item: name == FineClass.ASTEROID for item, name in truth.items()}, {i: i for i in truth}),
        orders=2,
    )
