"""Addresses of the export."""

from django.urls import path

from vetting.datasets import views

urlpatterns = [
    path("export/", views.export, name="export"),
    path("export/count/", views.export_count, name="export-count"),
    path("export/download/", views.export_download, name="export-download"),
]
