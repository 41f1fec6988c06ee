"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

handler500 = "vetting.common.server_error"

urlpatterns = [
    path("login/", auth.LoginView.as_view(template_name="login.html", redirect_authenticated_user=True), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("", include("vetting.campaigns.urls")),
    path("", include("vetting.candidates.urls")),
    path("", include("vetting.datasets.urls")),
    path("", include("vetting.registry.urls")),
    path("", include("vetting.tokens.urls")),
    path("api/v1/", include("vetting.api")),
    path("", include("vetting.ingest.urls")),
    path("admin/", admin.site.urls),
]
