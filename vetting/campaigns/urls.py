"""Addresses of the scan page."""

from django.urls import path

from vetting.campaigns import views

urlpatterns = [
    path("", views.home, name="home"),
    path("scan/", views.scan, name="scan"),
    path("scan/queue/", views.queue, name="scan-queue"),
    path("scan/labels/", views.labels, name="scan-labels"),
    path("scan/undo/", views.undo, name="scan-undo"),
]
