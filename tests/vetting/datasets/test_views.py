import io
import zipfile

import pytest
from django.urls import reverse

from scoring.families import FineClass
from tests.factories import make_api, make_campaign, make_default_campaign, make_label, make_user
from vetting.campaigns.models import Campaign
from vetting.campaigns.services import pool_add
from vetting.datasets.exports import FORMATS


@pytest.fixture
def query(db):
    return {"campaign": make_default_campaign().pk, "decided": "1", "format": ["csv"]}


@pytest.fixture
def vetter(night, client):
    client.force_login(night.cast.vetter)
    return client


def exported(client, query):
    answer = client.get(reverse("export-download"), query)
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


@pytest.mark.parametrize("name", ["export", "export-count", "export-download"])
def test_nobody_exports_without_a_login(client, db, name):
    answer = client.get(reverse(name))

    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("login"))


def test_the_page_says_what_the_default_export_would_hold(vetter):
    text = vetter.get(reverse("export")).content.decode()

    assert "<strong>3</strong> candidates (3 decided), <strong>4</strong> labels" in text


def test_a_link_to_a_night_selects_that_night(vetter):
    text = vetter.get(reverse("export"), {"first_night": "2018-07-02", "last_night": "2018-07-02"}).content.decode()

    assert "<strong>1</strong> candidate (1 decided)" in text
    assert 'value="2018-07-02"' in text


def test_the_count_follows_the_form(vetter, query):
    answer = vetter.get(reverse("export-count"), query | {"fine_class": ["long_trail"]})

    assert "<strong>1</strong> candidate (1 decided)" in answer.content.decode()


def test_an_empty_selection_is_said_in_words(vetter, query):
    answer = vetter.get(reverse("export-count"), query | {"fine_class": ["blank"]})

    assert "no labelled candidate answers to this" in answer.content.decode()


def test_a_range_that_ends_before_it_begins_is_refused_with_its_reason(vetter, query):
    dates = {"first_night": "2018-07-02", "last_night": "2018-07-01"}
    counted = vetter.get(reverse("export-count"), query | dates)
    page = vetter.get(reverse("export-download"), query | dates)

    assert counted.json()["errors"]["last_night"] == ["expected a night from 2018-07-02 on, got 2018-07-01"]
    assert (page.status_code, "expected a night from 2018-07-02 on" in page.content.decode()) == (400, True)


@pytest.mark.parametrize(
    "wrong",
    [{"campaign": "0"}, {"format": ["pickle"]}, {"decided": "x"}, {"vetter": ["nobody"]}, {"test_percent": "200"}],
)
def test_a_wrong_answer_is_refused(vetter, query, wrong):
    assert vetter.get(reverse("export-download"), query | wrong).status_code == 400


def test_the_download_is_a_whole_zip(vetter, query):
    answer = vetter.get(reverse("export-download"), query | {"format": ["csv", "cutouts", "zwickyverse"]})
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))

    assert answer["Content-Disposition"] == 'attachment; filename="deepstreaks_Nightly_vetting.zip"'
    assert archive.testzip() is None
    assert {"README.md", "SHA256SUMS", "labels.csv", "zwickyverse/rb.json"} <= set(archive.namelist())


@pytest.mark.parametrize(("role", "has_gold"), [("viewer", False), ("adjudicator", False), ("manager", True)])
def test_gold_is_exported_to_managers_alone(vetter, query, night, role, has_gold):
    campaign = make_campaign(night.cast.manager, night.cast.vetter, role=role)
    archive = exported(vetter, query | {"campaign": campaign.pk})

    assert ("gold.csv" in archive.namelist()) == has_gold


def test_the_form_offers_those_who_have_labelled(vetter, night):
    make_label(night.plain, night.cast.manager, FineClass.BLANK)
    text = vetter.get(reverse("export")).content.decode()

    assert [name for name in ("vera", "jan", "mira", "otto") if f'value="{name}"' in text] == ["vera", "jan", "mira"]


