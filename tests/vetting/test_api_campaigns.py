import uuid

import pytest

from tests.factories import make_api, make_campaign, make_candidate, make_cast, make_label, make_pool, make_user
from vetting.campaigns.models import Campaign, CampaignEvent, Consensus, Invitation, Label, Membership, PoolItem, Role

ADDRESS = "/api/v1/campaigns/"


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def maker(db):
    return make_user("ada")


@pytest.fixture
def api(maker):
    return make_api(maker)


@pytest.fixture
def campaign(cast, maker):
    return make_campaign(maker, cast.vetter, order="urgency")


def post(api, campaign, part, **sent):
    return api.post(f"{ADDRESS}{campaign.pk}/{part}/", sent)


def label(api, campaign, row, fine_class="ghost", **over):
    sent = {"uuid": new_uuid(), "campaign": campaign.pk, "candidate": row.pk, "fine_class": fine_class}
    return api.post("/api/v1/labels/", sent | over)


def new_uuid():
    return str(uuid.uuid4())


def test_anybody_sets_a_campaign_up_from_a_template_and_is_its_manager(api):
    answer = api.post(ADDRESS, {"name": "Fast movers", "template": "training", "pool_filter": {"rate_min": "20"}})

    shown = answer.json()
    assert answer.status_code == 201
    assert (shown["status"], shown["role"], shown["rule"], shown["gold_share"]) == (
        "draft",
        "manager",
        "two_coin",
        0.05,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"template": "weekly"},
        {"gold_share": 0.9},
        {"votes_needed": 0},
        {"certainty": 2},
        {"rule": "n_agreeing", "redundancy": "adaptive"},
        {"pool_filter": {"rate_min": "fast"}},
        {"pool_filter": {"rate_mim": "20"}},
        {"pool_filter": {"judged": "nobody"}},
        {"pool_filter": {"rate_min": None}},
        {"pool_filter": [{"rate_min": "20"}]},
        {"pool_first_night": "2018-07-02", "pool_last_night": "2018-07-01"},
        {"name": ""},
    ],
)
def test_a_campaign_that_cannot_be_is_refused(api, wrong):
    assert api.post(ADDRESS, {"name": "Fast movers", "template": "training"} | wrong).status_code == 400
    assert not Campaign.objects.filter(is_default=False).exists()


def test_two_campaigns_never_share_a_name(api, campaign):
    assert api.post(ADDRESS, {"name": campaign.name, "template": "gold"}).status_code == 400


def test_settings_change_and_the_rest_stays(api, campaign):
    answer = api.patch(f"{ADDRESS}{campaign.pk}/", {"lease_minutes": 7})

    assert (answer.json()["lease_minutes"], answer.json()["order"]) == (7, "urgency")


def test_staff_alone_opens_a_campaign_to_every_login(api, cast, campaign):
    made = {"template": "nightly", "is_public": True}
    answers = [each.post(ADDRESS, made | {"name": f"Open {n}"}) for n, each in enumerate((make_api(cast.manager), api))]
    assert [answer.status_code for answer in answers] == [201, 403]
    answer = api.patch(f"{ADDRESS}{campaign.pk}/", {"is_public": True})
    assert (answer.status_code, answer.json()["detail"][:10]) == (403, "only staff")


def test_agreement_until_the_answer_is_sure_is_refused_with_the_reason(api, campaign):
    answer = api.patch(f"{ADDRESS}{campaign.pk}/", {"redundancy": "adaptive"})
    assert (answer.status_code, "agreement asks until enough votes are equal" in str(answer.json())) == (400, True)
    assert api.patch(f"{ADDRESS}{campaign.pk}/", {"redundancy": "adaptive", "rule": "majority"}).status_code == 200


def test_how_votes_are_counted_is_fixed_once_there_are_votes(api, cast, campaign):
    make_label(make_pool(campaign, 1)[0], cast.vetter, campaign=campaign)

    assert api.patch(f"{ADDRESS}{campaign.pk}/", {"votes_needed": 3}).status_code == 409
    assert api.patch(f"{ADDRESS}{campaign.pk}/", {"order": "random"}).status_code == 200


