"""From a change to the act it stands for: one small function for each kind, and who may do it. The rooms below decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from alongside.accounts.roles import may
from alongside.cases.actions import declare_conflict, finish_follow_up, plan_follow_up
from alongside.cases.models import Case
from alongside.cases.queries import cases_visible_to, follow_ups_of
from alongside.cases.rules import may_plan
from alongside.common.actor import Actor
from alongside.common.clock import day_in
from alongside.common.clock import now as clock
from alongside.common.decision import YES, Decision, Refused
from alongside.field import handing, versions
from alongside.field.checks import KIT_TO, UNREADABLE, Done, Sent, read
from alongside.field.models import Change
from alongside.visits.actions import Draft, record_attempt
from alongside.visits.helping import Today, help_today
from alongside.visits.outings import begin_outing, end_outing

NOT_YOUR_ROLE = "Your role does not do this any more. What you noted is kept for the coordinator."
NOT_YOURS = "This is not on your list any more. What you noted is kept for the coordinator."


def attempt(sent: Sent) -> Done:
    """An attempt or a visit, with what follows from it."""
    data = sent.data
    draft = Draft(
        sent.id, data["channel"], data["result"], data["response"], sent.at, data["waiver"], data["officer_present"],
        data["kits"], KIT_TO[data["kit_to"]], data["note"],
    )  # fmt: skip
    record_attempt(sent.case, draft, by=sent.by)
    return Done()


def help_(sent: Sent) -> Done:
    """What would help today, asked for at once."""
    data = sent.data
    if not data["wants"] and not data["rides_to"]:
        raise Refused(UNREADABLE)
    today = Today(
        sent.id, data["wants"], data["rides_to"], data["words"], means=data["means"], pick_up=data["pick_up"]
    )
    help_today(sent.case, today, by=sent.by)
    return Done()


def follow_up(sent: Sent) -> Done:
    """A day to look in again."""
    due_on = sent.data["due_on"]
    may_plan(due_on, day_in(sent.case.program.zone, clock())).require()
    plan_follow_up(sent.case, due_on, "asked_back", by=sent.by, hours=(sent.data["from"], sent.data["to"]))
    return Done()


def followed(sent: Sent) -> Done:
    """A follow-up that was done; one that is done already stays so."""
    planned = follow_ups_of(sent.by, sent.case, clock())
    found = next((row for row in planned if row.id == sent.data["follow_up"]), None)
    if found is not None:
        finish_follow_up(found, by=sent.by)
    return Done()


def know(sent: Sent) -> Done:
    """“I know this person”."""
    declare_conflict(sent.case, by=sent.by)
    return Done()


def outing(sent: Sent) -> Done:
    """A visit begun: somebody is told when it does not end. One that is filed by hand is over: nobody waits for it."""
    minutes = sent.data["minutes"]
    begin_outing(sent.case, sent.data["outing"], minutes, sent.at, by=sent.by)
    if sent.phone is None:
        end_outing(sent.data["outing"], sent.at + timedelta(minutes=minutes), by=sent.by)
    return Done()


def outing_end(sent: Sent) -> Done:
    """Back from a visit."""
    end_outing(sent.data["outing"], sent.at, by=sent.by)
    return Done()


# Each kind: what it does, what it takes (any of these), and whether it is about a case.
ACTS: dict[str, tuple[Callable[[Sent], Done], tuple[str, ...], bool]] = {
    "attempt": (attempt, ("record_attempt",), True),
    "help": (help_, ("note_needs",), True),
    "kits": (handing.kits, ("hand_out_kits", "leave_kit"), False),
    "training": (handing.training, ("hand_out_kits",), False),
    "follow_up": (follow_up, ("note_needs",), True),
    "followed": (followed, ("record_attempt",), True),
    "agreement": (handing.agreement, ("note_needs",), True),
    "agreement_back": (handing.agreement_back, ("note_needs",), True),
    "contact_field": (versions.contact_field, ("note_needs",), True),
    "wish": (versions.wish, ("note_needs",), True),
    "contact": (handing.contact, ("report_incident",), False),
    "outing": (outing, ("record_attempt",), True),
    "outing_end": (outing_end, ("record_attempt",), False),
    "know": (know, ("record_attempt",), True),
}


def may_send(kind: str, *, by: Actor) -> Decision:
    """Whether somebody's role does what a change of this kind says, as of now."""
    if kind not in ACTS:
        return Decision.no(UNREADABLE)
    return YES if any(may(by.role, permission) for permission in ACTS[kind][1]) else Decision.no(NOT_YOUR_ROLE)


def do(sent: Sent) -> Done:
    """Do what a change says, by whoever made it; the right to it is asked first."""
    may_send(sent.kind, by=sent.by).require()
    act, _, about_a_case = ACTS[sent.kind]
    if about_a_case and sent.case is None:
        raise Refused(NOT_YOURS)
    return act(sent)


def apply(change: Change, data: Any, *, by: Actor, over: bool = False) -> Done:
    """Do what a change says after somebody decided so; a field that says something else by now is written only `over` it."""
    return do(Sent(change.id, change.kind, change.made_at, by, change.case, read(change.kind, data), over=over))


def case_of(kind: str, case_id: UUID | None, now: datetime, *, by: Actor) -> Case | None:
    """The case a change is about, where whoever made it still sees it; `Refused` in the same words for every other one."""
    if case_id is None or kind == "outing_end" or not may(by.role, "record_attempt"):
        return None
    # Whoever is out is looked for, whoever's visit it is by now.
    rows = Case.objects.filter(program_id=by.program_id) if kind == "outing" else cases_visible_to(by, now)
    found = rows.select_related("person", "program").filter(id=case_id).first()
    if found is None:
        raise Refused(NOT_YOURS)
    return found
