"""Addresses of candidates and nights."""

from django.urls import path

from vetting.candidates import explaining_views, filter_pages, views
from vetting.candidates.thumbnails import STAMP_SIDE

urlpatterns = [
    path("candidates/", views.candidates, name="candidates"),
    path("candidates/counts/", filter_pages.counts, name="candidate-counts"),
    path("candidates/filters/", filter_pages.save, name="filter-save"),
    path("candidates/filters/<int:pk>/delete/", filter_pages.delete, name="filter-delete"),
    path("candidates/<int:pk>/", views.candidate, name="candidate"),
    path("candidates/<int:pk>/frames/", views.frames, name="frames"),
    path("candidates/<int:pk>/<str:kind>.fits", views.cutout_fits, name="cutout-fits"),
    path("candidates/<int:pk>/occlusion/", explaining_views.occlusion, name="occlusion"),
    path("candidates/<int:pk>/thumb.png", views.thumb, name="thumb"),
    path("candidates/<int:pk>/stamp.png", views.thumb, {"side": STAMP_SIDE}, name="stamp"),
    path("nights/", views.nights, name="nights"),
    path("nights/<night:night>/plots.json", views.night_plots, name="night-plots"),
]
