"""Writes the directory as HSDS 3.0."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.listings.hsds30_out import FORMATS, write
from alongside.listings.queries import directory_for, lists_for


class Command(BaseCommand):
    """`export_hsds FILE [--format json|tabular] [--list NAME]`."""

    help = "Writes the directory of services as HSDS 3.0: one JSON file, or tables in a folder or a zip."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, how, and which list."""
        parser.add_argument("file", type=Path, help="a .json file; with --format tabular a folder or a .zip")
        parser.add_argument("--format", choices=FORMATS, default="json", help="one JSON file, or tables")
        parser.add_argument("--list", dest="list_name", default="", help="only this list; else all of them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, and say how much; a wrong name or a place that cannot be written ends in one sentence."""
        program = Program.objects.order_by("id").first()
        if program is None:
            raise CommandError("There is no program yet; run “alongside setup” first.")
        viewer, target = Actor.system(program.pk), options["file"]
        names = lists_for(viewer)
        if options["list_name"]:
            names = [name for name in names if name == options["list_name"]]
        if not names:
            raise CommandError("There is no list of this name in the directory.")
        lists = [(name, directory_for(viewer, name)) for name in names]
        try:
            write(lists, target, options["format"])
        except OSError:
            raise CommandError(f"{target.name} cannot be written here.") from None
        services = sum(len(directory.services) for _, directory in lists)
        organizations = sum(len(directory.organizations) for _, directory in lists)
        self.stdout.write(
            f"{services} services and {organizations} organizations of {len(lists)} list(s) are in {target.name}."
        )
