import math

import pytest
from django.core.files.storage import default_storage

from scoring.families import FineClass
from tests.factories import MJD, make_api, make_candidate, make_cast, make_cutout, make_ensemble, make_label, make_score
from vetting.candidates.models import Candidate, Cutout, State
from vetting.common import Pages
from vetting.ingest.models import IngestBatch, Quarantine


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def api(cast):
    return make_api(cast.vetter)


@pytest.fixture
def candidate(cast):
    row = make_candidate()
    make_cutout(row)
    make_score(row)
    make_label(row, cast.vetter, FineClass.ASTEROID)
    return row


def found(api, **query):
    return [row["id"] for row in api.get("/api/v1/candidates/", query).json()["results"]]


def test_a_candidate_comes_with_its_scores_cutouts_labels_and_moves(api, candidate):
    row = api.get(f"/api/v1/candidates/{candidate.pk}/").json()

    assert (row["scores"][0]["p_asteroid"], row["cutouts"][0]["kind"]) == (0.87, "DIFF")
    assert (row["labels"][0]["vetter"], row["consensus"][0]["fine_class"]) == ("vera", "asteroid")
    assert row["events"][-1]["to_state"] == State.VETTED


def test_source_ids_are_strings(api, candidate):
    assert api.get("/api/v1/candidates/").json()["results"][0]["source_id"] == candidate.source_id


def test_a_column_of_the_survey_beyond_2_to_the_53_is_a_string(api):
    candidate = make_candidate(values={"candid": 1234567890123456789, "flux": 12.5})

    values = api.get(f"/api/v1/candidates/{candidate.pk}/").json()["values"]
    assert values == {"candid": "1234567890123456789", "flux": 12.5}


def test_infinity_in_a_column_is_null_in_json(api, candidate):
    Candidate.objects.filter(pk=candidate.pk).update(chi2=math.inf)

    assert api.get(f"/api/v1/candidates/{candidate.pk}/").json()["chi2"] is None


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ({"night": "2018-07-02"}, [1]),
        ({"band": "g"}, [1]),
        ({"state": "rejected"}, [1]),
        ({"rate_min": "50"}, [1]),
        ({"rate_max": "50"}, [0]),
        ({"mjd_min": str(MJD + 0.5)}, [1]),
        ({"plausible": "true"}, [0]),
        ({"sort": "-rate"}, [1, 0]),
        ({"sort": "rate"}, [0, 1]),
    ],
)
def test_candidates_are_filtered_and_sorted_by_named_columns(api, query, hits):
    rows = [make_candidate(), make_candidate(mjd_mid=MJD + 1, band="g", state=State.REJECTED, rate=90.0)]
    make_score(rows[0])

    assert found(api, **query) == [rows[number].pk for number in hits]


@pytest.mark.parametrize(
    "query",
    [{"night": "yesterday"}, {"sort": "vetter__password"}, {"rate_min": "NaN"}, {"state": "lost"}, {"ccd": "x"}],
)
def test_a_filter_that_cannot_be_read_is_a_400_with_its_name(api, query):
    answer = api.get("/api/v1/candidates/", query)

    assert (answer.status_code, list(answer.json())) == (400, list(query))


def test_a_column_that_is_not_on_the_list_filters_nothing(api, candidate):
    assert found(api, labels__vetter__password="x") == [candidate.pk]


def test_votes_that_do_not_decide_are_no_label(api, cast):
    open_ = make_candidate()
    make_label(open_, cast.vetter, FineClass.UNSURE)

    assert api.get(f"/api/v1/candidates/{open_.pk}/").json()["label"] is None


def test_a_browser_gets_a_page_with_the_site_s_frame_and_no_inline_script(api, candidate):
    page = api.get("/api/v1/labels/", headers={"Accept": "text/html"}).content.decode()

    assert '<nav class="site-nav"' in page
    assert "<script>" not in page
    assert "[invalid name]" not in page


def test_an_unscored_candidate_has_null_scores_and_the_reason(api):
    candidate = make_candidate()
    make_score(candidate, rb=None, sl=None, kd=None, plausible=None, p_asteroid=None, reason="flat", members={})

    row = api.get("/api/v1/scores/", {"candidate": candidate.pk}).json()["results"][0]
    assert (row["p_asteroid"], row["plausible"], row["reason"]) == (None, None, "flat")


