"""A campaign driven at random, every step compared with an oracle in plain Python.

``STATEFUL_RUNS`` and ``STATEFUL_STEPS`` set how much; tests/benchmarks/stateful.py runs the 10,000 steps.
"""

import datetime as dt
import os
import uuid
from random import Random

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.factories import make_campaign, make_candidate, make_score, make_user
from tests.vetting.campaigns.counting import note
from tests.vetting.campaigns.oracle import Item, Rules
from vetting.campaigns import services
from vetting.campaigns.models import Adjudication, Assignment, CampaignEvent, Consensus, Label
from vetting.campaigns.selectors.adjudication import adjudications_standing
from vetting.common import ApplicationError, ConflictError

RUNS = int(os.environ.get("STATEFUL_RUNS", "8"))
STEPS = int(os.environ.get("STATEFUL_STEPS", "25"))
CANDIDATES, VETTERS = 3, 5
POLICIES = [
    Rules("n_agreeing", 1, 3),
    Rules("n_agreeing", 2, 3),
    Rules("majority", 3, 3),
    Rules("majority", 1, 4, "adaptive"),
    Rules("two_coin", 3, 3),
    Rules("two_coin", 1, 4, "adaptive"),
]
P_MODEL = [None, 0.97, 0.02]  # of the candidates: nothing, a sure yes, a sure no
CLASSES = st.sampled_from(["asteroid", "ghost", "flashes", "unsure"])
WHO, WHICH, LATER = st.integers(0, VETTERS - 1), st.integers(0, CANDIDATES - 1), st.integers(0, 99)


