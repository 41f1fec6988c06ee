import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from scoring.families import FineClass
from tests import factories as make
from vetting.candidates.filters import CandidateFilter, parameters_of
from vetting.candidates.models import SavedFilter, State
from vetting.candidates.selectors import counts_by_scores, scored, thresholds_active
from vetting.candidates.services import EVERYBODY, filter_delete, filter_save
from vetting.common import ApplicationError, ConflictError


@pytest.fixture
def cast(db):
    return make.make_cast()


@pytest.fixture
def vera(client, cast):
    client.force_login(cast.vetter)
    return client


@pytest.fixture
def three(db):
    """Make what the gate passes, what it rejects though kd is high, and what cannot be scored."""
    rows = [make.make_candidate(), make.make_candidate(state=State.REJECTED), make.make_candidate()]
    make.make_score(rows[0], rb=0.9, kd=0.6)
    make.make_score(rows[1], rb=0.4, kd=0.8, plausible=False)
    make.make_score(rows[2], rb=None, sl=None, kd=None, p_asteroid=None, plausible=None, reason="flat")
    return rows


def counts(client, **query):
    return client.get(reverse("candidate-counts"), query).json()


def test_bounds_on_scores_say_what_they_gain_and_lose_against_the_gate(vera, three):
    assert counts(vera, kd_min=0.7) == {"total": 3, "passing": 1, "gate": 1, "kept": 0, "gained": 1, "lost": 1}
    assert counts(vera) == {"total": 3, "passing": 3, "gate": 1, "kept": 1, "gained": 1, "lost": 0}


def test_gains_are_counted_among_what_the_other_filters_find(vera, three):
    assert counts(vera, state="queued", rb_min=0.95) == {
        "total": 2, "passing": 0, "gate": 1, "kept": 0, "gained": 0, "lost": 1,
    }  # fmt: skip


