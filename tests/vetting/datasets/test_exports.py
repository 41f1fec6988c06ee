import csv
import hashlib
import io
import uuid
from collections import Counter

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from scoring.families import Family, FineClass
from tests.factories import make_cutout, make_label
from vetting.campaigns.models import Assignment, Campaign, Label
from vetting.campaigns.selectors import campaign_default
from vetting.campaigns.services import adjudication_decide, adjudication_undo, label_undo, pool_gold
from vetting.campaigns.skill import UNKNOWN, Coin, Skill
from vetting.candidates.models import Cutout
from vetting.common import cell
from vetting.datasets.columns import CANDIDATE
from vetting.datasets.exports import FORMATS, Export
from vetting.datasets.selectors import summary

# Vetters whose votes say nothing, each for itself: no vote would decide anything by it.
AT_ODDS = Skill(UNKNOWN.prevalence, {pk: dict.fromkeys(Family, Coin(0.5, 0.5)) for pk in range(1000)}).as_json()


def rows(content):
    return list(csv.DictReader(io.StringIO(content.decode())))


def adjudicate(night, candidate, fine_class, **over):
    of = {"campaign": campaign_default(), "adjudicator": night.cast.manager, "uuid": uuid.uuid4()}
    return adjudication_decide(candidate, fine_class=fine_class, **(of | over))


def drawn_for(candidate, vetter, **over):
    now = timezone.now()
    why = {"queue_reason": "random", "selection_prob": 0.25, "leased_at": now, "expires_at": now} | over
    Assignment.objects.create(campaign=campaign_default(), candidate=candidate, vetter=vetter, **why)


def test_labels_csv_holds_one_row_for_each_label_that_stands(night, files):
    labels = rows(files()["labels.csv"])

    assert sorted((row["source_id"], row["vetter"], row["fine_class"]) for row in labels) == [
        (night.asteroid.source_id, "jan", "asteroid"),
        (night.asteroid.source_id, "vera", "asteroid"),
        (night.trail.source_id, "vera", "long_trail"),
        (night.far.source_id, "jan", "asteroid"),
    ]


def test_identifiers_beyond_2_to_the_53_come_back_unchanged(night, files):
    assert {row["source_id"] for row in rows(files()["consensus.csv"])} == {
        night.asteroid.source_id,
        night.trail.source_id,
        night.far.source_id,
    }


def test_numbers_of_the_table_read_back_as_they_were_stored(night, files):
    row = next(row for row in rows(files()["consensus.csv"]) if row["source_id"] == night.far.source_id)

    assert [float(row[name]) for name in ("ra", "mjd_mid", "rate")] == [night.far.ra, night.far.mjd_mid, night.far.rate]
    assert (row["survey_sigma"], row["score_p_asteroid"], row["score_plausible"]) == ("1.06", "0.87", "true")


def test_the_consensus_says_who_and_what_and_the_targets(night, files):
    row = next(row for row in rows(files()["consensus.csv"]) if row["source_id"] == night.asteroid.source_id)

    assert (row["fine_class"], row["votes"], row["agreeing"], row["vetters"]) == ("asteroid", "2", "2", "jan vera")
    assert (row["target_rb"], row["target_sl"], row["target_kd"]) == ("1", "1", "1")


def test_a_redone_label_stands_once_and_its_history_is_in_the_events(night, files):
    make_label(night.trail, night.cast.vetter, FineClass.FLASHES)
    exported = files()

    standing = [row for row in rows(exported["labels.csv"]) if row["source_id"] == night.trail.source_id]
    events = [row for row in rows(exported["label_events.csv"]) if row["source_id"] == night.trail.source_id]
    assert [row["fine_class"] for row in standing] == ["flashes"]
    assert [(row["fine_class"], row["stands"]) for row in events] == [("long_trail", "false"), ("flashes", "true")]


def test_an_undone_label_leaves_the_labels_and_stays_in_the_events(night, files):
    label = night.asteroid.labels.get(vetter=night.cast.vetter)
    label_undo(campaign=campaign_default(), vetter=night.cast.vetter, uuid=uuid.uuid4(), undoes=label.uuid)
    exported = files()

    assert str(label.uuid) not in {row["label_uuid"] for row in rows(exported["labels.csv"])}
    assert str(label.uuid) in {row["undoes"] for row in rows(exported["label_events.csv"])}


