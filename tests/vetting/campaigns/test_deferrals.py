import datetime as dt
import json
import uuid

import pytest
from django.utils import timezone

from tests import factories
from vetting.campaigns.deferrals import back_at, deferral_end, deferral_save
from vetting.campaigns.models import Campaign, Deferral
from vetting.campaigns.selectors import campaign_default, queue
from vetting.common import ApplicationError, ConflictError

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return factories.make_cast()


@pytest.fixture
def candidate():
    return factories.make_candidate()


@pytest.fixture
def vetter(client, cast):
    client.force_login(cast.vetter)
    client.user = cast.vetter
    return client


def defer(candidate, vetter, kind="snooze", span="15min", **over):
    given = {"campaign": campaign_default(), "uuid": uuid.uuid4(), "kind": kind, "span": span}
    return deferral_save(candidate, vetter=vetter, **(given | over))


def waiting(vetter):
    return list(queue(campaign_default(), vetter))


@pytest.mark.parametrize("kind", list(Deferral.Kind))
def test_what_is_put_off_leaves_the_own_queue_alone(cast, candidate, kind):
    defer(candidate, cast.vetter, kind)
    assert (waiting(cast.vetter), waiting(cast.second_vetter)) == ([], [candidate])
    candidate.refresh_from_db()
    assert candidate.state == "queued"


def test_a_snoozed_candidate_comes_back_by_itself(cast, candidate):
    row = defer(candidate, cast.vetter)
    Deferral.objects.filter(pk=row.pk).update(until=timezone.now() - dt.timedelta(seconds=1))
    assert waiting(cast.vetter) == [candidate]


def test_taking_it_back_ends_it_and_keeps_the_row(cast, candidate):
    row = defer(candidate, cast.vetter, "hide")
    for _ in range(2):
        deferral_end(row.uuid, vetter=cast.vetter)
    assert waiting(cast.vetter) == [candidate]
    assert Deferral.objects.get().ended_at


def test_nobody_takes_back_what_another_has_put_off(cast, candidate):
    row = defer(candidate, cast.vetter)
    with pytest.raises(ApplicationError, match="you have put off"):
        deferral_end(row.uuid, vetter=cast.second_vetter)


def test_a_deferral_sent_twice_is_one_row(cast, candidate):
    sent = uuid.uuid4()
    for _ in range(2):
        defer(candidate, cast.vetter, uuid=sent)
    assert Deferral.objects.count() == 1


def test_a_uuid_that_comes_back_with_another_kind_is_refused(cast, candidate):
    row = defer(candidate, cast.vetter)
    with pytest.raises(ConflictError):
        defer(candidate, cast.vetter, "hide", uuid=row.uuid)


def test_putting_off_anew_ends_what_was_before(cast, candidate):
    defer(candidate, cast.vetter, "purgatory")
    defer(candidate, cast.vetter, "hide")
    assert list(Deferral.objects.filter(ended_at=None).values_list("kind", flat=True)) == ["hide"]


@pytest.mark.parametrize(("kind", "span"), [("snooze", "2h"), ("snooze", None), ("archive", None)])
def test_unknown_kinds_and_times_are_refused(cast, candidate, kind, span):
    with pytest.raises(ApplicationError, match="expected"):
        defer(candidate, cast.vetter, kind, span)


@pytest.mark.parametrize(("hour", "back"), [(3, "2018-07-02"), (17, "2018-07-02"), (20, "2018-07-03")])
def test_tomorrow_night_is_never_less_than_six_hours_away(hour, back):
    assert str(back_at("night", dt.datetime(2018, 7, 1, hour, tzinfo=dt.UTC)).date()) == back


def test_everybody_sees_purgatory_but_what_is_hidden_only_oneself(vetter, cast, candidate):
    defer(candidate, cast.second_vetter, "purgatory")
    defer(factories.make_candidate(source_id="777"), cast.second_vetter, "hide")
    assert candidate.source_id in vetter.get("/put-off/").content.decode()
    assert "777" not in vetter.get("/put-off/?kind=hide").content.decode()


def test_blind_vetters_do_not_see_who_else_put_it_off(vetter, cast, candidate):
    Campaign.objects.filter(is_default=True).update(blindness="first_vote")
    defer(candidate, cast.second_vetter, "purgatory")
    assert candidate.source_id not in vetter.get("/put-off/").content.decode()


def test_what_its_vetter_has_labelled_leaves_the_list(vetter, cast, candidate):
    defer(candidate, cast.vetter, "purgatory")
    factories.make_label(candidate, cast.vetter)
    assert candidate.source_id not in vetter.get("/put-off/").content.decode()


