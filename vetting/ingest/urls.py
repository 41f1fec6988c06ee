"""Addresses of the ingest."""

from django.urls import path

from vetting.ingest.views import arrivals

urlpatterns = [path("ingest/", arrivals, name="arrivals")]
