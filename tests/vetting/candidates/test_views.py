import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories as make
from vetting.campaigns.models import Membership, Role
from vetting.campaigns.services import label_undo
from vetting.candidates.models import State

pytestmark = pytest.mark.django_db
NIGHT = date(2018, 7, 1)
PAGES = ["candidates", "candidate", "thumb", "nights", "night", "night-plots"]


@pytest.fixture
def vetter(client):
    user = make.make_user("vera")
    client.force_login(user)
    return user


def address(name, candidate=None, night=NIGHT):
    if name in {"night", "night-plots"}:
        return reverse(name, args=[night])
    return reverse(name, args=[candidate.pk] if name in {"candidate", "thumb"} else [])


def text_of(client, name, candidate=None, **query):
    response = client.get(address(name, candidate), query)
    assert response.status_code == 200
    return response.content.decode()


def full_candidate(vetter, **over):
    candidate = make.make_candidate(**over)
    make.make_cutout(candidate)
    make.make_score(candidate)
    make.make_label(candidate, vetter)
    return candidate


@pytest.mark.parametrize("name", PAGES)
def test_a_visitor_without_login_is_sent_to_it(client, name):
    response = client.get(address(name, make.make_candidate()))
    assert response.status_code == 302
    assert response.url.startswith(reverse("login"))


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_read_and_never_written(client, vetter, name):
    assert client.post(address(name, make.make_candidate())).status_code == 405


@pytest.mark.parametrize("name", ["candidate", "thumb"])
def test_a_candidate_that_does_not_exist_is_not_found(client, vetter, name):
    assert client.get(reverse(name, args=[10**9])).status_code == 404


@pytest.mark.parametrize("path", ["2018-07-01", "2018-13-45", "2018-02-30", "0000-00-00", "today"])
def test_a_night_without_candidates_is_not_found(client, vetter, path):
    assert client.get(f"/nights/{path}/").status_code == 404


def test_the_list_shows_a_candidate_with_its_scores_and_label(client, vetter):
    candidate = full_candidate(vetter, ra=150.1, dec=-0.25)
    text = text_of(client, "candidates")
    for shown in (candidate.source_id, "10:00:24.00", "-00:15:00.0", "28.4", "0.870", "asteroid", "1 found"):
        assert shown in text


def test_the_list_says_what_to_do_when_nothing_is_ingested(client, vetter):
    assert "ingest PATH" in text_of(client, "candidates")


def test_the_list_says_when_no_candidate_passes_the_filters(client, vetter):
    make.make_candidate()
    assert "No candidate passes" in text_of(client, "candidates", length_min=500)


def test_a_filter_that_cannot_be_read_shows_nothing_but_its_error(client, vetter):
    candidate = make.make_candidate()
    text = text_of(client, "candidates", night="yesterday")
    assert "Enter a valid date" in text
    assert candidate.source_id not in text


def test_pages_and_headings_keep_the_filters(client, vetter):
    for _ in range(51):
        make.make_candidate()
    text = text_of(client, "candidates", state="queued")
    assert "?state=queued&amp;page=2" in text
    assert "?state=queued&amp;sort=-length" in text


@pytest.mark.parametrize("page", ["0", "99", "x", "-1"])
def test_a_page_that_does_not_exist_shows_one_that_does(client, vetter, page):
    candidate = make.make_candidate()
    assert candidate.source_id in text_of(client, "candidates", page=page)


def test_names_from_files_are_escaped(client, vetter):
    candidate = make.make_candidate(source_id="<script>1</script>", exposure="<b>x", values={"<i>": 1.0})
    for name in ("candidates", "candidate"):
        text = text_of(client, name, candidate)
        assert not any(tag in text for tag in ("<script>1", "<b>x", "<i>"))


