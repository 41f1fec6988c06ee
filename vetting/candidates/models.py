"""A candidate: a streak of one exposure, its cutouts, its scores and the moves that it has made."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.urls import reverse

from vetting.registry.models import Ensemble


class State(models.TextChoices):
    """Where a candidate stands."""

    NEW = "new", "new"
    QUEUED = "queued", "queued"
    REJECTED = "rejected", "rejected"
    VETTED = "vetted", "vetted"
    QUARANTINED = "quarantined", "quarantined"


# What the state of a scored candidate reads as before the vote of a blind campaign.
SCORED = "scored"
SEEN_STATES = [*State.choices, (SCORED, "scored: no more is told before the vote of a blind campaign")]

# The arrows between the states; every other move is refused.
ARROWS: dict[str, frozenset[str]] = {
    State.NEW: frozenset({State.QUEUED, State.REJECTED, State.QUARANTINED}),
    State.QUEUED: frozenset({State.VETTED}),
    State.REJECTED: frozenset({State.VETTED}),
    State.VETTED: frozenset({State.QUEUED, State.REJECTED}),
    State.QUARANTINED: frozenset({State.NEW}),
}

NAME_LENGTH = 80  # of a saved filter


class Candidate(models.Model):
    """One detection as the survey published it; columns that people filter and plot by, the rest in ``values``."""

    survey = models.CharField(max_length=20)
    source_id = models.CharField(max_length=40, help_text="streakid or candid: a decimal string, it may exceed 2^53")
    night = models.DateField(db_index=True, help_text="UTC date of mid-exposure")
    layout = models.CharField(max_length=20)
    exposure = models.CharField(max_length=80, db_index=True)
    origin = models.CharField(max_length=500, help_text="file that it came from")
    digest = models.CharField(max_length=64, help_text="sha256 of its values and cutouts")

    mjd_mid = models.FloatField(help_text="middle of the exposure, UTC, days")
    exptime = models.FloatField(null=True, help_text="s")
    ra = models.FloatField(help_text="midpoint, ICRS, deg")
    dec = models.FloatField(help_text="midpoint, ICRS, deg")
    ra1 = models.FloatField(null=True, help_text="fitted endpoint, deg")
    dec1 = models.FloatField(null=True, help_text="fitted endpoint, deg")
    ra2 = models.FloatField(null=True, help_text="fitted endpoint, deg")
    dec2 = models.FloatField(null=True, help_text="fitted endpoint, deg")
    band = models.CharField(max_length=4, blank=True)
    field = models.IntegerField(null=True)
    ccd = models.PositiveSmallIntegerField(null=True)
    quadrant = models.PositiveSmallIntegerField(null=True)
    length = models.FloatField(null=True, help_text="px")
    length_arcsec = models.FloatField(null=True, help_text="arcsec")
    rate = models.FloatField(null=True, help_text="deg/day")
    position_angle = models.FloatField(null=True, help_text="deg east of north, ambiguous by 180")
    magnitude = models.FloatField(null=True, help_text="mag")
    snr = models.FloatField(null=True, help_text="of the aperture photometry")
    chi2 = models.FloatField(null=True, help_text="of the fit, reduced")
    exposure_detections = models.PositiveIntegerField(null=True, help_text="detections in the same exposure")
    values = models.JSONField(default=dict, help_text="all other columns of the survey under their operational names")

    known_object = models.CharField(max_length=40, blank=True, help_text="known object that it agrees with, if any")
    known_separation = models.FloatField(null=True, help_text="from where that object was predicted, arcsec")
    known_rate = models.FloatField(null=True, help_text="predicted, deg/day")
    known_position_angle = models.FloatField(null=True, help_text="predicted, of the motion, deg east of north")

    state = models.CharField(max_length=12, choices=State.choices, default=State.NEW)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="scoring attempts begun")
    claimed_at = models.DateTimeField(null=True, help_text="when a sweep last handed it to a worker")
    ingested_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "source_id", "night"], name="one_candidate_per_detection"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="candidate_state_known"),
        ]
        indexes = [
            models.Index(fields=["state", "night"]),
            models.Index(fields=["source_id"]),
            models.Index(fields=["known_object"], condition=~Q(known_object=""), name="known_objects"),
        ]

    def __str__(self) -> str:
        return f"{self.survey} {self.source_id}"

    def get_absolute_url(self) -> str:
        """Page of this candidate."""
        return reverse("candidate", args=[self.pk])


class Cutout(models.Model):
    """One image of a candidate: a file named by its sha256, and the WCS that says where its pixels lie."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="cutouts")
    kind = models.CharField(max_length=4)
    name = models.CharField(max_length=200, help_text="file name that the survey gave it")
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField(help_text="bytes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["candidate", "kind"], name="one_cutout_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @staticmethod
    def path_of(sha256: str) -> str:
        """Name of a cutout's file in the storage."""
        return f"cutouts/{sha256[:2]}/{sha256}"

    def content(self) -> bytes:
        """Bytes of the file as they came."""
        with default_storage.open(self.path_of(self.sha256)) as file:
            content: bytes = file.read()
        return content


class Score(models.Model):
    """What one ensemble says of one candidate; NULL with a reason where the cutout cannot be scored."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="scores")
    ensemble = models.ForeignKey(Ensemble, on_delete=models.PROTECT, related_name="scores")
    rb = models.FloatField(null=True, help_text="maximum over the members of the family")
    sl = models.FloatField(null=True)
    kd = models.FloatField(null=True)
    members = models.JSONField(default=dict)
    classes = models.JSONField(default=dict, help_text="probability of each fine class, where a network gives it")
    plausible = models.BooleanField(null=True)
    p_asteroid = models.FloatField(null=True, help_text="calibrated ranking score, 0-1")
    reason = models.CharField(max_length=300, blank=True, help_text="why it cannot be scored")
    scored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["candidate", "ensemble"], name="one_score_per_ensemble"),
            models.CheckConstraint(condition=Q(plausible__isnull=False) | ~Q(reason=""), name="unscored_has_a_reason"),
        ]
        indexes = [
            models.Index(fields=["p_asteroid"]),
            # Holds all that counts and the default order of the list read, so that they leave the rows alone.
            models.Index(
                fields=["candidate", "ensemble", "plausible", "rb", "sl", "kd", "p_asteroid"], name="scores_counted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate_id}: {self.p_asteroid}"

    def likely_classes(self) -> list[tuple[str, float]]:
        """Fine classes by falling probability, those of at least 5 %."""
        likely = [(name, value) for name, value in self.classes.items() if value >= 0.05]
        return sorted(likely, key=lambda pair: -pair[1])


class CandidateEvent(models.Model):
    """One move of a candidate from state to state; append-only."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="events")
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    actor = models.CharField(max_length=150, help_text="user name, or the part of the system that moved it")
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class Preference(models.Model):
    """How one user has set up the pages: made and understood by the browser, kept here for every browser of theirs."""

    class Name(models.TextChoices):
        """What is kept."""

        VIEWER = "viewer", "viewer"
        KEYS = "keys", "keys"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    name = models.CharField(max_length=20)
    value = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_preference_per_name")]

    def __str__(self) -> str:
        return f"{self.name} of {self.user_id}"


class SavedFilter(models.Model):
    """A filter under a name: what somebody looks for, kept for the list, the scan page and the API."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=NAME_LENGTH)
    parameters = models.JSONField(default=dict, help_text="names and texts of CandidateFilter, as in an address")
    is_shared = models.BooleanField(default=False, help_text="everybody of the site sees and uses it")
    team = models.ForeignKey(
        Group, null=True, blank=True, on_delete=models.SET_NULL, help_text="a group of logins that sees and uses it"
    )
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_saved_filter_per_name")]

    def __str__(self) -> str:
        return self.name
