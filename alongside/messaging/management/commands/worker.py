"""`alongside worker`: does by the clock what `settings.DUTIES` names; `--once` does all of it now and ends."""

from __future__ import annotations

import os
from argparse import SUPPRESS, ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django_ox.supervisor import SUPERVISOR_PID_ENV

from alongside.messaging.duties import DutyFailed, run


class Command(BaseCommand):
    """Several can run side by side, on one machine or more; any of them may be killed at any moment."""

    help = "Do what has to happen by the clock: messages, holds that end, what nobody answered, the nightly duties."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once, or until it is stopped."""
        parser.add_argument("--once", nargs="*", metavar="DUTY", help="do every duty now, or those named, and end")
        parser.add_argument("--list", action="store_true", help="print the duties and when they are due")
        # The web server that started it; without it, it ends.
        parser.add_argument("--for-server", type=int, default=0, help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until stopped."""
        if options["list"]:
            self.stdout.write("\n".join(f"{when:14} {name}" for name, (when, _, _) in settings.DUTIES.items()))
        elif options["once"] is not None:
            self.once(options["once"] or list(settings.DUTIES))
        else:
            more: dict[str, Any] = {}
            if options["for_server"]:
                os.environ[SUPERVISOR_PID_ENV] = str(options["for_server"])
                more["worker_index"] = 0
            call_command("ox_worker", verbosity=0, interval=2.0, **more)

    def once(self, names: list[str]) -> None:
        """Each duty in turn; one that fails does not keep the others from being done."""
        failed = []
        for name in names:
            if name not in settings.DUTIES:
                raise CommandError(f"There is no duty “{name}”; see alongside worker --list.")
            try:
                run(name)
            except DutyFailed as fault:
                failed.append(str(fault))
        if failed:
            raise CommandError("; ".join(failed))
        self.stdout.write(f"{len(names)} duties done.")