def test_what_a_colleague_has_decided_leaves_the_list_but_not_what_one_was_unsure_of(vetter, cast, candidate):
    factories.make_deferral(candidate, cast.vetter)
    factories.make_label(candidate, cast.second_vetter, "unsure")
    assert candidate.source_id in vetter.get("/put-off/").content.decode()
    factories.make_label(candidate, cast.second_vetter, "ghost")
    assert candidate.source_id not in vetter.get("/put-off/").content.decode()


def test_a_candidate_that_several_have_put_off_is_listed_once_as_the_own(vetter, cast, candidate):
    other = factories.make_candidate()
    for row, people in ((candidate, (cast.manager, cast.second_vetter, cast.vetter)), (other, (cast.manager,))):
        for user in people:
            factories.make_deferral(row, user)
    rows = {row.candidate: (row.vetter, row.others) for row in vetter.get("/put-off/").context["page"]}
    assert rows == {candidate: (cast.vetter, 2), other: (cast.manager, 0)}


def swept(client, line):
    answer = client.get(f"/scan/queue/?{line.query}").json()
    return [card["id"] for card in answer["candidates"]], answer["done"]


def test_purgatory_is_a_queue_with_the_own_in_it_and_what_is_put_off_again_waits(vetter, cast):
    own, theirs, hidden = (factories.make_candidate(state=state) for state in ("queued", "rejected", "queued"))
    factories.make_deferral(own, cast.vetter)
    factories.make_deferral(theirs, cast.second_vetter)
    factories.make_deferral(hidden, cast.vetter, "hide")
    assert 'href="/scan/?put_off=purgatory"' in vetter.get("/put-off/").content.decode()
    line = vetter.get("/scan/?put_off=purgatory").context["line"]
    assert (swept(vetter, line), line.nights) == (([own.pk, theirs.pk], 0), [(own.night, 2)])
    factories.make_deferral(own, cast.vetter)
    assert swept(vetter, line) == ([theirs.pk], 0)
    factories.make_label(theirs, cast.vetter, "ghost")
    assert swept(vetter, line) == ([], 1)
    assert swept(vetter, vetter.get("/grid/?put_off=purgatory").context["line"]) == ([own.pk], 0)


def test_what_is_swept_is_one_of_the_lists(vetter, cast, candidate):
    assert "expected put_off to be one of snooze" in vetter.get("/scan/?put_off=x").json()["detail"]


def test_the_page_gives_a_candidate_back_to_the_queue(vetter, cast, candidate):
    row = defer(candidate, cast.vetter, "purgatory")
    assert vetter.post(f"/put-off/{row.uuid}/end/").url == "/put-off/?kind=purgatory"
    assert waiting(cast.vetter) == [candidate]


def test_the_scan_page_puts_off_and_takes_back(vetter, cast, candidate):
    sent, headers = str(uuid.uuid4()), {"X-Vetter": str(cast.vetter.pk)}
    body = json.dumps({"uuid": sent, "candidate": candidate.pk, "defer": "snooze", "span": "1h"})
    answer = vetter.post("/scan/deferrals/", body, content_type="application/json", headers=headers)
    assert answer.json()["until"] > timezone.now().isoformat()[:16]
    body = json.dumps({"uuid": str(uuid.uuid4()), "undoes": sent})
    assert (
        vetter.post("/scan/deferrals/end/", body, content_type="application/json", headers=headers).status_code == 200
    )
    assert waiting(cast.vetter) == [candidate]


def test_page_starts_with_labels_and_what_is_put_off_in_order_of_time(vetter, cast):
    rows = [factories.make_candidate() for _ in range(5)]
    factories.make_label(rows[0], cast.vetter)
    for row, kind in zip(rows[1:4], ("hide", "snooze", "purgatory"), strict=True):
        factories.make_deferral(row, cast.vetter, kind)
    factories.make_label(rows[2], cast.vetter)  # a label ends a snooze
    factories.make_deferral(rows[4], cast.second_vetter)
    recent = vetter.get("/scan/queue/?night=2018-07-01&recent=1").json()["recent"]
    assert [each["candidate"]["id"] for each in recent] == [rows[place].pk for place in (0, 1, 3, 2)]
    assert [(each.get("fine_class"), each.get("kind")) for each in recent][1:] == [
        (None, "hide"), (None, "purgatory"), ("asteroid", None)
    ]  # fmt: skip
    for place in (3, 2, 1):
        before = vetter.get(f"/scan/recent/?night=2018-07-01&before={recent[place]['uuid']}").json()["recent"]
        assert before == recent[:place]


def test_hidden_rejected_and_vetted_are_three_things_on_the_candidates_page(vetter, cast, candidate):
    factories.make_label(candidate, cast.second_vetter)
    defer(candidate, cast.vetter, "hide")
    page = vetter.get(f"/candidates/{candidate.pk}/").content.decode()
    assert "hidden by you" in page
    assert "Votes have decided it" in page
    vetter.force_login(cast.second_vetter)
    assert "hidden by you" not in vetter.get(f"/candidates/{candidate.pk}/").content.decode()
