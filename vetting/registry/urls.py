"""Addresses of the models."""

from django.urls import path

from vetting.registry import views

urlpatterns = [
    path("models/", views.models, name="models"),
    path("models/plots.json", views.model_plots, name="model-plots"),
]
