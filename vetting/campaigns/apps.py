"""The campaigns app tells the candidates' pages what blind campaigns keep from whom, and which key maps exist."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "vetting.campaigns"

    def ready(self) -> None:
        from vetting.campaigns.blindness import sealed_by_campaigns
        from vetting.campaigns.key_map import key_map_check
        from vetting.candidates.models import Preference
        from vetting.candidates.services import preference_check_add
        from vetting.candidates.sight import rule_add

        rule_add(sealed_by_campaigns)
        preference_check_add(Preference.Name.KEYS, key_map_check)
