"""Serve the site, with a scoring worker in the same process where none runs elsewhere."""

import multiprocessing
import os
import socket
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from vetting.candidates.services import claims_release
from vetting.worker import application_with_worker

THREADS = 4  # of each process: a slow download holds one of them
SECONDS_TO_STOP = 10  # for the requests that run, before a process is killed


def listenable(host: str, port: int) -> str:
    """Return the address of a host on which this process may listen alone.

    Granian's processes share their port, so that two sites on one port would share the requests, too.

    Raises
    ------
    CommandError : no such host, or something listens there already.
    """
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        raise CommandError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    return str(where[0])


class Command(BaseCommand):
    help = "Serve the site with a scoring worker in the same process; Ctrl-C stops both."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-worker", action="store_true", help="a worker runs elsewhere, behind the broker")
        parser.add_argument(
            "--processes",
            type=int,
            help="web processes, as many as the machine has cores; more than one only with --no-worker, "
            "where WEB_CONCURRENCY says how many if this does not",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        usual = int(os.environ.get("WEB_CONCURRENCY", "1")) if options["no_worker"] else 1
        processes = options["processes"] or usual
        if processes > 1 and not options["no_worker"]:
            raise CommandError(f"expected one process with a worker inside, or --no-worker; got {processes}")
        address = listenable(options["host"], options["port"])
        if settings.EMBEDDED_BROKER:
            claims_release()  # what the last process had claimed died with its queue
        server = Granian(
            "vetting.wsgi:application",
            address=address,
            port=options["port"],
            interface=Interfaces.WSGI,
            workers=processes,
            blocking_threads=THREADS,
            workers_kill_timeout=SECONDS_TO_STOP,
            respawn_failed_workers=True,  # one that is killed for its memory is not the end of the site
            log_level=LogLevels.warning,
            # Kept connections stay with one process, however busy it is; a proxy in front keeps its clients' own.
            http1_settings=HTTP1Settings(keep_alive=processes == 1),
        )
        connections.close_all()
        multiprocessing.set_start_method("spawn", force=True)  # nothing of this process' threads and connections
        self.stdout.write(f"serving http://{options['host']}:{options['port']} (Ctrl-C stops)")
        self.stdout.flush()
        loader = None if options["no_worker"] else application_with_worker
        server.serve(target_loader=loader, wrap_loader=False)
        self.stdout.write("stopped")
