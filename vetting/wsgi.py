"""The site as a WSGI application, as `manage.py serve` and other servers take it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vetting.settings")
# Threads come and go: connections are kept for them, and for those that send webhooks where the worker runs inside.
# Workers close theirs after each task.
os.environ.setdefault("DATABASE_POOL", "16")

application = get_wsgi_application()
