"""Reading programs, agencies, towns and users."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from alongside.accounts.models import Agency, AgencyKind, Program, Town, User
from alongside.common.actor import Actor
from alongside.common.decision import Refused


def the_program(name: str = "") -> Program:
    """The named program, or the only one; for the command line, which acts as the program itself."""
    programs = list(Program.objects.filter(name=name) if name else Program.objects.all()[:2])
    if len(programs) == 1:
        return programs[0]
    if programs or Program.objects.exists():
        raise Refused("There are several programs; name one with --program.")
    raise Refused("There is no program here yet; run “alongside setup --program NAME” first.")


def program_of(viewer: Actor) -> Program:
    """The viewer's program with its policy."""
    return Program.objects.get(id=viewer.program_id)


def towns_for(viewer: Actor) -> list[Town]:
    """The towns the viewer may name: the own ones when any are set, else every town the program serves."""
    towns = Town.objects.filter(program_id=viewer.program_id, served=True)
    own = towns.filter(id__in=viewer.town_ids)
    return list(own if viewer.town_ids else towns)


def served_towns(viewer: Actor) -> list[Town]:
    """Every town the viewer's program serves."""
    return list(Town.objects.filter(program_id=viewer.program_id, served=True))


def outreach_staff(viewer: Actor) -> tuple[list[User], list[User]]:
    """Those who may go first (officers, clinicians, coaches) and those who may lead (coaches, clinicians)."""
    users = User.objects.filter(agency__program_id=viewer.program_id, is_active=True).select_related("agency")
    going = list(users.filter(role__in=["outreach_officer", "clinician", "recovery_coach"]).order_by("display_name"))
    return going, [user for user in going if user.role != "outreach_officer"]


def partner_agencies(viewer: Actor) -> list[Agency]:
    """Agencies of the program that answer referrals."""
    kinds = [AgencyKind.SHELTER, AgencyKind.TREATMENT, AgencyKind.SYRINGE_SERVICES, AgencyKind.RECOVERY, AgencyKind.RIDE]
    return list(Agency.objects.filter(program_id=viewer.program_id, kind__in=kinds).order_by("name"))


def users_for(viewer: Actor) -> QuerySet[User]:
    """Everybody who works with the viewer's program, those who have left too."""
    return User.objects.filter(agency__program_id=viewer.program_id).order_by("-is_active", "display_name")


def agencies_of(viewer: Actor) -> QuerySet[Agency]:
    """Every agency of the viewer's program."""
    return Agency.objects.filter(program_id=viewer.program_id).order_by("name")


def local_words(user: User) -> list[str]:
    """The names everybody here knows, which make a password easy to guess."""
    program = user.agency.program
    towns = Town.objects.filter(program=program, served=True).values_list("name", flat=True)
    agencies = Agency.objects.filter(program=program).values_list("name", flat=True)
    return ["alongside", "password", program.name, user.username, user.display_name, *agencies, *towns]


def nobody() -> Actor:
    """Who acts when somebody unknown stands at the door: the only program, or none when there are several."""
    programs = list(Program.objects.values_list("id", flat=True)[:2])
    return Actor.system(programs[0] if len(programs) == 1 else UUID(int=0))
