"""Serve the site with a scoring worker in the same process."""

from argparse import ArgumentParser
from contextlib import nullcontext, suppress
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand

from vetting.candidates.services import claims_release
from vetting.worker import embedded_worker


class Command(BaseCommand):
    help = "Serve the site with a scoring worker in the same process; Ctrl-C stops both."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-worker", action="store_true", help="a worker runs elsewhere, behind the broker")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.EMBEDDED_BROKER:
            claims_release()  # what the last process had claimed died with its queue
        server = uvicorn.Server(
            uvicorn.Config(
                "vetting.asgi:application",
                host=options["host"],
                port=options["port"],
                log_level="warning",
                lifespan="off",
                timeout_graceful_shutdown=3,
            )
        )
        with nullcontext() if options["no_worker"] else embedded_worker():
            self.stdout.write(f"serving http://{options['host']}:{options['port']} (Ctrl-C stops)")
            self.stdout.flush()
            with suppress(KeyboardInterrupt):  # uvicorn ends in order, then passes Ctrl-C on
                server.run()
        self.stdout.write("stopped")
