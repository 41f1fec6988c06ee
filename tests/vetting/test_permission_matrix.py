"""Every route × role × {own campaign, other campaign, anonymous}; a route without a line here fails the test.

A line says who may: OPEN, LOGIN, STAFF, or the least role in the campaign of the address. What a role may not see is a
404, what it may see and not do a 403.
"""

import uuid
from dataclasses import dataclass, field
from functools import partial

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings
from django.urls import URLPattern, get_resolver, reverse

from tests import factories
from vetting.campaigns.models import Membership, Role
from vetting.campaigns.models.webhooks import Delivery, Webhook
from vetting.campaigns.services import adjudication_decide, member_invite
from vetting.candidates.models import SavedFilter
from vetting.ingest.models import IngestBatch, Quarantine
from vetting.tokens.services import token_make

pytestmark = pytest.mark.django_db
OPEN, LOGIN, STAFF = "open", "login", "staff"
VIEWER, VETTER, ADJUDICATOR, MANAGER = Role.VIEWER, Role.VETTER, Role.ADJUDICATOR, Role.MANAGER
RANKS = [VIEWER, VETTER, ADJUDICATOR, MANAGER]


@dataclass(frozen=True)
class Line:
    """Who may use a route: ``pk`` names the row that its address means, ``but`` roles that fare differently."""

    who: str
    pk: str = "campaign"
    method: str = "get"
    but: dict = field(default_factory=dict)
    absent: bool = False  # the row of the address is another's own, or need not exist: 404 is right for all


get = Line
post = partial(Line, method="post")
ONLY_ONESELF = {VIEWER: 404, ADJUDICATOR: 404}