def test_a_campaign_is_paused_closed_and_taken_up_again(api, campaign):
    moves = [post(api, campaign, move).json()["status"] for move in ("pause", "start", "close", "reopen")]

    assert moves == ["paused", "active", "closed", "active"]
    assert [event.kind for event in CampaignEvent.objects.order_by("pk")][2:] == [
        "paused",
        "started",
        "closed",
        "reopened",
    ]


def test_what_is_closed_is_not_closed_again(api, campaign):
    assert [post(api, campaign, "close").status_code for _ in range(2)] == [200, 409]


def test_a_copy_has_policies_pool_and_gold_and_no_labels(api, cast, campaign):
    row = make_pool(campaign, 2)[0]
    post(api, campaign, "pool/gold", source="known", answers=[{"candidate": row.pk, "fine_class": "ghost"}])
    make_label(row, cast.vetter, campaign=campaign)
    copy = Campaign.objects.get(pk=post(api, campaign, "clone", name="again").json()["id"])

    assert (copy.order, copy.status, copy.labels.count(), copy.pool_items.count()) == ("urgency", "draft", 0, 2)
    assert copy.pool_items.get(candidate=row).gold_class == "ghost"


def test_work_is_lent_labelled_and_counted(cast, campaign):
    rows = make_pool(campaign, 3)
    api = make_api(cast.vetter)
    first = post(api, campaign, "next", count=1).json()[0]
    api.post(
        "/api/v1/labels/",
        {"uuid": new_uuid(), "campaign": campaign.pk, "candidate": first["candidate"], "fine_class": "ghost"},
    )
    progress = api.get(f"{ADDRESS}{campaign.pk}/progress/").json()

    assert first["candidate"] == rows[0].pk
    assert (progress["pool"], progress["retired"], progress["yours"], progress["lent"]) == (3, 1, 1, 0)


def test_whether_a_candidate_is_gold_is_not_said_with_the_work(cast, campaign):
    make_pool(campaign, 1)

    assert set(post(make_api(cast.vetter), campaign, "next").json()[0]) == {
        "candidate", "source_id", "night", "leased_at", "expires_at",
    }  # fmt: skip


def test_borrowed_candidates_are_given_back(cast, campaign):
    rows, api = make_pool(campaign, 2), make_api(cast.vetter)
    post(api, campaign, "next")

    assert post(api, campaign, "back", candidates=[row.pk for row in rows]).json() == {"count": 2}


def test_a_label_keeps_how_it_was_made(cast, campaign):
    row = make_pool(campaign, 1)[0]
    made = {"confidence": 80, "comment": "arc at the edge", "guideline": 1, "shown": {"blind": True}}
    answer = label(make_api(cast.vetter), campaign, row, **made).json()

    assert {name: answer[name] for name in made} == made
    assert answer["is_late"] is False


def test_a_class_that_the_guideline_does_not_offer_is_refused(api, cast, campaign):
    post(api, campaign, "guidelines", text="asteroids alone", classes=["asteroid", "unsure"])

    assert label(make_api(cast.vetter), campaign, make_pool(campaign, 1)[0]).status_code == 400


def test_labels_point_to_the_guideline_that_they_were_made_under(api, cast, campaign):
    first, second = make_pool(campaign, 2)
    make_label(first, cast.vetter, campaign=campaign)
    post(api, campaign, "guidelines", text="second thoughts")
    make_label(second, cast.vetter, campaign=campaign)

    assert [label.guideline.number for label in Label.objects.order_by("pk")] == [1, 2]


def test_an_invitation_makes_whoever_has_the_secret_a_member_once(api, cast, campaign):
    secret = post(api, campaign, "invitations", role="adjudicator").json()["secret"]
    answers = [accept(user, secret) for user in (cast.second_vetter, make_user("ben"))]

    assert [answer.status_code for answer in answers] == [200, 404]
    assert Membership.objects.get(user=cast.second_vetter).role == Role.ADJUDICATOR


def role(api, campaign, user, role):
    member = Membership.objects.get(campaign=campaign, user=user).pk
    address = f"{ADDRESS}{campaign.pk}/members/{member}/"
    return api.patch(address, {"role": role}) if role else api.delete(address)


