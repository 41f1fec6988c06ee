"""The worker inside the web process: Celery's own worker and beat in threads, for sites that run no broker."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.util import Finalize

from celery.beat import EmbeddedService, Scheduler
from django.core.handlers.wsgi import WSGIHandler

from vetting.celery import app


def application_with_worker() -> WSGIHandler:
    """Return the site for a web process that also scores: its worker starts here and stops with the process."""
    from vetting.wsgi import application

    stack = ExitStack()
    stack.enter_context(embedded_worker())
    Finalize(None, stack.close, exitpriority=1)
    return application


@contextmanager
def embedded_worker(concurrency: int = 1) -> Iterator[None]:
    """Run a worker and the periodic sweep until the block ends."""
    worker = app.WorkController(
        pool_cls="threads",
        concurrency=concurrency,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )
    beat = EmbeddedService(app, thread=True, max_interval=1, scheduler_cls=Scheduler)
    runner = threading.Thread(target=worker.start, name="worker", daemon=True)
    runner.start()
    beat.start()  # type: ignore[union-attr]
    try:
        yield
    finally:
        beat.stop()
        worker.stop()
        runner.join(timeout=10)
