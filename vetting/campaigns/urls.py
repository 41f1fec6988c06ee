"""Addresses of the scan page and the grid."""

from django.urls import path

from vetting.campaigns import grid, views

urlpatterns = [
    path("", views.home, name="home"),
    path("scan/", views.scan, name="scan"),
    path("scan/queue/", views.queue, name="scan-queue"),
    path("scan/labels/", views.labels, name="scan-labels"),
    path("scan/undo/", views.undo, name="scan-undo"),
    path("grid/", grid.grid, name="grid"),
    path("grid/cutouts/", grid.cutouts, name="grid-cutouts"),
    path("grid/labels/", grid.labels, name="grid-labels"),
    path("grid/undo/", grid.undo, name="grid-undo"),
]
