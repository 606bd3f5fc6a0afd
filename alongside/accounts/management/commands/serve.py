"""`alongside serve`: the web server in this process, and beside it a worker for what happens by the clock."""

from __future__ import annotations

import os
import subprocess  # nosec B404  # our own worker, without a shell
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from granian import Granian
from granian.constants import Interfaces


class Command(BaseCommand):
    """Serves until it is stopped; behind TLS or on the loopback address only."""

    help = "Serve the pages of this installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen."""
        parser.add_argument("--address", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8765)
        parser.add_argument("--threads", type=int, default=4)
        parser.add_argument(
            "--no-worker", action="store_true", help="“alongside worker” runs apart, or timers do its work"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Start granian with one worker process; SQLite has one writer at a time anyway."""
        if not settings.DATABASE_URL and not (settings.HOME / "alongside.db").exists():
            raise CommandError("There is no database here yet; run “alongside setup” or “./run demo” first.")
        call_command("restore", check=True)  # a restored database first forgets again what was forgotten since
        call_command("collectstatic", interactive=False, verbosity=0)  # after an update the pages want their new style
        if options["no_worker"]:
            serve(options["address"], options["port"], options["threads"])
            return
        with worker_beside():
            serve(options["address"], options["port"], options["threads"])


def serve(address: str, port: int, threads: int) -> None:
    """Run granian until it is stopped."""
    Granian(
        "alongside.wsgi:application", address=address, port=port, interface=Interfaces.WSGI, workers=1,
        blocking_threads=threads, websockets=False, log_access=False,
    ).serve()  # fmt: skip


@contextmanager
def worker_beside() -> Iterator[None]:
    """A worker of this installation for as long as the block runs; it ends by itself when this process is killed."""
    words = [sys.executable, "-P", "-m", "alongside", "worker", "--for-server", str(os.getpid())]
    worker = subprocess.Popen(words, stdin=subprocess.DEVNULL)  # noqa: S603  # nosec B603  # our own words
    try:
        yield
    finally:
        worker.terminate()
        try:
            worker.wait(timeout=10)
        except subprocess.TimeoutExpired:
            worker.kill()  # every duty may be killed at any moment
            worker.wait()