def test_counts_of_a_filter_that_cannot_be_read_are_refused_by_name(vera, three):
    answer = vera.get(reverse("candidate-counts"), {"kd_min": "high"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["kd_min"])


def test_counts_take_one_query_over_the_candidates(three, django_assert_num_queries):
    found = CandidateFilter({"kd_min": "0.7"}, queryset=scored())
    with django_assert_num_queries(1):
        counts_by_scores(found.without_scores().qs, found.score_bounds())


def test_active_thresholds_are_the_least_of_each_family(db):
    make.make_ensemble(description={"thresholds": {"rb": {"rb_a": 0.6, "rb_b": 0.4}, "kd": {"kd_a": 0.5}}})
    assert thresholds_active() == {"rb": 0.4, "kd": 0.5}


def test_a_filter_is_kept_with_its_known_names_alone():
    given = {"kd_min": "0.7", "name": "x", "filter": "3", "labels__vetter__password": "p", "snr_min": ""}
    assert parameters_of(given) == {"kd_min": "0.7"}


def test_a_saved_filter_finds_what_its_parameters_find(cast, three):
    saved = filter_save(cast.vetter, name=" high  kd ", given={"kd_min": "0.7"})
    assert (saved.name, saved.parameters) == ("high kd", {"kd_min": "0.7"})
    request = type("Request", (), {"user": cast.vetter})
    assert list(CandidateFilter({"filter": saved.pk}, queryset=scored(), request=request).qs) == [three[1]]


def test_a_filter_saved_again_under_its_name_takes_the_place_of_the_old_one(cast):
    for bound in ("0.7", "0.8"):
        filter_save(cast.vetter, name="high", given={"kd_min": bound}, share=EVERYBODY if bound == "0.8" else "")
    assert list(SavedFilter.objects.values_list("parameters", "is_shared")) == [({"kd_min": "0.8"}, True)]


@pytest.mark.parametrize(
    ("name", "given"), [("", {"kd_min": "1"}), ("x" * 81, {"kd_min": "1"}), ("x", {}), ("x", {"kd_min": "nan"})]
)
def test_a_filter_without_name_or_meaning_is_not_kept(cast, name, given):
    with pytest.raises(ApplicationError):
        filter_save(cast.vetter, name=name, given=given)


def test_others_use_a_filter_only_if_it_is_shared(cast, three):
    kept, shared = (
        filter_save(cast.vetter, name=name, given={"kd_min": "0.7"}, share=EVERYBODY if name == "shared" else "")
        for name in ("kept", "shared")
    )
    api = make.make_api(cast.second_vetter)
    assert api.get("/api/v1/candidates/", {"filter": kept.pk}).status_code == 400
    assert [row["id"] for row in api.get("/api/v1/candidates/", {"filter": shared.pk}).json()["results"]] == [
        three[1].pk
    ]
    assert [row["name"] for row in api.get("/api/v1/filters/").json()["results"]] == ["shared"]


def test_a_filter_shared_with_a_team_is_seen_by_its_members_alone(cast, three):
    team = Group.objects.create(name="night shift")
    for member in (cast.vetter, cast.second_vetter):
        member.groups.add(team)
    saved = filter_save(cast.vetter, name="x", given={"kd_min": "0.7"}, share=str(team.pk))
    assert (saved.team, saved.is_shared) == (team, False)
    assert make.make_api(cast.second_vetter).get("/api/v1/filters/").json()["results"][0]["team"] == "night shift"
    assert make.make_api(make.make_user("nina")).get("/api/v1/filters/").json()["results"] == []


def test_a_filter_is_shared_with_no_team_of_others(vera):
    team = Group.objects.create(name="others")
    answer = vera.post(reverse("filter-save"), {"name": "x", "kd_min": "1", "share": team.pk}, follow=True)
    assert "Not saved: expected one of your teams" in answer.content.decode()
    assert not SavedFilter.objects.exists()


def test_only_its_owner_deletes_a_filter(cast):
    saved = filter_save(cast.vetter, name="x", given={"kd_min": "1"}, share=EVERYBODY)
    with pytest.raises(ConflictError):
        filter_delete(saved, owner=cast.second_vetter)
    filter_delete(saved, owner=cast.vetter)
    assert not SavedFilter.objects.exists()


def test_the_page_saves_what_its_form_holds_and_shows_it(vera, three):
    answer = vera.post(reverse("filter-save"), {"name": "high kd", "kd_min": "0.7", "share": "everybody"}, follow=True)
    assert answer.redirect_chain == [(f"/candidates/?filter={SavedFilter.objects.get().pk}", 302)]
    assert "1 found" in answer.content.decode()


def test_a_saved_filter_is_unfolded_into_the_form_and_keeps_its_name(vera, cast, three):
    saved = filter_save(cast.vetter, name="high", given={"kd_min": "0.7", "state": "rejected"})
    shown = vera.get(reverse("candidates"), {"filter": saved.pk})
    held = {name: shown.context["form"][name].value() for name in ("kd_min", "state", "filter")}
    assert held == {"kd_min": "0.7", "state": "rejected", "filter": None}
    assert (shown.context["saved"], list(shown.context["page"])) == (saved, [three[1]])


def test_a_field_of_a_saved_filter_is_changed_or_dropped(vera, cast, three):
    saved = filter_save(cast.vetter, name="high", given={"kd_min": "0.7", "state": "rejected"})
    wider = vera.get(reverse("candidates"), {"saved": saved.pk, "kd_min": "0.5"})
    assert (wider.context["page"].paginator.count, wider.context["saved"]) == (2, saved)


def test_a_filter_saved_on_top_of_a_saved_one_keeps_what_that_one_asked(vera, cast):
    saved = filter_save(cast.vetter, name="high", given={"kd_min": "0.7", "state": "rejected"})
    vera.post(reverse("filter-save"), {"name": "high", "filter": saved.pk, "kd_min": "0.8"})
    assert SavedFilter.objects.get().parameters == {"kd_min": "0.8", "state": "rejected"}


def test_gains_of_a_saved_filter_are_counted_without_its_bounds_on_scores(vera, cast, three):
    saved = filter_save(cast.vetter, name="high", given={"kd_min": "0.7"})
    assert counts(vera, filter=saved.pk) == {"total": 3, "passing": 1, "gate": 1, "kept": 0, "gained": 1, "lost": 1}


@pytest.mark.parametrize("pk", ["x", "٣", "999", "9" * 30])
def test_a_saved_filter_that_does_not_exist_is_said(vera, three, pk):
    shown = vera.get(reverse("candidates"), {"filter": pk})
    assert (shown.status_code, list(shown.context["form"].errors)) == (200, ["filter"])
    assert vera.get(reverse("candidates"), {"saved": pk}).context["saved"] is None


def test_the_page_says_why_a_filter_is_not_saved_and_keeps_it(vera):
    answer = vera.post(reverse("filter-save"), {"name": "x", "kd_min": "high"}, follow=True)
    assert "Not saved: this filter cannot be read" in answer.content.decode()
    assert answer.redirect_chain[0][0] == "/candidates/?kd_min=high"


@pytest.mark.parametrize(("judged", "hits"), [("me", [0]), ("not_me", [1, 2]), ("others", [1]), ("nobody", [2])])
def test_candidates_are_filtered_by_who_has_judged_them(vera, cast, three, judged, hits):
    make.make_label(three[0], cast.vetter, FineClass.GHOST)
    make.make_label(three[1], cast.second_vetter, FineClass.GHOST)
    found = vera.get(reverse("candidates"), {"judged": judged, "sort": "time"}).context["page"]
    assert list(found) == [three[place] for place in hits]


@pytest.mark.parametrize("ids", ["x", "1,,2", "1;2", "1," * 2000, "-1"])
def test_ids_that_cannot_be_read_find_nothing(three, ids):
    assert not CandidateFilter({"ids": ids}, queryset=scored()).qs


def test_picked_candidates_are_found_by_their_ids(three):
    found = CandidateFilter({"ids": f"{three[0].pk},{three[1].pk}", "sort": "time"}, queryset=scored())
    assert list(found.qs) == three[:2]


@pytest.mark.parametrize("name", ["field", "ccd", "quadrant"])
def test_the_place_on_the_camera_is_filtered(db, name):
    one, _ = make.make_candidate(**{name: 3}), make.make_candidate(**{name: 4})
    assert list(CandidateFilter({name: "3"}, queryset=scored()).qs) == [one]