@pytest.mark.parametrize("lower", ["viewer", None])
def test_nobody_gets_a_role_back_by_the_invitation_that_once_gave_it(api, cast, campaign, lower):
    secret = post(api, campaign, "invitations", role="adjudicator", uses=9).json()["secret"]
    assert [accept(cast.second_vetter, secret).status_code for _ in range(2)] == [200, 200]
    role(api, campaign, cast.second_vetter, lower)
    assert accept(cast.second_vetter, secret).status_code == 409
    assert accept(cast.vetter, secret).json()["role"] == "adjudicator"


@pytest.mark.parametrize("lower", ["vetter", None])
def test_invitations_of_a_manager_end_with_that_role(api, cast, campaign, lower):
    Membership.objects.filter(user=cast.vetter).update(role=Role.MANAGER)
    theirs = post(make_api(cast.vetter), campaign, "invitations", role="vetter").json()["secret"]
    own = post(api, campaign, "invitations", role="vetter").json()["secret"]
    role(api, campaign, cast.vetter, lower)
    assert [accept(cast.second_vetter, secret).status_code for secret in (theirs, own)] == [404, 200]


def accept(user, secret):
    return make_api(user).post("/api/v1/invitations/accept/", {"secret": secret})


def test_the_secret_of_an_invitation_is_not_in_the_database(api, campaign):
    secret = post(api, campaign, "invitations", role="vetter").json()["secret"]

    assert secret not in str(Invitation.objects.values().get())


def test_a_withdrawn_invitation_lets_nobody_in(api, cast, campaign):
    made = post(api, campaign, "invitations", role="vetter").json()
    api.delete(f"{ADDRESS}{campaign.pk}/invitations/{made['id']}/")

    assert (
        make_api(cast.second_vetter).post("/api/v1/invitations/accept/", {"secret": made["secret"]}).status_code == 404
    )


def test_a_campaign_keeps_a_manager(api, maker, campaign):
    own = Membership.objects.get(user=maker).pk

    assert api.patch(f"{ADDRESS}{campaign.pk}/members/{own}/", {"role": "viewer"}).status_code == 409
    assert api.delete(f"{ADDRESS}{campaign.pk}/members/{own}/").status_code == 409


def test_a_member_gets_another_role_and_leaves(api, cast, campaign):
    member = Membership.objects.get(user=cast.vetter).pk

    assert api.patch(f"{ADDRESS}{campaign.pk}/members/{member}/", {"role": "viewer"}).json()["role"] == "viewer"
    assert api.delete(f"{ADDRESS}{campaign.pk}/members/{member}/").status_code == 204


def test_candidates_are_added_by_the_surveys_identifier_all_or_none(api, campaign):
    row = make_candidate()
    wrong = post(api, campaign, "pool", source_ids=[row.source_id, "1"])
    right = [post(api, campaign, "pool", source_ids=[row.source_id]) for _ in range(2)]

    assert (wrong.status_code, [answer.json()["count"] for answer in right]) == (400, [1, 0])


def test_a_pool_of_a_filter_is_filled_at_the_start_and_grows_when_refreshed(api, maker):
    make_candidate(length=10)
    make_candidate(length=100)
    campaign = make_campaign(maker, pool="filter", pool_filter={"length_min": "50"})
    make_candidate(length=200)

    assert (campaign.pool_items.count(), post(api, campaign, "pool/refresh").json()) == (1, {"count": 1})


def test_a_pool_of_nights_holds_those_nights(maker):
    make_candidate(mjd_mid=58400.3)
    inside = make_candidate()
    campaign = make_campaign(maker, pool="nights", pool_first_night=inside.night, pool_last_night=inside.night)

    assert [item.candidate for item in campaign.pool_items.all()] == [inside]


def test_gold_is_listed_for_managers_and_taken_back(api, campaign):
    row = make_pool(campaign, 2)[0]
    for fine_class, count in (("asteroid", 1), ("", 0)):
        post(api, campaign, "pool/gold", source="known", answers=[{"candidate": row.pk, "fine_class": fine_class}])
        assert api.get(f"{ADDRESS}{campaign.pk}/pool/", {"gold": True}).json()["count"] == count


def test_only_candidates_of_the_pool_can_be_gold(api, campaign):
    answers = [{"candidate": make_candidate().pk, "fine_class": "ghost"}]

    assert post(api, campaign, "pool/gold", source="known", answers=answers).status_code == 404
    assert not PoolItem.objects.exclude(gold_class="").exists()


