"""Rows and files for tests: plain functions, each with defaults that make sense, and a fixed cast of people."""

import hashlib
import io
import itertools
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from astropy.io import fits
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image
from rest_framework.test import APIClient

from scoring.detection import CutoutKind
from scoring.families import FineClass
from tests.site import PASSWORD
from vetting.campaigns.deferrals import deferral_save
from vetting.campaigns.models import Campaign, Deferral, Label, Membership, Role
from vetting.campaigns.services import campaign_create, campaign_start, label_save, pool_add
from vetting.candidates.models import Candidate, Cutout, Score, State
from vetting.registry.models import Ensemble
from vetting.tokens.models import Scope
from vetting.tokens.services import token_make

MJD = 58300.25  # 2018-07-01 06:00 UTC
SIDE = 157  # px of a ZTF streak cutout
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Cast:
    """The people of every test, by role; the outsider is a user that nobody has let in."""

    vetter: User
    second_vetter: User
    manager: User
    outsider: User


def make_cast() -> Cast:
    """Make the two vetters, the manager (staff) and the outsider (a login that was switched off)."""
    return Cast(
        vetter=make_user("vera"),
        second_vetter=make_user("jan"),
        manager=make_user("mira", is_staff=True, is_superuser=True),
        outsider=make_user("otto", is_active=False),
    )


def make_user(username: str, **over: Any) -> User:
    """Make a user whose password is PASSWORD."""
    return User.objects.create_user(username=username, password=PASSWORD, **over)


def logged_in(user: User) -> Client:
    """Make a browser's client that is logged in, and keeps who as `user`."""
    client = Client()
    client.force_login(user)
    client.user = user
    return client


def make_api(user: User | None = None) -> APIClient:
    """Make a client of the API that speaks JSON, logged in as the user if one is given."""
    client = APIClient()
    client.default_format = "json"
    if user:
        client.force_login(user)
    return client


def make_token(owner: User, *scopes: str) -> str:
    """Make a token with these scopes, or all, and return its secret."""
    return token_make(owner, name="script", scopes=scopes or Scope.values, days=1).secret


def token_api(secret: str) -> APIClient:
    """Make a client of the API that speaks JSON and sends a token."""
    client = make_api()
    client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    return client


def make_candidate(**over: Any) -> Candidate:
    """Make a queued candidate of 2018-07-01 without cutouts; a given ``mjd_mid`` sets its night too."""
    number = next(_numbers)
    mjd = over.get("mjd_mid", MJD + number / 86400)
    values = {
        "survey": "ZTF",
        "source_id": str(5450000000000000000 + number),  # beyond 2^53
        "night": (datetime(1858, 11, 17, tzinfo=UTC) + timedelta(days=mjd)).date(),
        "layout": "ipac-early",
        "exposure": f"ztf_20180701250000_{number:06d}_zr_c01_o_q1",
        "origin": f"night/{number}_streaksqa.txt",
        "digest": hashlib.sha256(str(number).encode()).hexdigest(),
        "mjd_mid": mjd,
        "exptime": 30.0,
        "ra": 150.0 + number / 100,
        "dec": 2.0,
        "ra1": 150.0 + number / 100 - 0.004,
        "dec1": 2.0,
        "ra2": 150.0 + number / 100 + 0.004,
        "dec2": 2.0,
        "band": "r",
        "field": 600,
        "ccd": 1,
        "quadrant": 1,
        "length": 28.4,
        "length_arcsec": 28.8,
        "rate": 23.0,
        "position_angle": 90.0,
        "magnitude": 18.2,
        "snr": 12.5,
        "chi2": 1.1,
        "exposure_detections": 6,
        "values": {"sigma": 1.06, "flux": 1234.5},
        "state": State.QUEUED,
    }
    return Candidate.objects.create(**(values | over))


def streak_flux(side: int = SIDE, *, seed: int = 0) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Draw white noise of sigma 10 DN with a short horizontal streak through the centre."""
    image = np.random.default_rng(seed).normal(0, 10, (side, side))
    y, x = np.mgrid[:side, :side] - side // 2
    image += 80 * np.exp(-(y**2) / 2) * (np.abs(x) <= 14)
    return image.astype(np.float32)


def fits_bytes(pixels: Any) -> bytes:
    """Encode an array as a FITS file."""
    buffer = io.BytesIO()
    fits.PrimaryHDU(pixels).writeto(buffer)
    return buffer.getvalue()


def jpeg_bytes(pixels: Any) -> bytes:
    """Encode a flux array as IPAC's grey JPEG: sky 204, +10 sigma black."""
    z = (pixels - np.median(pixels)) / 10
    grey = 255 * np.clip(1 - (z + 2.5) / 12.5, 0, 1)
    buffer = io.BytesIO()
    Image.fromarray(grey.round().astype(np.uint8)).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