def test_the_form_names_nobody_of_campaigns_that_one_does_not_see(vetter, query, night):
    foreign = make_campaign(night.cast.manager)
    pool_add(foreign, [night.plain.source_id])
    make_label(night.plain, make_user("lena"), campaign=foreign)

    assert 'value="lena"' not in vetter.get(reverse("export")).content.decode()
    assert vetter.get(reverse("export-count"), query | {"vetter": ["lena"]}).status_code == 400


@pytest.fixture
def blind(night):
    """A blind campaign in which vera has still to judge two candidates of the nightly one, and has judged a third."""
    campaign = make_campaign(night.cast.manager, night.cast.vetter, blindness=Campaign.Blindness.FIRST_VOTE)
    pool_add(campaign, [row.source_id for row in (night.trail, night.far, night.plain)])
    make_label(night.far, night.cast.vetter, campaign=campaign)
    return campaign


def test_what_is_to_be_judged_blindly_is_left_out_and_counted(vetter, query, night, blind):
    archive = exported(vetter, query | {"decided": "0", "format": list(FORMATS)})
    page = vetter.get(reverse("export-count"), query | {"decided": "0"}).content.decode()

    assert not [
        name for name in archive.namelist() if night.trail.source_id in name + archive.read(name).decode("latin1")
    ]
    assert night.far.source_id in archive.read("consensus.csv").decode()
    assert "2 are left out" in archive.read("README.md").decode()
    assert "<strong>3</strong> candidates (2 decided)" in page
    assert "<strong>2</strong> candidates that you have still to judge" in page


def test_how_many_are_left_out_tells_nothing_of_their_labels(vetter, query, night, blind):
    asked = [query | {"fine_class": [name]} for name in FineClass] + [
        query | {"vetter": [name]} for name in ("vera", "jan")
    ]
    pages = [vetter.get(reverse("export-count"), each).content.decode() for each in asked]

    assert [page for page in pages if "<strong>2</strong> candidates that you have still to judge" not in page] == []


def test_nothing_is_left_out_for_those_who_are_not_blind(vetter, query, night):
    assert "Left out" not in vetter.get(reverse("export")).content.decode()
    assert "left out" not in exported(vetter, query | {"format": ["cutouts"]}).read("README.md").decode()


def test_a_blind_nightly_campaign_is_exported_as_far_as_one_has_voted(vetter, query, night):
    Campaign.objects.filter(is_default=True).update(blindness=Campaign.Blindness.FIRST_VOTE)
    told = exported(vetter, query).read("consensus.csv").decode()

    assert night.asteroid.source_id in told
    assert night.far.source_id not in told


def test_queries_of_the_page_are_few(vetter, django_assert_max_num_queries):
    with django_assert_max_num_queries(13):
        vetter.get(reverse("export"))


def test_labels_of_other_peoples_campaigns_are_not_exported(vetter, query):
    foreign = Campaign.objects.create(name="of others")
    assert vetter.get(reverse("export-download"), query | {"campaign": foreign.pk}).status_code == 400


def by_token(night, **asked):
    api = make_api(night.cast.vetter)
    return api.get("/api/v1/export/", asked, HTTP_ACCEPT="application/zip")


def test_the_api_gives_the_zip_of_the_page(night, vetter, query):
    answer = by_token(night, **query)
    sent = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    page = exported(vetter, query)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert {name: sent.read(name) for name in sent.namelist() if name.endswith(".csv")} == {
        name: page.read(name) for name in page.namelist() if name.endswith(".csv")
    }


def test_the_api_exports_tables_of_all_that_is_decided_where_nothing_is_said(night):
    sent = zipfile.ZipFile(io.BytesIO(b"".join(by_token(night).streaming_content)))
    assert "consensus.csv" in sent.namelist()


def test_the_api_says_what_it_cannot_read(night):
    answer = by_token(night, format=["fits"], first_night="yesterday")
    assert (answer.status_code, {*answer.json()}) == (400, {"format", "first_night"})


def test_the_api_exports_no_campaign_of_others(night):
    other = make_campaign(make_user("mia"))
    assert by_token(night, campaign=other.pk).status_code == 400
