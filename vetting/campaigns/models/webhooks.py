"""Webhooks: who is told of what happens in a campaign, and the log of what was sent. The log is the outbox."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from vetting.campaigns.models.campaign import Campaign


class Webhook(models.Model):
    """An address that is told of a campaign's events, in their order; after too many failures it is switched off."""

    class Event(models.TextChoices):
        """What is told."""

        LABEL_CREATED = "label.created", "a label was given or taken back"
        CANDIDATE_RETIRED = "candidate.retired", "a candidate was retired"
        CANDIDATE_RETURNED = "candidate.returned", "a retired candidate came back"
        CANDIDATE_CONTESTED = "candidate.contested", "a candidate waits for an adjudicator"
        ADJUDICATION_DECIDED = "adjudication.decided", "an adjudicator decided, or took it back"
        CAMPAIGN_STARTED = "campaign.started", "the campaign started"
        CAMPAIGN_PAUSED = "campaign.paused", "the campaign was paused"
        CAMPAIGN_CLOSED = "campaign.closed", "the campaign was closed"
        CAMPAIGN_REOPENED = "campaign.reopened", "the campaign was reopened"

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="webhooks")
    address = models.CharField(max_length=500, help_text="https://…")
    secret = models.CharField(max_length=100, help_text="signs what is sent; shown once")
    events = models.JSONField(help_text="names of the events that are told")
    is_active = models.BooleanField(default=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="tries that failed since the last that did not")
    next_at = models.DateTimeField(default=timezone.now, help_text="no try before; a worker that sends moves it on")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.address} of {self.campaign_id}"


class Delivery(models.Model):
    """One event for one webhook, written with the event itself and kept with how sending went."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "waiting"
        DELIVERED = "delivered", "delivered"
        FAILED = "failed", "failed"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.UUIDField(default=uuid.uuid4, help_text="the same for every sending of one event")
    event = models.CharField(max_length=22, choices=Webhook.Event.choices)
    content = models.JSONField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="counted before each try")
    status = models.PositiveSmallIntegerField(null=True, help_text="HTTP status of the last answer")
    said = models.CharField(max_length=300, blank=True, help_text="why the last try failed")
    made_at = models.DateTimeField(auto_now_add=True)
    tried_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "deliveries"
        indexes = [models.Index(fields=["webhook", "state"])]

    def __str__(self) -> str:
        return f"{self.event} {self.state}"