class CampaignMachine(RuleBasedStateMachine):
    steps = 0  # of all runs

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.sent, self.decided = [], []
        self.lent = {}  # (vetter, candidate) → time of the end, or None once labelled

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize(rules=st.sampled_from(POLICIES))
    def begin(self, rules):
        self.manager = make_user(f"mira{uuid.uuid4()}")
        self.vetters = [make_user(f"vera{place}{uuid.uuid4()}") for place in range(VETTERS)]
        self.campaign = make_campaign(self.manager, *self.vetters, order="random", **rules.as_policy())
        self.candidates = [make_candidate() for _ in range(CANDIDATES)]
        services.pool_add(self.campaign, [row.source_id for row in self.candidates])
        self.items = [Item(rules, p) for p in P_MODEL]
        for row, p in zip(self.candidates, P_MODEL, strict=True):
            if p is not None:
                make_score(row, p_asteroid=p)

    def active(self, which):
        now = timezone.now()
        return [who for (who, other), until in self.lent.items() if other == which and until and until > now]

    def may_label(self, who, which):
        return self.campaign.status != "closed" or bool(self.lent.get((who, which)))

    def check(self):
        CampaignMachine.steps += 1
        for row, item in zip(self.candidates, self.items, strict=True):
            held = Consensus.objects.filter(candidate=row).values().first()
            assert held is None if not item.votes and not item.decisions else item.agrees(held)
            events = CampaignEvent.objects.filter(candidate=row, kind="retired").count()
            assert events == item.retirements
        assert Label.objects.filter(action="label").count() == len(self.sent)

    @rule(who=WHO, count=st.integers(1, 3), seed=LATER)
    def lease(self, who, count, seed):
        given = services.assignments_lease(self.campaign, self.vetters[who], count=count, random=Random(seed))
        places = [self.candidates.index(lease.candidate) for lease in given]
        held = [which for which in range(CANDIDATES) if who in self.active(which)]
        judged = [which for which, item in enumerate(self.items) if self.vetters[who].pk in item.standing()]
        free = [
            which
            for which, item in enumerate(self.items)
            if which not in held and which not in judged and item.room(len(self.active(which)))
        ]
        if self.campaign.status != "active":
            assert places == []
            return
        assert set(places) <= {*held, *free}
        assert len(places) == len(set(places)) == min(count, len(held) + len(free))
        assert set(places[: min(count, len(held))]) <= set(held)
        self.lent.update({(who, self.candidates.index(lease.candidate)): lease.expires_at for lease in given})
        self.check()

    @rule(who=WHO, which=WHICH)
    def expire(self, who, which):
        if self.lent.get((who, which)):
            past = timezone.now() - dt.timedelta(seconds=1)
            Assignment.objects.filter(vetter=self.vetters[who], candidate=self.candidates[which]).update(
                expires_at=past
            )
            self.lent[who, which] = past

    @rule(who=WHO, which=WHICH, says=CLASSES)
    def label(self, who, which, says):
        sent = {"campaign": self.campaign, "vetter": self.vetters[who], "uuid": uuid.uuid4(), "fine_class": says}
        if not self.may_label(who, which):
            with pytest.raises(ConflictError):
                services.label_save(self.candidates[which], **sent)
            return
        late = self.items[which].is_late(self.vetters[who].pk) or self.campaign.status == "closed"
        made = services.label_save(self.candidates[which], **sent)
        self.items[which].vote(made.pk, made.vetter_id, says)
        self.items[which].votes[-1]["late"] = late
        assert made.is_late == late
        if self.lent.get((who, which)):
            self.lent[who, which] = None
        self.sent.append((made, who, which, sent))
        self.check()

    @precondition(lambda self: self.sent)
    @rule(place=LATER)
    def send_again(self, place):
        made, _, which, sent = self.sent[place % len(self.sent)]
        assert services.label_save(self.candidates[which], **sent) == made
        self.check()

    @precondition(lambda self: self.sent)
    @rule(place=LATER)
    def undo(self, place):
        made, who, which, _ = self.sent[place % len(self.sent)]
        sent = {"campaign": self.campaign, "vetter": self.vetters[who], "uuid": uuid.uuid4(), "undoes": made.uuid}
        stands = self.items[which].standing().get(made.vetter_id, {}).get("pk") == made.pk
        if not stands or self.campaign.status == "closed":
            with pytest.raises(ApplicationError):
                services.label_undo(**sent)
            return
        services.label_undo(**sent)
        self.items[which].take_back(made.pk)
        lease = Assignment.objects.filter(vetter=self.vetters[who], candidate=self.candidates[which]).first()
        if lease and lease.label_id is None:
            self.lent[who, which] = lease.expires_at
        self.check()

    @rule(which=WHICH, says=st.sampled_from(["asteroid", "blank"]))
    def adjudicate(self, which, says):
        sent = {"campaign": self.campaign, "adjudicator": self.manager, "uuid": uuid.uuid4(), "fine_class": says}
        stands = adjudications_standing(self.campaign).filter(candidate=self.candidates[which]).first()
        sent["replaces"] = stands and stands.uuid
        made = services.adjudication_decide(self.candidates[which], **sent)
        assert services.adjudication_decide(self.candidates[which], **sent) == made
        self.items[which].decide(made.pk, says)
        self.decided.append((made, which))
        self.check()

    @precondition(lambda self: self.decided)
    @rule(place=LATER)
    def take_decision_back(self, place):
        made, which = self.decided[place % len(self.decided)]
        sent = {"campaign": self.campaign, "adjudicator": self.manager, "uuid": uuid.uuid4(), "undoes": made.uuid}
        if Adjudication.objects.filter(undoes=made).exists():
            with pytest.raises(ApplicationError):
                services.adjudication_undo(**sent)
            return
        services.adjudication_undo(**sent)
        self.items[which].take_decision_back(made.pk)
        self.check()

    @rule(move=st.sampled_from(["pause", "start", "close", "reopen"]))
    def move(self, move):
        allowed = {"pause": {"active"}, "start": {"paused"}, "close": {"active", "paused"}, "reopen": {"closed"}}
        act = getattr(services, f"campaign_{move}")
        if self.campaign.status not in allowed[move]:
            with pytest.raises(ConflictError):
                act(self.campaign, by=self.manager)
            return
        self.campaign = act(self.campaign, by=self.manager)
        self.check()


@pytest.mark.django_db
@pytest.mark.timeout(3600)
def test_a_campaign_driven_at_random_is_what_the_oracle_says():
    run_state_machine_as_test(
        CampaignMachine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert CampaignMachine.steps > RUNS
    note("steps", CampaignMachine.steps)