@pytest.fixture
def contested(cast, maker, campaign):
    row = make_pool(campaign, 1)[0]
    make_label(row, cast.vetter, "ghost", campaign=campaign)
    make_label(row, maker, "asteroid", campaign=campaign)
    return row


def test_the_inbox_shows_contested_votes_side_by_side(api, campaign, contested):
    (row,) = api.get(f"{ADDRESS}{campaign.pk}/inbox/").json()["results"]

    assert (row["conflict"], row["fine_class"]) == ("contested", "ghost")
    assert [(label["vetter"], label["fine_class"], label["is_late"]) for label in row["labels"]] == [
        ("vera", "ghost", False), ("ada", "asteroid", True),
    ]  # fmt: skip


def test_an_adjudication_stands_above_the_votes_and_empties_the_inbox(api, campaign, contested):
    post(api, campaign, "adjudications", uuid=new_uuid(), candidate=contested.pk, fine_class="asteroid")
    row = Consensus.objects.get()

    assert (row.fine_class, row.voted_class, row.adjudicated_class) == ("asteroid", "ghost", "asteroid")
    assert (row.retirement, api.get(f"{ADDRESS}{campaign.pk}/inbox/").json()["count"]) == ("adjudicated", 0)


def test_an_adjudication_that_is_taken_back_gives_the_votes_their_say(api, campaign, contested):
    made = post(api, campaign, "adjudications", uuid=new_uuid(), candidate=contested.pk, fine_class="blank").json()
    undone = [post(api, campaign, f"adjudications/{made['uuid']}/undo", uuid=new) for new in [new_uuid()] * 2]
    row = Consensus.objects.get()

    assert [answer.status_code for answer in undone] == [201, 200]
    assert (row.fine_class, row.conflict, row.retirement) == ("ghost", "contested", "decided")


def test_an_adjudication_sent_twice_is_one(api, campaign, contested):
    sent = {"uuid": new_uuid(), "candidate": contested.pk, "fine_class": "blank"}

    assert [post(api, campaign, "adjudications", **sent).status_code for _ in range(2)] == [201, 200]


def test_an_adjudication_replaces_only_the_one_that_it_names(api, campaign, contested):
    sent = {"candidate": contested.pk, "fine_class": "blank"}
    first = post(api, campaign, "adjudications", uuid=new_uuid(), **sent).json()
    stale = post(api, campaign, "adjudications", uuid=new_uuid(), **sent)
    seen = post(api, campaign, "adjudications", uuid=new_uuid(), replaces=first["uuid"], **sent)
    assert (stale.status_code, seen.status_code) == (409, 201)
    assert "decided this meanwhile: blank" in stale.json()["detail"]


def test_unsure_is_no_adjudication(api, campaign, contested):
    sent = {"uuid": new_uuid(), "candidate": contested.pk, "fine_class": "unsure"}

    assert post(api, campaign, "adjudications", **sent).status_code == 400


def test_the_consensus_is_listed_by_conflict(api, campaign, contested):
    rows = api.get(f"{ADDRESS}{campaign.pk}/consensus/", {"conflict": "contested"}).json()["results"]

    assert [row["candidate"] for row in rows] == [contested.pk]


def test_the_consensus_of_a_blind_campaign_is_sealed_before_the_vote(cast, maker):
    campaign = make_campaign(maker, cast.vetter, blindness="first_vote")
    make_label(make_pool(campaign, 1)[0], maker, campaign=campaign)

    assert make_api(cast.vetter).get(f"{ADDRESS}{campaign.pk}/consensus/").json()["count"] == 0


def test_a_closed_campaign_takes_what_was_lent_before_and_flags_it(api, cast, campaign):
    lent, other = make_pool(campaign, 2)
    post(make_api(cast.vetter), campaign, "next", count=1)
    post(api, campaign, "close")
    answers = [label(make_api(cast.vetter), campaign, row) for row in (lent, other)]

    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[0].json()["is_late"] is True


def test_a_draft_takes_no_labels(cast, maker, campaign):
    row = make_pool(campaign, 1)[0]
    Campaign.objects.filter(pk=campaign.pk).update(status="draft")

    assert label(make_api(cast.vetter), campaign, row).status_code == 409


def test_a_candidate_outside_the_pool_is_not_found(cast, campaign):
    assert label(make_api(cast.vetter), campaign, make_candidate()).status_code == 404
