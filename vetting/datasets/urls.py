"""Addresses of the export and of the report of a night."""

from django.urls import path

from vetting.datasets import report_pages, views

urlpatterns = [
    path("export/", views.export, name="export"),
    path("export/count/", views.export_count, name="export-count"),
    path("nights/<night:night>/report/", report_pages.page, name="night-report"),
    path("nights/<night:night>/report.md", report_pages.markdown, name="night-report-markdown"),
    path("export/download/", views.export_download, name="export-download"),
]
