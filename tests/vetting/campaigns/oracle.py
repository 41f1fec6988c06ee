"""What a campaign should amount to, in plain Python: written from the rules in the documentation, not from the code."""

import math
from collections import Counter
from dataclasses import dataclass, field

UNSURE = "unsure"
BOGUS = ["bad_subtraction", "masked_star", "ghost", "blank"]
REAL = {"asteroid": (1, 1), "cosmic_ray": (1, 0), "long_trail": (0, 0), "flashes": (0, 0)}  # short?, kept?
VOTE = 7  # odds that a vote adds before any fit: Beta(8, 2) is most probable at seven right of eight
FARTHEST = 1e-6  # from 0 and 1, where a probability is weighed against another
CERTAINTY = 0.95  # of adaptive redundancy, and of a network that contradicts people


@dataclass(frozen=True)
class Rules:
    """The numbers of a campaign."""

    rule: str
    needed: int
    most: int
    redundancy: str = "fixed"

    def as_policy(self):
        numbers = {"votes_needed": self.needed, "votes_most": self.most}
        return {"rule": self.rule, "redundancy": self.redundancy, **numbers}


def probability(odds):
    return odds / (1 + odds)


def odds(p):
    held = min(max(p, FARTHEST), 1 - FARTHEST)
    return held / (1 - held)


class Belief:
    """What votes of vetters whom nobody knows make of a candidate: Bayes' rule on three questions, asked in turn."""

    def __init__(self, says):
        self.says = Counter(one for one in says if one != UNSURE)
        real = {one: count for one, count in self.says.items() if one in REAL}
        bogus = self.says.total() - sum(real.values())
        short, kept = (
            sum(count if REAL[one][question] else -count for one, count in real.items()) for question in (0, 1)
        )
        self.real, self.short, self.kept = (probability(VOTE**net) for net in (sum(real.values()) - bogus, short, kept))

    def classes(self):
        """Probability of each class: votes share what long and bogus have, each class with a quarter of a vote more."""
        asteroid, ray, long = (
            self.short * self.kept, self.short * (1 - self.kept), (1 - self.short) * (1 - self.kept)
        )  # fmt: skip
        scale = self.real / (asteroid + ray + long)
        shared = {"asteroid": asteroid * scale, "cosmic_ray": ray * scale}
        for names, weight in ((["long_trail", "flashes"], long * scale), (BOGUS, 1 - self.real)):
            parts = [self.says[name] + 0.25 for name in names]
            shared |= {name: weight * part / sum(parts) for name, part in zip(names, parts, strict=True)}
        return shared

    def leader(self):
        if not self.says:
            return ""
        (best, most), (_, second) = sorted(self.classes().items(), key=lambda row: -row[1])[:2]
        return best if most - second > 1e-9 else ""

    def is_sure(self):
        asked = [self.real, self.short, self.kept] if self.real >= 0.5 else [self.real]
        return all(max(p, 1 - p) >= CERTAINTY for p in asked)