# One line a route. Routes with several methods have one line for each: "name METHOD".
MATRIX = {
    "login GET": get(OPEN),
    "login POST": post(OPEN),
    "logout": post(OPEN),
    "home GET": get(LOGIN),
    "home POST": post(LOGIN),  # a redirect for any method
    "scan": get(LOGIN),
    "scan-queue": get(LOGIN),
    "scan-recent": get(LOGIN),
    "scan-card": get(LOGIN),
    "scan-neighbours": get(LOGIN),
    "models": get(LOGIN),
    "model-plots": get(LOGIN, absent=True),  # without any model
    "scan-labels": post(LOGIN, but={"every": 403}),  # without the page's own header
    "scan-undo": post(LOGIN, but={"every": 403}),
    "scan-deferrals": post(LOGIN, but={"every": 403}),
    "scan-deferrals-end": post(LOGIN, but={"every": 403}),
    "borrowed": post(LOGIN, but={"every": 403}),
    "looks": post(LOGIN, but={"every": 403}),
    "grid": get(LOGIN),
    "grid-cutouts": get(LOGIN),
    "grid-labels": post(LOGIN, but={"every": 403}),
    "grid-undo": post(LOGIN, but={"every": 403}),
    "put-off": get(LOGIN),
    "put-off-end": post(LOGIN, absent=True),
    "for-me": get(LOGIN),
    "for-me-read": post(LOGIN),
    "keys": get(LOGIN),
    "candidates": get(LOGIN),
    "candidate-counts": get(LOGIN),
    "filter-save": post(LOGIN),
    "filter-delete": post(LOGIN, "filter", absent=True),
    "candidate": get(LOGIN, "candidate"),
    "frames": get(LOGIN, "candidate"),
    "cutout-fits": get(LOGIN, "candidate"),
    "occlusion GET": get(LOGIN, "candidate", absent=True),
    "occlusion POST": post(LOGIN, "candidate", absent=True),
    "thumb": get(LOGIN, "candidate"),
    "stamp": get(LOGIN, "candidate"),
    "nights": get(LOGIN),
    "night": get(LOGIN),
    "night-now": get(LOGIN),
    "night-plots": get(LOGIN),
    "night-report": get(LOGIN),
    "night-report-markdown": get(LOGIN),
    "export": get(LOGIN),
    "export-count": get(LOGIN),
    "export-download": get(LOGIN),
    "arrivals": get(LOGIN),
    "campaigns": get(LOGIN),
    "campaign-new GET": get(LOGIN),
    "campaign-new POST": post(LOGIN),
    "guideline-preview": post(LOGIN),
    "campaign": get(VIEWER),
    "campaign-settings GET": get(MANAGER),
    "campaign-settings POST": post(MANAGER),
    "campaign-move": post(MANAGER),
    "campaign-clone": post(MANAGER),
    "campaign-pool": post(MANAGER),
    "campaign-front": post(MANAGER),
    "webhooks GET": get(MANAGER),
    "webhooks POST": post(MANAGER),
    "webhook-switch": post(MANAGER, "webhook"),
    "delivery-resend": post(MANAGER, "delivery"),
    "campaign-gold": post(MANAGER),
    "campaign-gold-back": post(MANAGER),
    "guideline": get(VIEWER),
    "guideline-new GET": get(MANAGER),
    "guideline-new POST": post(MANAGER),
    "campaign-invite": post(MANAGER),
    "invitation-revoke": post(MANAGER, "invitation"),
    "campaign-member": post(MANAGER, "member"),
    "adjudicate": get(ADJUDICATOR),
    "adjudicate-decide": post(ADJUDICATOR),
    "adjudicate-undo": post(ADJUDICATOR),
    "join GET": get(LOGIN, absent=True),  # no such invitation
    "join POST": post(LOGIN, absent=True),
    "tokens GET": get(LOGIN),
    "tokens POST": post(LOGIN),
    "token-revoke": post(LOGIN, "token", absent=True),
    "dashboard": get(VIEWER),
    "dashboard-plots": get(VIEWER),
    "dashboard-table": get(VIEWER),
    "dashboard-me": get(VIEWER),
    "dashboard-vetter": get(VIEWER, but=ONLY_ONESELF),
    "dashboard-vetter-plots": get(VIEWER, but=ONLY_ONESELF),
    "dashboard-vetter-table": get(VIEWER, but=ONLY_ONESELF),
    "api-root": get(LOGIN),
    "api-token": post(OPEN),
    "api-tokens-list GET": get(LOGIN),
    "api-tokens-detail DELETE": Line(LOGIN, "token", "delete", absent=True),
    "api-schema": get(OPEN),
    "api-docs": get(OPEN),
    "api-people": get(LOGIN),
    "api-export": get(LOGIN),
    "api-candidate-list GET": get(LOGIN),
    "api-candidate-detail GET": get(LOGIN, "candidate"),
    "api-cutout-list GET": get(LOGIN),
    "api-cutout-detail GET": get(LOGIN, "cutout"),
    "api-cutout-file GET": get(LOGIN, "cutout"),
    "api-score-list GET": get(LOGIN),
    "api-score-detail GET": get(LOGIN, "score"),
    "api-comment-list GET": get(LOGIN),
    "api-comment-list POST": post(LOGIN),
    "api-comment-withdraw POST": post(LOGIN, absent=True),
    "api-label-list GET": get(LOGIN),
    "api-label-list POST": post(LOGIN),
    "api-label-detail GET": get(VIEWER, "label"),
    "api-label-undo POST": post(VETTER, "label"),
    "api-deferral-list GET": get(LOGIN),
    "api-deferral-list POST": post(LOGIN),
    "api-deferral-end POST": post(LOGIN, absent=True),
    "api-filter-list GET": get(LOGIN),
    "api-filter-detail GET": get(LOGIN, "filter", absent=True),
    "api-night-list GET": get(LOGIN),
    "api-night-detail GET": get(LOGIN),
    "api-preference-list GET": get(LOGIN),
    "api-preference-detail GET": get(LOGIN, absent=True),
    "api-preference-detail PUT": Line(LOGIN, method="put"),
    "api-batch-list GET": get(STAFF),
    "api-batch-detail GET": get(STAFF, "batch"),
    "api-quarantine-list GET": get(STAFF),
    "api-quarantine-detail GET": get(STAFF, "quarantine"),
    "api-quarantine-file GET": get(STAFF, "quarantine"),
    "api-campaign-list GET": get(LOGIN),
    "api-campaign-list POST": post(LOGIN),
    "api-campaign-detail GET": get(VIEWER),
    "api-campaign-detail PATCH": Line(MANAGER, method="patch"),
    "api-campaign-progress GET": get(VIEWER),
    "api-campaign-next POST": post(VETTER),
    "api-campaign-back POST": post(VETTER),
    "api-campaign-start POST": post(MANAGER),
    "api-campaign-pause POST": post(MANAGER),
    "api-campaign-close POST": post(MANAGER),
    "api-campaign-reopen POST": post(MANAGER),
    "api-campaign-clone POST": post(MANAGER),
    "api-figures": get(VIEWER),
    "api-campaign-guidelines-list GET": get(VIEWER),
    "api-campaign-guidelines-list POST": post(MANAGER),
    "api-campaign-guidelines-detail GET": get(VIEWER),
    "api-campaign-members-list GET": get(VIEWER),
    "api-campaign-members-detail PATCH": Line(MANAGER, "member", "patch"),
    "api-campaign-members-detail DELETE": Line(MANAGER, "member", "delete"),
    "api-campaign-invitations-list GET": get(MANAGER),
    "api-campaign-invitations-list POST": post(MANAGER),
    "api-campaign-invitations-detail DELETE": Line(MANAGER, "invitation", "delete"),
    "api-invitation-accept": post(LOGIN),
    "api-campaign-pool-list GET": get(MANAGER),
    "api-campaign-pool-list POST": post(MANAGER),
    "api-campaign-pool-refresh POST": post(MANAGER),
    "api-campaign-pool-priority POST": post(MANAGER),
    "api-campaign-pool-gold POST": post(MANAGER),
    "api-campaign-consensus-list GET": get(VIEWER),
    "api-campaign-inbox-list GET": get(ADJUDICATOR),
    "api-campaign-adjudications-list GET": get(ADJUDICATOR),
    "api-campaign-adjudications-list POST": post(ADJUDICATOR),
    "api-campaign-adjudications-undo POST": post(ADJUDICATOR, "adjudication"),
    "api-campaign-events-list GET": get(MANAGER),
    "api-campaign-webhooks-list GET": get(MANAGER),
    "api-campaign-webhooks-list POST": post(MANAGER),
    "api-campaign-webhooks-detail GET": get(MANAGER, "webhook"),
    "api-campaign-webhooks-detail PATCH": Line(MANAGER, "webhook", "patch"),
    "api-campaign-webhooks-detail DELETE": Line(MANAGER, "webhook", "delete"),
    "api-campaign-deliveries-list GET": get(MANAGER),
    "api-campaign-deliveries-detail GET": get(MANAGER, "delivery"),
    "api-campaign-deliveries-resend POST": post(MANAGER, "delivery"),
}
# Addresses whose row hangs under a campaign: another campaign's row under the own campaign is not found either.
HANGING = [name for name, line in MATRIX.items() if line.who in RANKS and line.pk not in {"campaign", "label"}]
QUERY = {
    "scan-queue": {"night": "2018-07-01"},
    "grid-cutouts": {"night": "2018-07-01", "size": "24"},
    "api-people": {"q": "v"},
}


