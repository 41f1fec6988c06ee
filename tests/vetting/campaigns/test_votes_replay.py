"""The study and the replay of the real votes, in small; the whole is tests/benchmarks/votes_replay.py."""

from collections import Counter

import pytest

from tests.benchmarks.votes_replay import source_id
from tests.benchmarks.votes_study import FIRST_EYES, agreement_of, compare, read
from tests.factories import make_candidate, make_default_campaign, make_token, make_user
from vetting.campaigns.models import Campaign
from vetting.client import Client


@pytest.fixture(scope="module")
def votes(real_data):
    return read(real_data / "ztf-streaks")


def test_agreement_of_the_real_votes_is_what_pairs_of_votes_say(votes):
    """The share of agreeing pairs, counted by hand: all cutouts with more than one vote have three."""
    agreeing = {3: 3, 2: 1, 1: 0}
    three = [own for own in votes.by_cutout().values() if len(own) == 3]
    pairs = sum(agreeing[max(Counter(name for _, name in own).values())] for own in three)
    found = agreement_of(votes)
    assert (found["items"], found["raw"]) == (len(three), round(pairs / (3 * len(three)), 4))


def test_asking_only_while_unsure_is_as_good_as_the_majority_at_fewer_votes(votes):
    """By people whose votes are not the truth itself."""
    cutouts = votes.by_cutout()
    held = votes.of(lambda cutout, vetter: len(cutouts[cutout]) == 3 and vetter not in FIRST_EYES)
    found = compare(held, orders=2)
    majority, adaptive = found["majority"], found["two-coin adaptive"]
    assert adaptive["votes_a_cutout"] < 0.7 * majority["votes_a_cutout"]
    assert adaptive["class"][0] >= majority["class"][0]
    assert adaptive["asteroids of the ephemerides kept"][0] == 1


def test_votes_sent_by_the_api_come_back_with_the_same_agreement(votes, live_server, transactional_db):
    make_default_campaign()
    campaign = Campaign.objects.create(name="replay", votes_needed=2, is_public=True)
    contested = [cutout for cutout, own in votes.by_cutout().items() if len({name for _, name in own}) > 1]
    wanted = contested[:8]
    ids = {cutout: make_candidate(source_id=source_id(cutout)).pk for cutout in wanted}
    held = votes.of(lambda cutout, _: cutout in ids)
    people = {name: make_user(name) for name in {vetter for _, vetter, _ in held.rows}}
    clients = {name: Client(live_server.url, make_token(user)) for name, user in people.items()}
    for cutout, vetter, fine_class in held.rows:
        clients[vetter].label(ids[cutout], fine_class, campaign=campaign.pk)
    cutouts = {pk: cutout for cutout, pk in ids.items()}
    back = [(cutouts[row.candidate], row.vetter, row.fine_class) for row in clients["vetter4"].labels()]
    told = [row["value"] for row in clients["vetter4"].figures(campaign.pk, "agreement")]
    assert sorted(back) == sorted(held.rows)
    assert told == [agreement_of(held)[name] for name in ("raw", "alpha", "ac1")]
