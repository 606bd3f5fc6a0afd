"""`alongside users`: the first administrator of a new program, and what every night does to sleeping accounts."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from alongside.accounts.actions import Post, add_user, suspend_unreviewed
from alongside.accounts.models import Agency, AgencyKind, Program, User
from alongside.accounts.queries import the_program
from alongside.common.actor import Actor
from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.walls import acting


class Command(BaseCommand):
    """Refuses to make a second first administrator: from then on users are added on the page."""

    help = "Make the first administrator, or suspend accounts that nobody uses or reviews."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One of the two."""
        parser.add_argument("--program", default="", help="the program, when there are several")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--first-administrator", metavar="SIGN-IN-NAME")
        what.add_argument("--nightly", action="store_true", help="suspend the unreviewed and the unused")
        parser.add_argument("--name", default="", help="the administrator's own name")
        parser.add_argument("--agency", default="", help="the health body that holds the keys")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it for the program, and say in one sentence what was done."""
        try:
            program = the_program(options["program"])
            with acting(program.id):
                said = nightly(program) if options["nightly"] else _first_administrator(program, options)
        except Refused as refused:
            raise CommandError(refused.reason) from None
        self.stdout.write(said)


def nightly(program: Program) -> str:
    """Suspend what has to be suspended."""
    return f"{suspend_unreviewed(now().date(), by=Actor.system(program.id))} accounts suspended."


@transaction.atomic
def _first_administrator(program: Program, options: dict[str, Any]) -> str:
    """Add the administrator with a set-up code; the agency is made when it is not there."""
    if User.objects.filter(agency__program=program, role="administrator", is_active=True).exists():
        raise Refused("There is an administrator already; sign in and add users on the page.")
    if not options["name"] or not options["agency"]:
        raise Refused("Say --name and --agency too.")
    agency, _ = Agency.objects.get_or_create(
        program=program, name=options["agency"], defaults={"kind": AgencyKind.HEALTH}
    )
    name = options["first_administrator"]
    _user, code = add_user(name, options["name"], Post("administrator", agency), by=Actor.system(program.id))
    return f"Sign-in name {name}, set-up code {code}: it works once, within three days, at /sign-in/first/."
