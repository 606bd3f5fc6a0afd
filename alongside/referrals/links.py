"""The links by which a partner answers without an account: made, found, ended."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from alongside.accounts.models import Agency
from alongside.common import links
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.consent.rules import may_receive
from alongside.journal.actions import record
from alongside.messaging.actions import cancel
from alongside.referrals.models import AnswerLink, Referral, Ride

PURPOSE = "answer"
# As long as something can still be said: a stay begins, a ride ends, a desk counts its beds every day.
DAYS = {"referral": 45, "ride": 3, "beds": 30}
KEPT_DAYS = 30


def link_for(about: Referral | Ride | Agency) -> AnswerLink | None:
    """The newest link that still holds for a referral, a ride, or the beds of an agency; None when there is none."""
    rows = AnswerLink.objects.filter(expires_at__gt=clock())
    if isinstance(about, Referral):
        rows = rows.filter(referral=about)
    elif isinstance(about, Ride):
        rows = rows.filter(ride=about)
    else:
        rows = rows.filter(agency=about, referral=None, ride=None)
    return rows.select_related("agency").order_by("-made_at", "-id").first()


def path_of(link: AnswerLink) -> str:
    """The address of a link; whoever has it may answer."""
    return f"/a/{links.token(PURPOSE, link.program_id, link.id)}/"


def code_of(link: AnswerLink) -> str:
    """The same as a code for the telephone."""
    return links.spoken_code(PURPOSE, link.id)


@transaction.atomic
def make_link(about: Referral | Ride | Agency, *, by: Actor) -> AnswerLink:
    """The link that holds for a referral, a ride or an agency's beds; a new one when there is none."""
    known = link_for(about)
    if known is not None:
        return known
    agency = about if isinstance(about, Agency) else about.agency
    if agency is None:
        raise Refused("There is nobody here who could answer by a link.")
    if not may_receive(agency.kind):
        raise Refused("Nothing about a person is sent to the police, nor to anybody else who does not help.")
    referral = about if isinstance(about, Referral) else None
    ride = about if isinstance(about, Ride) else None
    days = DAYS["referral" if referral else "ride" if ride else "beds"]
    moment = clock()
    link = AnswerLink(
        program_id=agency.program_id, agency=agency, referral=referral, ride=ride, made_at=moment,
        expires_at=moment + timedelta(days=days),
    )  # fmt: skip
    link.code_hash = links.code_hash(PURPOSE, code_of(link))
    link.save(force_insert=True)
    record("link_made", kind="agency", target=agency.id, by=by, link=str(link.id))
    return link


@transaction.atomic
def end_links(about: Referral | Ride, *, by: Actor) -> int:
    """From now on no link to this referral or ride opens anything, and none is sent any more. Gives how many ended."""
    rows = AnswerLink.objects.filter(expires_at__gt=clock())
    rows = rows.filter(referral=about) if isinstance(about, Referral) else rows.filter(ride=about)
    ended = list(rows.values_list("id", flat=True))
    if ended:
        AnswerLink.objects.filter(id__in=ended).update(expires_at=clock())
        for link in ended:
            cancel(link, by=by)
        record("link_ended", kind="agency", target=about.agency_id, by=by, links=len(ended))
    return len(ended)


@transaction.atomic
def drop_old_links(*, by: Actor) -> int:
    """Delete the links of the program that ended thirty days ago or more."""
    before = clock() - timedelta(days=KEPT_DAYS)
    gone, _ = AnswerLink.objects.filter(program_id=by.program_id, expires_at__lt=before).delete()
    if gone:
        record("link_ended", kind="program", target=by.program_id, by=by, dropped=gone)
    return gone
