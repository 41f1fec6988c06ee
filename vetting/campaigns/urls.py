"""Addresses of the scan page and the grid."""

from django.urls import include, path

from vetting.campaigns import comment_views, deferral_views, grid, key_views, night_pages, views

urlpatterns = [
    path("", views.home, name="home"),
    path("scan/", views.scan, name="scan"),
    path("scan/queue/", views.queue, name="scan-queue"),
    path("scan/recent/", views.recent, name="scan-recent"),
    path("scan/neighbours/", views.neighbours, name="scan-neighbours"),
    path("scan/card/", views.one_card, name="scan-card"),
    path("for-me/", comment_views.for_me, name="for-me"),
    path("for-me/read/", comment_views.read_all, name="for-me-read"),
    path("keys/", key_views.keys, name="keys"),
    path("scan/labels/", views.labels, name="scan-labels"),
    path("scan/undo/", views.undo, name="scan-undo"),
    path("scan/deferrals/", deferral_views.save, name="scan-deferrals"),
    path("scan/deferrals/end/", deferral_views.end, name="scan-deferrals-end"),
    path("put-off/", deferral_views.put_off, name="put-off"),
    path("put-off/<uuid:uuid>/end/", deferral_views.take_back, name="put-off-end"),
    path("scan/looks/", night_pages.looks, name="looks"),
    path("nights/<night:night>/", night_pages.night, name="night"),
    path("nights/<night:night>/now/", night_pages.night_now, name="night-now"),
    path("grid/", grid.grid, name="grid"),
    path("grid/cutouts/", grid.cutouts, name="grid-cutouts"),
    path("grid/labels/", grid.labels, name="grid-labels"),
    path("campaigns/<int:pk>/dashboard/", include("vetting.campaigns.dashboards.urls")),
    path("grid/undo/", grid.undo, name="grid-undo"),
]