def test_the_same_labels_give_the_same_tables(night, files):
    first, second = files(), files()

    assert {name: first[name] for name in first if name.endswith(".csv")} == {
        name: second[name] for name in second if name.endswith(".csv")
    }


def test_page_readme_and_files_count_the_same(night, select, files):
    Campaign.objects.filter(is_default=True).update(rule="two_coin", redundancy="adaptive", votes_most=9, skill=AT_ODDS)
    adjudicate(night, night.plain, FineClass.GHOST)
    promised = summary(select())
    exported = files()

    decided = rows(exported["consensus.csv"])
    assert Counter(row["fine_class"].replace("_", " ") for row in decided) == promised.classes
    assert (len(decided), len(rows(exported["labels.csv"]))) == (promised.candidates, promised.labels) == (4, 4)
    assert f"- {promised.candidates} candidates" in exported["README.md"].decode()


def test_a_candidate_stays_decided_when_its_votes_weigh_less_now(night, files):
    before = files()["consensus.csv"]
    Campaign.objects.filter(is_default=True).update(rule="two_coin", redundancy="adaptive", votes_most=9, skill=AT_ODDS)

    assert files()["consensus.csv"] == before


def test_what_an_adjudicator_decides_is_exported_without_a_vote(night, files):
    adjudicate(night, night.plain, FineClass.GHOST)
    row = next(row for row in rows(files()["consensus.csv"]) if row["source_id"] == night.plain.source_id)

    assert (row["fine_class"], row["votes"], row["last_labelled_at"]) == ("ghost", "0", "")


def test_what_is_voted_and_what_is_adjudicated_stay_apart(night, files):
    adjudicate(night, night.trail, FineClass.FLASHES)
    stored = night.trail.consensus.get()
    row = next(row for row in rows(files()["consensus.csv"]) if row["source_id"] == night.trail.source_id)

    classes = [row[name] for name in ("voted_class", "adjudicated_class", "fine_class", "retirement")]
    assert classes == ["long_trail", "flashes", "flashes", "adjudicated"]
    assert [float(row[name]) for name in ("p_human", "p_fused")] == [stored.p_human, stored.p_fused]
    assert stored.p_human != stored.p_fused


def test_a_contested_candidate_says_why_it_is_open(night, files, select):
    table = rows(files(selection=select(decided=False))["consensus.csv"])
    row = next(row for row in table if row["source_id"] == night.open.source_id)

    assert (row["fine_class"], row["conflict"], row["retirement"]) == ("", "unsure", "")


def test_a_label_says_how_sure_it_was_why_and_whether_it_came_late(night, files):
    Label.objects.filter(candidate=night.far).update(confidence=70, comment="=faint,\nbut moving")
    make_label(night.far, night.cast.vetter, FineClass.ASTEROID)
    exported = files()

    for name in ("labels.csv", "label_events.csv"):
        jan, vera = [row for row in rows(exported[name]) if row["source_id"] == night.far.source_id]
        assert (jan["confidence"], jan["comment"], jan["is_late"]) == ("70", "'=faint,\nbut moving", "false")
        assert (vera["confidence"], vera["comment"], vera["is_late"]) == ("", "", "true")


def test_every_adjudication_is_told_also_what_was_taken_back(night, files):
    first = adjudicate(night, night.trail, FineClass.FLASHES, comment="a satellite")
    boss = {"campaign": campaign_default(), "adjudicator": night.cast.manager, "uuid": uuid.uuid4()}
    undone = adjudication_undo(**boss, undoes=first.uuid)
    adjudicate(night, night.trail, FineClass.GHOST, adjudicator=night.cast.second_vetter)
    told = rows(files()["adjudications.csv"])

    assert [(row["adjudicator"], row["fine_class"], row["comment"]) for row in told] == [
        ("mira", "flashes", "a satellite"),
        ("jan", "ghost", ""),
    ]
    assert [(row["taken_back_at"], row["taken_back_by"]) for row in told] == [
        (cell(undone.decided_at), "mira"),
        ("", ""),
    ]


def test_a_label_says_why_its_candidate_was_handed_out(night, files):
    drawn_for(night.far, night.cast.second_vetter)
    exported = files()

    for name in ("labels.csv", "label_events.csv"):
        told = {
            (row["source_id"], row["vetter"]): (row["queue_reason"], row["selection_prob"])
            for row in rows(exported[name])
        }
        assert told[night.far.source_id, "jan"] == ("random", "0.25")
        assert told[night.trail.source_id, "vera"] == ("", "")