def routes():
    """Every route of the site but the administration's, as the matrix names it, with the names in its address."""
    found = {}

    def walk(patterns, parents):
        for pattern in patterns:
            names = parents + list(pattern.pattern.regex.groupindex)
            if not isinstance(pattern, URLPattern):
                if pattern.namespace != "admin":
                    walk(pattern.url_patterns, names)
                continue
            name = pattern.name or str(pattern.pattern)
            lines = [method for method in ("get", "post") if f"{name} {method.upper()}" in MATRIX]
            for method in getattr(pattern.callback, "actions", None) or lines or [""]:
                found.setdefault(f"{name} {method.upper()}".strip(), [n for n in names if n != "format"])

    walk(get_resolver().url_patterns, [])
    return found


ROUTES = routes()


class Side:
    """A campaign with a person in every role, and a row of every kind."""

    def __init__(self, name):
        self.people = {role: factories.make_user(f"{role}_{name}") for role in RANKS}
        self.campaign = factories.make_campaign(self.people[MANAGER])
        for role in RANKS[:3]:
            Membership.objects.create(campaign=self.campaign, user=self.people[role], role=role)
        (candidate,) = factories.make_pool(self.campaign, 1)
        cutout = factories.make_cutout(candidate, suffix="fits")
        self.label = factories.make_label(candidate, self.people[VETTER], campaign=self.campaign)
        decided = adjudication_decide(
            candidate,
            campaign=self.campaign,
            adjudicator=self.people[ADJUDICATOR],
            uuid=uuid.uuid4(),
            fine_class="ghost",
        )
        webhook = Webhook.objects.create(
            campaign=self.campaign, address="https://example.org/", events=[], made_by=self.people[MANAGER]
        )
        batch = IngestBatch.objects.create(path="night")
        self.webhook = webhook.pk
        self.rows = {
            "campaign": self.campaign.pk,
            "candidate": candidate.pk,
            "cutout": cutout.pk,
            "score": candidate.scores.get().pk,
            "label": self.label.uuid,
            "adjudication": decided.uuid,
            "member": Membership.objects.get(campaign=self.campaign, user=self.people[VIEWER]).pk,
            "invitation": member_invite(self.campaign, by=self.people[MANAGER], role=VETTER).invitation.pk,
            "webhook": webhook.pk,
            "delivery": Delivery.objects.create(webhook=webhook, event="label.created", content={}).pk,
            "token": token_make(self.people[MANAGER], name="script", scopes=["read"], days=1).token.pk,
            "batch": batch.pk,
            "quarantine": Quarantine.objects.create(
                batch=batch, origin="a", reason="broken", raw=b"\x00", digest=name
            ).pk,
            "filter": SavedFilter.objects.create(owner=self.people[VIEWER], name="fast").pk,
        }

    def address(self, key, row=None):
        """Address of a route; ``row`` gives another side's row under this side's campaign."""
        line, name = MATRIX[key], key.split(" ")[0]
        given = {
            "campaign": self.campaign.pk,
            "pk": (row or self.rows)[line.pk],
            "uuid": (row or self.rows).get(line.pk) if line.pk in {"label", "adjudication"} else uuid.uuid4(),
            "night": "2018-07-01",
            "number": 1,
            "webhook": self.webhook,
            "vetter": self.people[VETTER].pk,
            "table": "days",
            "kind": "DIFF",
            "name": "pause" if name == "campaign-move" else "viewer",
            "candidate": self.rows["candidate"],
            "decision": self.rows["adjudication"],
            "secret": "nothing",
        }
        return reverse(name, kwargs={part: given[part] for part in ROUTES[key]})