@dataclass
class Item:
    """One candidate: its votes in the order in which they came, and what retired it."""

    rules: Rules
    p_model: float | None = None
    votes: list[dict] = field(default_factory=list)
    decisions: list[dict] = field(default_factory=list)
    retired_by: dict[int, str] = field(default_factory=dict)  # vetters, and what they said
    voted: str = ""
    conflict: str = ""
    retirements: int = 0
    was_retired: bool = False

    def standing(self):
        """Latest vote of each vetter that was not taken back."""
        return {vote["vetter"]: vote for vote in self.votes if not vote["taken"]}

    def vote(self, pk, vetter, says):
        self.votes.append({"pk": pk, "vetter": vetter, "says": says, "taken": False, "late": self.is_late(vetter)})
        self.fold()
        return self.votes[-1]["late"]

    def is_late(self, vetter):
        on_time = any(v["vetter"] == vetter and not v["taken"] and not v["late"] for v in self.votes)
        return self.was_retired and not on_time

    def take_back(self, pk):
        next(vote for vote in self.votes if vote["pk"] == pk)["taken"] = True
        self.fold()

    def decide(self, pk, says):
        self.decisions.append({"pk": pk, "says": says, "taken": False})
        self.fold()

    def take_decision_back(self, pk):
        next(row for row in self.decisions if row["pk"] == pk)["taken"] = True
        self.fold()

    @property
    def adjudicated(self):
        left = [row["says"] for row in self.decisions if not row["taken"]]
        return left[-1] if left else ""

    @property
    def counts(self):
        """What counts: adjudicated, or else voted."""
        return self.adjudicated or self.voted

    def fold(self):
        votes = {vetter: vote["says"] for vetter, vote in self.standing().items()}
        if self.retired_by and self.retired_by.items() <= votes.items():
            late = [says for vetter, says in votes.items() if vetter not in self.retired_by]
            contested = any(says not in {self.voted, UNSURE} for says in late)
            self.conflict = "contested" if contested else self.against_model()
        else:
            self.voted, self.conflict = self.decided(list(votes.values()))
            self.retired_by = votes if self.voted else {}
            if self.voted:
                self.conflict = self.against_model()
        if self.adjudicated:
            self.conflict = ""
        if bool(self.counts) and not self.was_retired:
            self.retirements += 1
        self.was_retired = bool(self.counts)

    def against_model(self):
        """Whether a network is sure of the opposite of what people say."""
        if self.p_model is None:
            return ""
        opposite = 1 - self.p_model if self.voted == "asteroid" else self.p_model
        return "model" if opposite > CERTAINTY else ""

    def leaders(self, says):
        ranked = Counter(one for one in says if one != UNSURE).most_common()
        return [name for name, count in ranked if count == ranked[0][1]], ranked[0][1] if ranked else 0

    def leading(self, says):
        """The class that leads by the campaign's rule, empty where two tie, and how many are for it."""
        if self.rules.rule == "two_coin":
            leader = Belief(says).leader()
            return leader, says.count(leader)
        leaders, top = self.leaders(says)
        return leaders[0] if len(leaders) == 1 else "", top

    def decided(self, says):
        unsure = says.count(UNSURE) >= 2
        leader, top = self.leading(says)
        asked_enough = len(says) >= (self.rules.needed if self.rules.redundancy == "fixed" else self.rules.most)
        if self.rules.rule == "n_agreeing":
            asked_enough = len(says) >= self.rules.most
            decides = top >= self.rules.needed
        else:
            decides = not unsure and len(says) >= self.rules.needed
        if self.rules.redundancy == "adaptive":
            decides = decides and Belief(says).is_sure()
        if leader and decides:
            return leader, ""
        return "", "unsure" if unsure else "contested" if asked_enough else ""

    def row(self):
        """The consensus as the site should hold it."""
        says = [vote["says"] for vote in self.standing().values()]
        return {
            "fine_class": self.counts,
            "voted_class": self.voted,
            "adjudicated_class": self.adjudicated,
            "votes": len(says),
            "agreeing": says.count(self.voted) if self.voted else self.leading(says)[1],
            "conflict": self.conflict,
            "retirement": "adjudicated" if self.adjudicated else "decided" if self.voted else "",
        }

    def probabilities(self):
        """Of an asteroid, by the votes alone and with the network's score."""
        says = [vote["says"] for vote in self.standing().values()]
        human, nothing = (Belief(given).classes()["asteroid"] for given in (says, []))
        if self.p_model is None:
            return (human, human) if says else (None, None)
        if not says:
            return None, self.p_model
        return human, probability(odds(self.p_model) * odds(human) / odds(nothing))

    def agrees(self, held):
        """Whether the site holds what it should, of probabilities up to a rounding."""
        wanted = dict(zip(("p_human", "p_fused"), self.probabilities(), strict=True))
        close = all(
            held[name] is None if p is None else held[name] is not None and math.isclose(held[name], p, abs_tol=1e-9)
            for name, p in wanted.items()
        )
        return close and {name: held[name] for name in self.row()} == self.row()

    def room(self, lent):
        """Whether one more vetter may have it, who have it now being ``lent``."""
        return not self.counts and not self.conflict and lent < max(self.rules.needed - len(self.standing()), 1)
