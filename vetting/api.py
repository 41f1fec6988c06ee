"""The API under /api/v1/: its addresses and its documentation."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import APIRootView, DefaultRouter, SimpleRouter

from vetting.campaigns import api as campaigns
from vetting.campaigns.api.webhooks import DeliveryViewSet, WebhookViewSet
from vetting.campaigns.comment_api import CommentViewSet, PeopleView
from vetting.campaigns.dashboards.api import FiguresView
from vetting.candidates.api import CutoutViewSet, NightViewSet, PreferenceViewSet, SavedFilterViewSet, ScoreViewSet
from vetting.datasets.api import ExportView
from vetting.ingest.api import IngestBatchViewSet, QuarantineViewSet
from vetting.tokens.api import LoginTokenView, TokenViewSet


class RootView(APIRootView):
    """Candidates, cutouts, scores, labels and nights of streaking near-Earth asteroids."""

    def get_view_name(self) -> str:
        """Name this page."""
        return "DeepStreaks API"


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI in the site's own page, from our own static files."""

    url_name = "api-schema"
    template_name = "api/docs.html"


class Router(DefaultRouter):
    """Router whose first page has our own words."""

    APIRootView = RootView


router = Router()
router.register("candidates", campaigns.CandidateViewSet, basename="api-candidate")
router.register("cutouts", CutoutViewSet, basename="api-cutout")
router.register("scores", ScoreViewSet, basename="api-score")
router.register("comments", CommentViewSet, basename="api-comment")
router.register("labels", campaigns.LabelViewSet, basename="api-label")
router.register("deferrals", campaigns.DeferralViewSet, basename="api-deferral")
router.register("filters", SavedFilterViewSet, basename="api-filter")
router.register("nights", NightViewSet, basename="api-night")
router.register("campaigns", campaigns.CampaignViewSet, basename="api-campaign")
router.register("preferences", PreferenceViewSet, basename="api-preference")
router.register("tokens", TokenViewSet, basename="api-tokens")
router.register("batches", IngestBatchViewSet, basename="api-batch")
router.register("quarantine", QuarantineViewSet, basename="api-quarantine")
CAMPAIGN_PARTS = {
    "guidelines": campaigns.GuidelineViewSet,
    "members": campaigns.MemberViewSet,
    "invitations": campaigns.InvitationViewSet,
    "pool": campaigns.PoolViewSet,
    "consensus": campaigns.ConsensusViewSet,
    "inbox": campaigns.InboxViewSet,
    "adjudications": campaigns.AdjudicationViewSet,
    "events": campaigns.EventViewSet,
    "webhooks": WebhookViewSet,
    r"webhooks/(?P<webhook>\d{1,18})/deliveries": DeliveryViewSet,
}
parts = SimpleRouter()
for name, part in CAMPAIGN_PARTS.items():
    parts.register(name, part, basename=f"api-campaign-{name.rsplit('/', 1)[-1]}")

urlpatterns = [
    path("", include(router.urls)),
    path("campaigns/<int:campaign>/figures/<slug:table>/", FiguresView.as_view(), name="api-figures"),
    path("people/", PeopleView.as_view(), name="api-people"),
    re_path(r"^campaigns/(?P<campaign>\d{1,18})/", include(parts.urls)),
    path("export/", ExportView.as_view(), name="api-export"),
    path("invitations/accept/", campaigns.AcceptView.as_view(), name="api-invitation-accept"),
    path("token/", LoginTokenView.as_view(), name="api-token"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api-schema", template_name="api/docs.html"),
        name="api-docs",
    ),
]