ENCODERS = {"fits": fits_bytes, "jpg": jpeg_bytes}


def make_cutout(candidate: Candidate, *, kind: str = CutoutKind.DIFF, suffix: str = "jpg", **over: Any) -> Cutout:
    """Store a cutout of the candidate with a drawn streak: ``suffix`` is ``jpg`` or ``fits``.

    ``content`` gives other bytes, ``name`` another file name.
    """
    content = over.pop("content", None) or ENCODERS[suffix](streak_flux(seed=candidate.pk))
    digest = hashlib.sha256(content).hexdigest()
    if not default_storage.exists(Cutout.path_of(digest)):
        default_storage.save(Cutout.path_of(digest), ContentFile(content))
    name = f"strkid{candidate.source_id}_pid5450000000000_{kind.lower()}.{suffix}"
    values = {"name": name, "sha256": digest, "size": len(content)}
    return Cutout.objects.create(candidate=candidate, kind=kind, **(values | over))


def make_ensemble(**over: Any) -> Ensemble:
    """Make the active ensemble's row (no networks behind it)."""
    values = {
        "name": "vgg6",
        "sha256": hashlib.sha256(str(next(_numbers)).encode()).hexdigest(),
        "directory": "models",
        "description": {"name": "vgg6", "version": "1"},
        "is_active": True,
    }
    return Ensemble.objects.create(**(values | over))


def make_score(candidate: Candidate, *, ensemble: Ensemble | None = None, **over: Any) -> Score:
    """Score a candidate as a plausible one, with the active ensemble where none is given."""
    ensemble = ensemble or Ensemble.objects.filter(is_active=True).first() or make_ensemble()
    values = {
        "rb": 0.98,
        "sl": 0.95,
        "kd": 0.91,
        "members": {"rb_vgg6": 0.98, "sl_vgg6": 0.95, "kd_vgg6": 0.91},
        "plausible": True,
        "p_asteroid": 0.87,
    }
    return Score.objects.create(candidate=candidate, ensemble=ensemble, **(values | over))


def make_default_campaign() -> Campaign:
    """Give the default campaign; the migrations' one goes with the first test that empties the tables."""
    values = {"name": "Nightly vetting", "is_public": True, "assigns": True, "lease_minutes": 10}
    return Campaign.objects.get_or_create(is_default=True, defaults=values)[0]


def make_campaign(by: User, *members: User, role: str = Role.VETTER, **over: Any) -> Campaign:
    """Make a running campaign with its manager and members; an agreement of one on a list that is empty, by default."""
    values = {"template": Campaign.Template.RECHECK, "votes_needed": 1, "blindness": Campaign.Blindness.OPEN}
    campaign = campaign_create(f"campaign {next(_numbers)}", by=by, **(values | over))
    for user in members:
        Membership.objects.create(campaign=campaign, user=user, role=role)
    return campaign_start(campaign, by=by)


def make_pool(campaign: Campaign, count: int = 5) -> list[Candidate]:
    """Put scored candidates into a campaign's pool, the most probable asteroid first."""
    rows = [make_candidate() for _ in range(count)]
    for place, row in enumerate(rows):
        make_score(row, p_asteroid=0.9 - 0.8 * place / count)
    pool_add(campaign, [row.source_id for row in rows])
    return rows


def make_deferral(candidate: Candidate, vetter: User, kind: str = Deferral.Kind.PURGATORY) -> Deferral:
    """Put a candidate off in the default campaign, as a vetter would; a snooze is of an hour."""
    campaign = make_default_campaign()
    return deferral_save(candidate, campaign=campaign, vetter=vetter, uuid=uuid.uuid4(), kind=kind, span="1h")


def make_label(
    candidate: Candidate, vetter: User, fine_class: str = FineClass.ASTEROID, *, campaign: Campaign | None = None
) -> Label:
    """Label a candidate as a vetter would, through the service; in the default campaign where none is given."""
    return label_save(
        candidate,
        campaign=campaign or make_default_campaign(),
        vetter=vetter,
        uuid=uuid.uuid4(),
        fine_class=fine_class,
        seconds=1.5,
    )