def test_scores_of_every_ensemble_are_listed(api, candidate):
    make_score(candidate, ensemble=make_ensemble(is_active=False), p_asteroid=0.1)

    rows = api.get("/api/v1/scores/", {"candidate": candidate.pk}).json()["results"]
    assert [row["p_asteroid"] for row in rows] == [0.87, 0.1]


@pytest.mark.parametrize(("suffix", "kind"), [("jpg", "image/jpeg"), ("fits", "application/fits")])
def test_a_cutout_is_downloaded_as_it_came_with_the_type_of_its_bytes(api, suffix, kind):
    row = make_cutout(make_candidate(), suffix=suffix, name="misleading.html")
    answer = api.get(f"/api/v1/cutouts/{row.pk}/file/", headers={"Accept": "image/png"})

    assert (answer.content, answer["Content-Type"]) == (row.content(), kind)
    assert answer["Content-Disposition"] == 'attachment; filename="misleading.html"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_bytes_that_are_no_image_are_never_served_as_a_page(api):
    row = make_cutout(make_candidate(), content=b"<script>alert(1)</script>", name='../"x\r\n.html')
    answer = api.get(f"/api/v1/cutouts/{row.pk}/file/")

    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")


def test_a_lost_file_is_a_404_with_words(api):
    row = make_cutout(make_candidate())
    default_storage.delete(Cutout.path_of(row.sha256))
    answer = api.get(f"/api/v1/cutouts/{row.pk}/file/")

    assert (answer.status_code, answer.content.decode()) == (404, f"the file of cutout {row.pk} is lost")


def test_a_night_is_counted_by_state_and_by_class(api, candidate):
    make_candidate(state=State.REJECTED)
    night = api.get("/api/v1/nights/2018-07-01/").json()

    assert (night["total"], night["states"]["vetted"], night["states"]["rejected"]) == (2, 1, 1)
    assert night["labels"] == {"asteroid": 1}


def test_nights_are_listed_latest_first(api, candidate):
    make_candidate(mjd_mid=MJD + 3)

    nights = [row["night"] for row in api.get("/api/v1/nights/").json()["results"]]
    assert nights == ["2018-07-04", "2018-07-01"]


@pytest.mark.parametrize("night", ["2018-07-09", "2018-13-40"])
def test_a_night_without_candidates_is_a_404(api, night):
    assert api.get(f"/api/v1/nights/{night}/").status_code == 404


@pytest.mark.parametrize("name", ["candidates", "cutouts", "scores", "labels", "nights"])
def test_queries_do_not_grow_with_the_rows(api, cast, name, django_assert_max_num_queries):
    for day in range(4):
        row = make_candidate(mjd_mid=MJD + day)
        make_cutout(row)
        make_score(row)
        make_label(row, cast.vetter)
    with django_assert_max_num_queries(9):
        assert api.get(f"/api/v1/{name}/").json()["count"] == 4


def test_queries_of_one_candidate_do_not_grow_with_its_labels(api, cast, candidate, django_assert_max_num_queries):
    for vetter in (cast.second_vetter, cast.manager, cast.vetter):
        make_label(candidate, vetter, FineClass.GHOST)
    with django_assert_max_num_queries(16):
        api.get(f"/api/v1/candidates/{candidate.pk}/")


@pytest.mark.parametrize("pk", ["0", "999999999999999999999999"])
def test_an_unknown_candidate_is_a_404(api, pk):
    assert api.get(f"/api/v1/candidates/{pk}/").status_code == 404


def test_staff_downloads_quarantined_bytes_as_they_came(cast):
    batch = IngestBatch.objects.create(path="night", received=1, quarantined=1)
    row = Quarantine.objects.create(batch=batch, origin="a.txt", reason="expected 29 columns, got 3", raw=b"\x00<b>")
    api = make_api(cast.manager)

    assert api.get("/api/v1/quarantine/").json()["results"][0]["size"] == 4
    assert api.get(f"/api/v1/quarantine/{row.pk}/file/").content == b"\x00<b>"


def test_a_page_holds_no_more_than_the_limit(api, candidate, monkeypatch):
    monkeypatch.setattr(Pages, "max_page_size", 1)
    make_candidate()
    answer = api.get("/api/v1/candidates/", {"page_size": "100000"}).json()

    assert (answer["count"], len(answer["results"])) == (2, 1)