def test_the_list_takes_as_many_queries_for_fifty_as_for_one(client, vetter):
    full_candidate(vetter)
    with CaptureQueriesContext(connection) as one:
        text_of(client, "candidates")
    for _ in range(49):
        full_candidate(vetter)
    with CaptureQueriesContext(connection) as fifty:
        text_of(client, "candidates")
    assert len(fifty) == len(one) <= 10


def test_the_page_of_a_candidate_takes_as_many_queries_however_much_there_is(client, vetter):
    candidate = full_candidate(vetter, exposure="same")
    with CaptureQueriesContext(connection) as alone:
        text_of(client, "candidate", candidate)
    for number in range(10):
        full_candidate(vetter, exposure="same")
        make.make_label(candidate, make.make_user(f"v{number}"))
    with CaptureQueriesContext(connection) as many:
        text_of(client, "candidate", candidate)
    assert len(many) == len(alone) <= 16


def test_the_nights_take_as_many_queries_however_many_there_are(client, vetter):
    full_candidate(vetter)
    with CaptureQueriesContext(connection) as one:
        text_of(client, "nights")
    for day in range(10):
        full_candidate(vetter, mjd_mid=58301.2 + day)
    with CaptureQueriesContext(connection) as many:
        text_of(client, "nights")
    assert len(many) == len(one) <= 7


def test_a_candidate_shows_all_that_is_known(client, vetter):
    candidate = full_candidate(vetter, values={"sigma": 1.06, "unheard_of": 3.5})
    text = text_of(client, "candidate", candidate)
    for shown in ("Width", "1.06", "unheard_of", "rb_vgg6", "0.9800", "vera", "stands", "queued", candidate.exposure):
        assert shown in text


def test_a_candidate_shows_which_members_pass_their_thresholds(client, vetter):
    thresholds = {"rb": {"rb_vgg6": 0.5}, "kd": {"kd_vgg6": 0.95}}
    candidate = make.make_candidate()
    make.make_score(candidate, ensemble=make.make_ensemble(description={"thresholds": thresholds}))
    text = text_of(client, "candidate", candidate)
    assert "at or above its threshold of 0.500" in text
    assert "below its threshold of 0.950" in text


def test_a_network_with_several_heads_has_a_threshold_for_each(client, vetter):
    candidate = make.make_candidate()
    ensemble = make.make_ensemble(description={"thresholds": {"rb": {"net": 0.5}, "kd": {"net": 0.95}}})
    make.make_score(candidate, ensemble=ensemble, members={"net:rb": 0.98, "net:kd": 0.91})
    text = text_of(client, "candidate", candidate)
    assert "at or above its threshold of 0.500" in text
    assert "below its threshold of 0.950" in text


def test_a_candidate_shows_the_fine_classes_that_a_network_finds_likely(client, vetter):
    candidate = make.make_candidate()
    make.make_score(candidate, classes={"ghost": 0.912, "blank": 0.08, "flashes": 0.008})
    shown = text_of(client, "candidate", candidate).split("probability of the class")
    assert ("0.912" in shown[1], "0.0800" in shown[2] or "0.080" in shown[2], len(shown)) == (True, True, 3)


def test_an_unscorable_candidate_says_why(client, vetter):
    candidate = make.make_candidate()
    empty = dict.fromkeys(("rb", "sl", "kd", "p_asteroid", "plausible"))
    make.make_score(candidate, reason="the cutout is flat", members={}, **empty)
    assert "the cutout is flat" in text_of(client, "candidate", candidate)
    assert "the cutout is flat" in text_of(client, "candidates")


@pytest.mark.parametrize(
    ("state", "is_offered"), [(State.QUEUED, True), (State.REJECTED, True), (State.VETTED, True), (State.NEW, False)]
)
def test_a_candidate_that_takes_labels_leads_to_the_scan_page(client, vetter, state, is_offered):
    make.make_default_campaign()
    candidate = make.make_candidate(state=state)
    link = f'<a href="/scan/?candidate={candidate.pk}">Label it</a>'
    assert (link in text_of(client, "candidate", candidate)) == is_offered


