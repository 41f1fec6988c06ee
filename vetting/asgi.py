"""The ASGI application that uvicorn serves."""

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vetting.settings")
# Requests come and go in threads of their own: connections are kept for them. Workers close theirs after each task.
os.environ.setdefault("DATABASE_POOL", "20")
# WhiteNoise gives static files as plain iterators; Django reads them whole, which is what small files want.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

application = get_asgi_application()
