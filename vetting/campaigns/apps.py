"""The campaigns app tells the candidates' pages what blind campaigns keep from whom."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "vetting.campaigns"

    def ready(self) -> None:
        from vetting.campaigns.blindness import sealed_by_campaigns
        from vetting.candidates.sight import rule_add

        rule_add(sealed_by_campaigns)
