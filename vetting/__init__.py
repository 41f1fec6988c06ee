"""The Django project: candidates come in, are scored, scanned, labelled and exported."""

from vetting.celery import app as celery_app

__all__ = ["celery_app"]
