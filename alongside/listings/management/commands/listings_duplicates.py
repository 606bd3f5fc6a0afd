"""Looks for organizations that may be one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.services.duplicates import propose


class Command(BaseCommand):
    """`listings_duplicates`."""

    help = "Compares all organizations of the directory and lists pairs that may be one, for a coordinator to decide."

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, and say how many are new."""
        program = Program.objects.order_by("id").first()
        if program is None:
            raise CommandError("There is no program yet; run “alongside setup” first.")
        new = propose(by=Actor.system(program.pk))
        self.stdout.write(f"{new} new pairs wait for somebody to decide; nothing was merged.")
