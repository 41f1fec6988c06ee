"""Known objects: what agrees with a streak, what is kept of it, who may see it, and a real night of them."""

import csv
from dataclasses import replace
from datetime import date
from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from scoring.ephemeris import Predictions
from tests import factories as make
from vetting.campaigns.models import Campaign
from vetting.candidates import known_objects
from vetting.candidates.filters import CandidateFilter
from vetting.candidates.known_objects import Streak, match, night_match
from vetting.candidates.models import Candidate
from vetting.candidates.selectors import scored

NIGHT = date(2018, 7, 1)
STREAK = Streak(mjd=58300.25, ra=150.0, dec=2.0, rate=23.0, position_angle=90.0)


def predictions(**over):
    """Two objects at one time: the first stands 10" south of the streak, the second a degree away."""
    columns = {
        "ra": [150.0, 151.0],
        "dec": [2.0 - 10 / 3600, 2.0],
        "rate": [24.0, 24.0],
        "position_angle": [272.0, 92.0],
        "distance": [0.01, 0.01],
        "magnitude": [18.0, 18.0],
    }
    return Predictions(("2018 BP6", "2018 HN"), **{name: np.array([row]) for name, row in (columns | over).items()})


def test_a_streak_is_the_object_that_agrees_in_place_and_motion():
    found = match(STREAK, predictions(), 0)
    assert (found.name, round(found.separation, 3), found.rate, found.position_angle) == ("2018 BP6", 10.0, 24.0, 272.0)


@pytest.mark.parametrize(
    "over",
    [{"dec": 2.05}, {"position_angle": 120.0}, {"rate": 60.0}, {"rate": 5.0}],
    ids=["place", "angle", "fast", "slow"],
)
def test_what_disagrees_is_no_known_object(over):
    assert match(replace(STREAK, **over), predictions(), 0) is None


def test_a_streak_without_motion_is_held_against_the_place_alone():
    assert match(replace(STREAK, rate=None, position_angle=None), predictions(), 0).name == "2018 BP6"


def test_the_place_may_be_further_off_the_nearer_the_object_is():
    further = replace(STREAK, dec=2.0 + 35 / 3600)
    assert match(further, predictions(), 0).name == "2018 BP6"
    assert match(further, predictions(distance=[0.1, 0.1]), 0) is None


def test_what_is_too_faint_to_be_seen_is_left_out_and_the_nearer_one_taken():
    assert match(STREAK, predictions(magnitude=[22.5, 18.0]), 0) is None
    assert match(STREAK, predictions(ra=[150.0, 150.0], dec=[2.01, 2.001]), 0).name == "2018 HN"


def test_ra_is_compared_across_zero():
    assert match(replace(STREAK, ra=0.001), predictions(ra=[359.999, 180.0]), 0).name == "2018 BP6"


@pytest.fixture
def orbits(monkeypatch):
    """Stand in for the ephemerides: what `predictions` says holds at all times."""

    class Two:
        def kept(self, _chosen):
            return self

        def __len__(self):
            return 2

    def predicted(_orbits, times, _observatory):
        one = predictions()
        columns = {name: np.repeat(getattr(one, name), len(times), 0) for name in list(vars(one))[1:]}
        return Predictions(one.names, **columns)

    monkeypatch.setattr(known_objects, "near", lambda *_: None)
    monkeypatch.setattr(known_objects, "predict", predicted)
    return Two()


@pytest.fixture
def known(db):
    return make.make_candidate(ra=150.0, dec=2.0)


def test_matches_are_kept_and_the_same_again_the_second_time(orbits, known):
    make.make_candidate(ra=10.0)
    rows = Candidate.objects.order_by("pk").values("known_object", "known_separation")
    first = [night_match(orbits, NIGHT), list(rows.all())]
    assert [night_match(orbits, NIGHT), list(rows.all())] == first
    assert first[0] == (2, 1)
    assert first[1][0]["known_object"] == "2018 BP6"


def test_what_no_longer_agrees_is_forgotten_and_other_nights_are_left_alone(orbits, known):
    night_match(orbits, NIGHT)
    other = make.make_candidate(mjd_mid=58310.25, known_object="2018 HN")
    Candidate.objects.filter(pk=known.pk).update(ra=20.0)
    assert night_match(orbits, NIGHT) == (1, 0)
    known.refresh_from_db()
    other.refresh_from_db()
    assert (known.known_object, known.known_separation, other.known_object) == ("", None, "2018 HN")


def test_a_survey_whose_station_is_not_known_is_not_compared(orbits, db):
    make.make_candidate(survey="LSST", ra=150.0)
    assert night_match(orbits, NIGHT) == (0, 0)


def found(**query):
    return list(CandidateFilter(query, queryset=scored()).qs)


def test_candidates_are_filtered_by_known_object(db):
    known, unknown = make.make_candidate(known_object="(433) Eros"), make.make_candidate()
    assert found(known="yes") == found(known_object="eros") == [known]
    assert found(known="no") == [unknown]
    assert found(known_object="433") == [known]


@pytest.fixture
def blind(db):
    """Give a vetter who votes blind on a known object."""
    make.make_default_campaign()
    Campaign.objects.filter(is_default=True).update(blindness="first_vote")
    return make.make_user("vera"), make.make_candidate(known_object="2018 BP6", known_separation=4.0)


def test_a_blind_vetter_learns_of_it_after_the_vote(client, blind):
    vetter, row = blind
    client.force_login(vetter)
    pages = [row.get_absolute_url(), f"/scan/?candidate={row.pk}", "/candidates/", f"/api/v1/candidates/{row.pk}/"]
    assert not [page for page in pages if "2018 BP6" in client.get(page).content.decode()]
    for query in ("known=yes", "known=no", "known_object=2018"):
        assert client.get(f"/api/v1/candidates/?{query}").json()["results"] == []
    make.make_label(row, vetter)
    shown = [page for page in pages if "2018 BP6" in client.get(page).content.decode()]
    assert shown == [pages[0], pages[1], pages[3]]
    assert [each["id"] for each in client.get("/api/v1/candidates/?known=yes").json()["results"]] == [row.pk]


def test_the_command_says_what_it_cannot_use(db, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("match_known", orbits=tmp_path / "none")
    path = tmp_path / "orbits"
    path.write_text("nothing\n")
    with pytest.raises(CommandError, match="MPCORB"):
        call_command("match_known", orbits=path)


def test_known_asteroids_of_a_real_night_are_recognised(db, real_data):
    table = real_data / "mpc" / "NEA_20190702.txt.gz"
    with (real_data / "ztf-streaks" / "truth.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["night"] == "20180421"]
    for image in {row["image"] for row in rows if row["known_nea"]}:
        call_command("ingest", real_data / "ztf-streaks" / "nights" / image, stdout=StringIO())
    with pytest.raises(CommandError, match="no candidate of 2000-01-01"):
        call_command("match_known", orbits=table, nights=[date(2000, 1, 1)])
    call_command("match_known", orbits=table, nights=[date(2018, 4, 21)], stdout=StringIO())
    truth = {row["cutout"]: row["known_nea"] for row in rows}
    said = {
        name: known.split(") ")[-1]
        for name, known in Candidate.objects.values_list("cutouts__name", "known_object")
        if name in truth
    }
    assert said == {name: truth[name] for name in said}
    assert sum(map(bool, said.values())) == 16
