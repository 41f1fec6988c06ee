"""The site as a WSGI application, as `manage.py serve` and other servers take it."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vetting.settings")
# Threads come and go: connections are kept for them, and for those that send webhooks where the worker runs inside.
# Workers close theirs after each task.
os.environ.setdefault("DATABASE_POOL", "16")

application = get_wsgi_application()
# Nobody waits for what is read once: a second for the code of all pages, and 0.2 s whenever Python looks for garbage
# among the 300,000 objects that it makes.
reverse("scan")
gc.collect()
gc.freeze()
