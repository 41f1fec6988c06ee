from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories as make
from vetting.campaigns.models import Campaign
from vetting.campaigns.services import pool_add
from vetting.candidates.models import State
from vetting.datasets.night_report import Section, as_markdown, balance_says, report_of
from vetting.ingest.models import IngestBatch

NIGHT = date(2018, 7, 1)


@pytest.fixture
def vera(client, db):
    client.user = make.make_user("vera")
    client.force_login(client.user)
    return client


@pytest.fixture
def asteroid(vera):
    IngestBatch.objects.create(path="night|one", received=3, new=2, quarantined=1)
    row = make.make_candidate(ra=150.1, dec=-0.25)
    make.make_score(row)
    make.make_label(row, vera.user)
    make.make_candidate(state=State.NEW)
    return row


def sections():
    return {section.title: section for section in report_of(NIGHT, now=timezone.now())}


def test_the_states_of_a_night_add_up_to_its_candidates(asteroid):
    assert "Candidates: 2 = 1 new + 0 queued + 0 rejected + 1 vetted + 0 quarantined. Nothing is lost." in (
        sections()["What came in"].says
    )


def test_what_does_not_add_up_is_said(asteroid):
    assert balance_says(0) == "Nothing is lost."
    assert balance_says(-2) == "2 are not accounted for: look into it."


def test_runs_of_the_ingest_come_with_their_balance(asteroid):
    row = sections()["What came in"].rows[0]
    assert (row[0], *row[2:]) == ("night|one", "3", "2", "0", "1", "0")


def test_runs_of_other_times_are_left_out(asteroid):
    later = IngestBatch.objects.create(path="another")
    IngestBatch.objects.filter(pk=later.pk).update(started_at=timezone.now() + timezone.timedelta(days=1))
    assert [row[0] for row in sections()["What came in"].rows] == ["night|one"]


def test_asteroids_come_with_their_coordinates(asteroid):
    row = sections()["Asteroids"].rows[0]
    assert row[0] == asteroid.source_id
    assert row[2:5] == ("10:00:24.00", "-00:15:00.0", "23.0")


def test_what_lies_in_purgatory_is_told_with_who_put_it_there_until_it_is_decided(vera, asteroid):
    waits, people = make.make_candidate(), [vera.user, make.make_user("jan")]
    for row in (waits, asteroid):
        for vetter in people:
            make.make_deferral(row, vetter)
    [told] = sections()["In purgatory"].rows
    assert (told[0], told[-1]) == (waits.source_id, "vera, jan")
    make.make_label(waits, make.make_user("mira"))
    assert sections()["In purgatory"].says == ("Nothing lies there.",)


def test_scores_tell_the_scored_the_unscorable_and_the_waiting(asteroid):
    empty = dict.fromkeys(("rb", "sl", "kd", "p_asteroid", "plausible"))
    make.make_score(make.make_candidate(), reason="flat", members={}, **empty)
    assert sections()["Scores"].says == (
        "1 scored, 1 waiting for a score.",
        "1 cannot be scored and went to people.",
        "1 are plausible: they pass the gate. 1 wait for a decision.",
    )


def test_people_come_with_what_they_did(asteroid):
    assert sections()["Who did what"].rows[0][:4] == ("vera", "1", "0", "1.5")


def test_names_from_files_break_no_table(asteroid):
    text = as_markdown("Night", report_of(NIGHT, now=timezone.now()))
    assert r"night\|one" in text
    assert as_markdown("x", [Section("y", ("<b> a\n# b",))]).splitlines()[4] == r"\<b\> a \# b"


def test_every_table_of_the_markdown_has_as_many_cells_as_headings(asteroid):
    for section in report_of(NIGHT, now=timezone.now()):
        assert all(len(row) == len(section.headings) for row in section.rows)


def test_the_report_is_a_page_and_a_file(vera, asteroid):
    assert asteroid.source_id in vera.get(reverse("night-report", args=[NIGHT])).content.decode()
    answer = vera.get(reverse("night-report-markdown", args=[NIGHT]))
    assert answer["Content-Disposition"] == 'attachment; filename="night-2018-07-01.md"'
    assert answer.content.decode().startswith("# Night 2018-07-01\n")


@pytest.mark.parametrize("name", ["night-report", "night-report-markdown"])
def test_a_night_without_candidates_has_no_report(vera, name):
    assert vera.get(reverse(name, args=[date(2018, 7, 9)])).status_code == 404


def test_blind_vetters_do_not_read_what_others_decided(vera, asteroid):
    Campaign.objects.filter(is_default=True).update(blindness=Campaign.Blindness.FIRST_VOTE)
    assert asteroid.source_id not in vera.get(reverse("night-report", args=[NIGHT])).content.decode()
    answer = vera.get(reverse("night-report-markdown", args=[NIGHT]))
    assert (answer.status_code, answer.json()["detail"]) == (
        403,
        "the report tells of what you have still to judge in a blind campaign: 1 of this night",
    )


def test_a_night_on_which_nothing_is_kept_back_is_reported(vera, asteroid):
    blind = make.make_campaign(make.make_user("mira"), vera.user, blindness=Campaign.Blindness.FIRST_VOTE)
    elsewhere = make.make_candidate(mjd_mid=make.MJD + 1)
    pool_add(blind, [elsewhere.source_id])

    assert asteroid.source_id in vera.get(reverse("night-report", args=[NIGHT])).content.decode()
    assert vera.get(reverse("night-report-markdown", args=[NIGHT])).status_code == 200
    assert vera.get(reverse("night-report-markdown", args=[elsewhere.night])).status_code == 403
