import datetime as dt

from scoring.families import FineClass
from tests.factories import make_label
from vetting.campaigns.models import Campaign
from vetting.candidates.models import State
from vetting.datasets.selectors import labelled, latest_label, moment, records, summary


def ids(selection):
    return {row.pk for row in labelled(selection)}


def test_only_decided_candidates_are_selected_by_default(night, select):
    assert ids(select()) == {night.asteroid.pk, night.trail.pk, night.far.pk}


def test_any_label_selects_a_candidate_when_asked(night, select):
    assert night.open.pk in ids(select(decided=False))


def test_a_candidate_without_a_label_is_never_selected(night, select):
    assert night.plain.pk not in ids(select(decided=False))


def test_a_quarantined_candidate_is_never_selected(night, select):
    night.trail.state = State.QUARANTINED
    night.trail.save()

    assert night.trail.pk not in ids(select(decided=False))


def test_nights_are_selected_from_the_first_to_the_last(night, select):
    assert ids(select(first_night=dt.date(2018, 7, 2))) == {night.far.pk}
    assert ids(select(last_night=dt.date(2018, 7, 1))) == {night.asteroid.pk, night.trail.pk}


def test_a_class_means_the_consensus_of_decided_candidates(night, select):
    assert ids(select(classes=("long_trail",))) == {night.trail.pk}


def test_a_class_means_any_standing_label_otherwise(night, select):
    assert ids(select(classes=("unsure",), decided=False)) == {night.open.pk}


def test_candidates_are_selected_by_who_labelled_them(night, select):
    assert ids(select(vetters=("jan",))) == {night.asteroid.pk, night.far.pk}


def test_candidates_are_selected_by_filter(night, select):
    assert ids(select(bands=("g",))) == {night.far.pk}


def test_another_campaign_has_its_own_labelled_set(night, select):
    other = Campaign.objects.create(name="second look")
    make_label(night.plain, night.cast.vetter, FineClass.BLANK, campaign=other)

    assert ids(select(campaign=other)) == {night.plain.pk}


def test_the_summary_counts_what_the_export_holds(night, select):
    found = summary(select(decided=False))

    assert (found.candidates, found.labels, found.decided, found.cutouts) == (4, 6, 3, 4)
    assert found.classes == {"asteroid": 2, "long trail": 1}


def test_labels_that_arrive_later_do_not_change_a_running_export(night, select):
    begun = moment(select(), label=latest_label(select()).pk)
    make_label(night.asteroid, night.cast.vetter, FineClass.COSMIC_RAY)

    record = next(records(select(), begun))
    assert {label.fine_class for label in record.labels} == {"asteroid"}
    assert (record.candidate, record.verdict.fine_class) == (night.asteroid, "asteroid")


def test_queries_do_not_grow_with_the_candidates(night, select, django_assert_num_queries):
    selection = select()
    begun = moment(selection, label=10**6)
    with django_assert_num_queries(6):
        list(records(selection, begun))
