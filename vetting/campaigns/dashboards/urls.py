"""Addresses of the dashboards, under the address of their campaign."""

from django.urls import path

from vetting.campaigns.dashboards import views

urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("plots/", views.dashboard_plots, name="dashboard-plots"),
    path("me/", views.vetter_page, name="dashboard-me"),
    path("vetters/<int:vetter>/", views.vetter_page, name="dashboard-vetter"),
    path("vetters/<int:vetter>/plots/", views.vetter_plots, name="dashboard-vetter-plots"),
    path("vetters/<int:vetter>/<slug:table>.csv", views.vetter_table, name="dashboard-vetter-table"),
    path("<slug:table>.csv", views.dashboard_table, name="dashboard-table"),
]