def test_gold_comes_with_its_source_decided_or_not(night, files, select):
    pool_gold(campaign_default(), {night.plain.pk: "asteroid", night.far.pk: "ghost"}, source="injected")
    told = rows(files(selection=select(last_night=night.far.night, first_night=night.far.night))["gold.csv"])

    assert {(row["source_id"], row["gold_class"], row["gold_source"]) for row in told} == {
        (night.plain.source_id, "asteroid", "injected"),
        (night.far.source_id, "ghost", "injected"),
    }


def test_who_is_no_manager_is_not_told_what_is_gold(night, files):
    pool_gold(campaign_default(), {night.far.pk: "ghost"}, source="injected")
    drawn_for(night.far, night.cast.second_vetter, queue_reason="gold")
    exported = files(for_manager=False)

    assert "gold.csv" not in exported
    assert not [name for name in exported if b"queue_reason" in exported[name] and name != "README.md"]
    assert "managers of the campaign alone are told" in exported["README.md"].decode()


def test_the_manifest_has_the_digest_of_every_file(night, files):
    exported = files(*FORMATS)
    manifest = exported.pop("SHA256SUMS").decode().splitlines()

    assert manifest == [f"{hashlib.sha256(exported[name]).hexdigest()}  {name}" for name in sorted(exported)]


def test_the_readme_explains_every_column(night, files):
    exported = files()
    tables = [content.decode() for path, content in exported.items() if path.endswith(".csv")]
    names = {name for table in tables for name in next(csv.reader(io.StringIO(table)))}

    assert len(tables) == 6
    assert [name for name in sorted(names) if f"| `{name}` |" not in exported["README.md"].decode()] == []


def test_the_readme_gives_units_of_the_survey_s_own_columns(night, files):
    text = files()["README.md"].decode()

    assert "| `survey_flux` | DN | Fitted flux of the whole streak |" in text
    assert "| `rate` | deg/d |" in text


def test_the_readme_says_what_was_selected_and_from_which_labels(night, files, select):
    text = files(selection=select(classes=("asteroid",)))["README.md"].decode()

    assert "2 candidates" in text
    assert "- classes: asteroid" in text
    assert f"sha256 {night.asteroid.scores.get().ensemble.sha256}" in text


def test_cutouts_are_exported_as_they_came_under_the_survey_s_name(night, files):
    row = night.asteroid.cutouts.get()
    exported = files("cutouts")

    assert exported[f"cutouts/2018-07-01/ZTF_{night.asteroid.source_id}/{row.name}"] == row.content()


@pytest.mark.parametrize("name", ["../../../etc/cron.d/x", "C:\\..\\x", "/etc/x", ".."])
def test_a_hostile_name_stays_inside_the_export(night, files, name):
    Cutout.objects.filter(candidate=night.asteroid).update(name=name)

    exported = files("cutouts", "zwickyverse")
    assert [path for path in exported if ".." in path or path.startswith("/") or "\\" in path] == []


def test_two_cutouts_of_one_name_are_both_exported(night, files):
    row = night.asteroid.cutouts.get()
    make_cutout(night.asteroid, kind="SCI", suffix="fits", name=row.name)

    assert len([path for path in files("cutouts") if night.asteroid.source_id in path]) == 2


def test_a_lost_file_is_told_in_the_readme_and_stops_nothing(night, files):
    default_storage.delete(Cutout.path_of(night.asteroid.cutouts.get().sha256))
    exported = files("cutouts")

    assert f"{night.asteroid.source_id}: the file of its DIFF is lost" in exported["README.md"].decode()
    assert any(night.far.source_id in path for path in exported)


def test_a_name_that_is_a_formula_is_neutralised(night, files):
    night.trail.origin = '=HYPERLINK("http://example.org")'
    night.trail.save()

    assert '\'=HYPERLINK("http://example.org")' in {row["origin"] for row in rows(files()["consensus.csv"])}


def test_an_empty_selection_exports_headers_alone(db, files):
    assert rows(files()["labels.csv"]) == []


def test_progress_hears_of_every_candidate_of_every_pass(night, select, files):
    heard = []
    expected = Export(select(), tuple(FORMATS)).steps
    files(*FORMATS, on_record=lambda: heard.append(1))

    assert len(heard) == expected


def test_every_column_of_a_candidate_is_one_of_its_fields(night):
    assert [name for name, _, _ in CANDIDATE if not hasattr(night.asteroid, name)] == []