@dataclass
class World:
    own: Side
    other: Side
    outsider: object
    staff: object
    files: object


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """One world for all routes: every call is rolled back."""
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    files = tmp_path_factory.mktemp("media")
    own = override_settings(MEDIA_ROOT=files, PASSWORD_HASHERS=quick)
    with django_db_blocker.unblock(), own, transaction.atomic():
        factories.make_default_campaign()
        staff = factories.make_user("ada", is_staff=True)
        yield World(Side("own"), Side("other"), factories.make_user("otto"), staff, files)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _files_of_the_world(world, settings):
    cache.clear()
    settings.MEDIA_ROOT = world.files


def call(key, address, user, method=None):
    """Ask once and forget what it changed; answer "login" where a login is asked for."""
    client = factories.make_api()
    client.raise_request_exception = False
    if user:
        client.force_login(user)
    with transaction.atomic():
        answer = getattr(client, method or MATRIX[key].method)(address, QUERY.get(key.split(" ")[0], {}))
        transaction.set_rollback(True)
    is_login = answer.status_code == 302 and answer["Location"].startswith("/login/")
    return 401 if is_login and key != "logout" else answer.status_code


def expected(line, role):
    """Status that a role gets in its own campaign; 200 stands for anything but 401, 403, 404 and 5xx."""
    for name in (role, "every"):
        if name in line.but:
            return line.but[name]
    if line.who not in RANKS:
        return 200 if line.who in {OPEN, LOGIN} else 403
    return 200 if RANKS.index(role) >= RANKS.index(line.who) else 403


def plain(line, status):
    return 200 if status < 500 and (status not in {401, 403, 404} or (status == 404 and line.absent)) else status


def test_every_route_has_its_line_and_every_line_its_route():
    assert {*ROUTES} == {*MATRIX}


@pytest.mark.parametrize("key", [key for key in MATRIX if " " not in key])
def test_a_route_of_one_line_takes_one_method(world, key):
    other = "get" if MATRIX[key].method == "post" else "post"
    assert call(key, world.own.address(key), world.own.people[MANAGER], other) == 405


@pytest.mark.parametrize("key", MATRIX)
def test_a_route_lets_in_whom_it_should(world, key):
    line = MATRIX[key]
    found = {role: plain(line, call(key, world.own.address(key), world.own.people[role])) for role in RANKS}
    assert found == {role: expected(line, role) for role in RANKS}


@pytest.mark.parametrize("key", MATRIX)
def test_nobody_gets_in_without_a_login(world, key):
    wanted = 200 if MATRIX[key].who == OPEN else 401
    assert plain(MATRIX[key], call(key, world.own.address(key), None)) == wanted


@pytest.mark.parametrize("key", [key for key, line in MATRIX.items() if line.who in RANKS])
def test_another_campaign_is_not_found_whatever_ones_role_elsewhere(world, key):
    people = [*world.own.people.values(), world.outsider]
    assert {call(key, world.other.address(key), user) for user in people} == {404}


@pytest.mark.parametrize("key", HANGING)
def test_a_row_of_another_campaign_is_not_found_under_the_own(world, key):
    assert call(key, world.own.address(key, row=world.other.rows), world.own.people[MANAGER]) == 404


@pytest.mark.parametrize("key", [key for key, line in MATRIX.items() if line.who == STAFF])
def test_staff_sees_what_is_for_staff(world, key):
    assert plain(MATRIX[key], call(key, world.own.address(key), world.staff)) == 200