def test_a_viewer_of_the_nightly_campaign_is_offered_no_label(client, vetter):
    Membership.objects.create(campaign=make.make_default_campaign(), user=vetter, role=Role.VIEWER)
    assert "Label it" not in text_of(client, "candidate", make.make_candidate())


def test_the_link_to_a_candidate_is_copied_whole(client, vetter):
    candidate = make.make_candidate()
    assert f'data-copy="http://testserver{candidate.get_absolute_url()}">Copy link' in text_of(
        client, "candidate", candidate
    )


def test_labels_show_what_became_of_them(client, vetter):
    candidate = make.make_candidate()
    first = make.make_label(candidate, vetter, "ghost")
    label_undo(campaign=first.campaign, vetter=vetter, uuid="0b6f1c5e-9d53-4f9b-8d0a-3f8f6a1c2b11", undoes=first.uuid)
    make.make_label(candidate, vetter, "cosmic_ray")
    make.make_label(candidate, vetter, "asteroid")
    text = text_of(client, "candidate", candidate)
    for shown in ("taken back", "took back", "replaced", "stands", "cosmic ray"):
        assert shown in text


def test_neighbours_are_the_next_in_time_of_the_same_night(client, vetter):
    middle, early, late = (make.make_candidate(mjd_mid=58300.2 + shift) for shift in (0, -0.01, 0.01))
    make.make_candidate(mjd_mid=58301.2)
    text = text_of(client, "candidate", middle)
    assert f'rel="prev" href="{early.get_absolute_url()}"' in text
    assert f'rel="next" href="{late.get_absolute_url()}"' in text
    assert "last of the night" in text_of(client, "candidate", late)


def test_links_that_leave_the_site_say_so_and_give_nothing_away(client, vetter):
    text = text_of(client, "candidate", make.make_candidate())
    assert "these links leave the site" in text
    assert text.count('rel="noopener noreferrer external"') == 3


def test_other_detections_of_the_exposure_are_linked(client, vetter):
    one, other = (make.make_candidate(exposure="same") for _ in range(2))
    stranger = make.make_candidate()
    text = text_of(client, "candidate", one)
    assert other.get_absolute_url() in text
    assert stranger.get_absolute_url() not in text.split("Other detections")[1]


def test_nights_count_states_and_labels(client, vetter):
    full_candidate(vetter)
    make.make_candidate(state=State.REJECTED)
    make.make_candidate(mjd_mid=58301.2)
    text = text_of(client, "nights")
    assert "asteroid 1" in text
    assert text.index("2018-07-02") < text.index("2018-07-01")


def test_nights_say_when_there_are_none(client, vetter):
    assert "There are no nights yet" in text_of(client, "nights")


def test_a_night_has_its_numbers_its_neighbours_and_the_address_of_its_plots(client, vetter):
    full_candidate(vetter)
    make.make_candidate(mjd_mid=58301.2)
    text = text_of(client, "night")
    assert f'data-plots="{address("night-plots")}"' in text
    assert "first night" in text
    assert 'rel="next" href="/nights/2018-07-02/"' in text


def test_plots_come_as_json_with_the_addresses_of_the_site(client, vetter):
    full_candidate(vetter)
    items = json.loads(client.get(address("night-plots")).content)
    assert "/candidates/@pk/thumb.png" in json.dumps(items["sky"])
    assert set(items) == {"sky", "p_asteroid", "rb", "sl", "kd", "length_angle", "quadrants", "latency"}


def test_no_page_holds_a_script_or_a_handler_of_its_own(client, vetter):
    candidate = full_candidate(vetter)
    for name in ("candidates", "candidate", "nights", "night"):
        text = text_of(client, name, candidate)
        assert all("src=" in tag.split(">")[0] for tag in text.split("<script")[1:])
        assert " onclick=" not in text
