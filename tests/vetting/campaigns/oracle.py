"""What a campaign should amount to, in plain Python: written from the rules in the documentation, not from the code."""

from collections import Counter
from dataclasses import dataclass, field

UNSURE = "unsure"


@dataclass(frozen=True)
class Rules:
    """The numbers of a campaign."""

    rule: str
    needed: int
    most: int


@dataclass
class Item:
    """One candidate: its votes in the order in which they came, and what retired it."""

    rules: Rules
    votes: list[dict] = field(default_factory=list)
    decisions: list[dict] = field(default_factory=list)
    retired_by: list[int] = field(default_factory=list)
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
        votes = {vote["pk"]: vote["says"] for vote in self.standing().values()}
        if self.retired_by and all(pk in votes for pk in self.retired_by):
            late = [says for pk, says in votes.items() if pk not in self.retired_by]
            self.conflict = "contested" if any(says not in {self.voted, UNSURE} for says in late) else ""
        else:
            self.voted, self.conflict = self.decided(list(votes.values()))
            self.retired_by = list(votes) if self.voted else []
        if self.adjudicated:
            self.conflict = ""
        if bool(self.counts) and not self.was_retired:
            self.retirements += 1
        self.was_retired = bool(self.counts)

    def leaders(self, says):
        ranked = Counter(one for one in says if one != UNSURE).most_common()
        return [name for name, count in ranked if count == ranked[0][1]], ranked[0][1] if ranked else 0

    def decided(self, says):
        unsure = says.count(UNSURE) >= 2
        leaders, top = self.leaders(says)
        if self.rules.rule == "n_agreeing":
            if len(leaders) == 1 and top >= self.rules.needed:
                return leaders[0], ""
            asked_enough = len(says) >= self.rules.most
        else:
            if not unsure and len(says) >= self.rules.needed and len(leaders) == 1:
                return leaders[0], ""
            asked_enough = len(says) >= self.rules.needed
        return "", "unsure" if unsure else "contested" if asked_enough else ""

    def row(self):
        """The consensus as the site should hold it."""
        says = [vote["says"] for vote in self.standing().values()]
        agreeing = says.count(self.voted) if self.voted else self.leaders(says)[1]
        return {
            "fine_class": self.counts,
            "voted_class": self.voted,
            "adjudicated_class": self.adjudicated,
            "votes": len(says),
            "agreeing": agreeing,
            "conflict": self.conflict,
            "retirement": "adjudicated" if self.adjudicated else "decided" if self.voted else "",
        }

    def room(self, lent):
        """Whether one more vetter may have it, who have it now being ``lent``."""
        return not self.counts and not self.conflict and lent < max(self.rules.needed - len(self.standing()), 1)
