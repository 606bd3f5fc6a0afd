"""Reading the ledger, its months and quarters, and what a verified order names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from alongside.accounts.models import Program, User
from alongside.common.actor import Actor
from alongside.common.clock import day_in, quarter
from alongside.common.decision import Decision
from alongside.common.words import band
from alongside.identity.fields import Sealed
from alongside.identity.queries import contacts_of, identities_of
from alongside.journal.models import Entry
from alongside.journal.queries import entries_about
from alongside.journal.rules import VERBS
from alongside.legal.models import LegalRequest, Statement
from alongside.legal.rules import FIELDS, KINDS, MOVES, STATUSES, may_move, months_between
from alongside.people.queries import records_of
from alongside.referrals.models import Need
from alongside.visits.models import Attempt

LEDGER_VERBS = ("legal_request_received", "legal_request_moved")
SHOWN = 200


def requests_for(viewer: Actor) -> list[LegalRequest]:
    """The ledger of the viewer's program, newest first."""
    return list(LegalRequest.objects.filter(program_id=viewer.program_id).select_related("counsel")[:SHOWN])


def request_for(viewer: Actor, request_id: UUID) -> LegalRequest | None:
    """One request of the viewer's program."""
    rows = LegalRequest.objects.select_related("counsel", "entered_by", "person", "program")
    return rows.filter(id=request_id, program_id=viewer.program_id).first()


def counsels_for(viewer: Actor) -> list[User]:
    """Those who may take a request: the counsel of the program."""
    rows = User.objects.filter(agency__program_id=viewer.program_id, role="counsel", is_active=True)
    return list(rows.order_by("display_name"))


def next_steps(viewer: Actor, request: LegalRequest) -> dict[str, Decision]:
    """The states a request of the viewer's program may go to, each with what the rules say about it now."""
    if request.program_id != viewer.program_id:
        return {}
    standing = request.standing()
    return {to: may_move(request.status, to, standing) for to in sorted(MOVES[request.status])}


def ledger_faults(viewer: Actor) -> list[str]:
    """Where the ledger and the journal differ, by number or id: a row changed or taken out behind the program's back.

    The journal is append-only and chained; what it says is what happened.
    """
    told: dict[str, str] = {}
    for entry in Entry.objects.filter(program=str(viewer.program_id), verb__in=LEDGER_VERBS).order_by("seq"):
        told[entry.target] = str(entry.detail.get("to", "received"))
    rows = {str(row.id): row for row in LegalRequest.objects.filter(program_id=viewer.program_id)}
    wrong = [f"{row}" for key, row in rows.items() if told.get(key) != row.status]
    return wrong + [key for key in told if key not in rows]


# --- what an order names --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """One value that the order names: its label, its day when it has one, and the value, sealed or plain."""

    label: str
    value: Sealed | str | None
    at: datetime | None = None


def named_values(viewer: Actor, request: LegalRequest) -> list[Named]:
    """What the order names and nothing else: its fields, of its person, of its period."""
    if request.person is None or request.program_id != viewer.program_id:
        return []
    records, fields = records_of(request.person), request.order.fields
    found = [*_who(viewer, records, fields), *_what(request, records, fields)]
    return [row for row in found if row.value is not None and _within(request, row.at)]


def _within(request: LegalRequest, at: datetime | None) -> bool:
    """Whether a moment lies in the order's period, by the calendar of the program; a value without a moment does."""
    if at is None or request.first_on is None or request.last_on is None:
        return at is None
    zone = ZoneInfo(request.program.zone)
    start = datetime.combine(request.first_on, time(), tzinfo=zone)
    return start <= at < datetime.combine(request.last_on + timedelta(days=1), time(), tzinfo=zone)


def _who(viewer: Actor, records: list[UUID], fields: Iterable[str]) -> list[Named]:
    found = []
    for identity in identities_of(viewer, records).values():
        if "full_name" in fields:
            found += [Named(FIELDS["full_name"][0], value) for value in (identity.given_name, identity.family_name)]
        if "birth_date" in fields:
            found.append(Named(FIELDS["birth_date"][0], identity.birth_date))
    contact = contacts_of(viewer, records[:1]).get(records[0])
    names = [name for name in ("ask_for", "meeting_place", "phone") if name in fields]
    return found + ([Named(FIELDS[name][0], getattr(contact, name), contact.kept_at) for name in names] if contact else [])


def _what(request: LegalRequest, records: list[UUID], fields: Iterable[str]) -> list[Named]:
    found = []
    if "needs" in fields:
        needs = Need.objects.filter(person_id__in=records).order_by("noted_at")
        found += [Named(FIELDS["needs"][0], need.words, need.noted_at) for need in needs]
    attempts = list(Attempt.objects.filter(person_id__in=records).order_by("at"))
    if "notes" in fields:
        found += [Named(FIELDS["notes"][0], attempt.note, attempt.at) for attempt in attempts]
    if "visit_days" in fields:
        zone = request.program.zone
        found += [Named(FIELDS["visit_days"][0], day_in(zone, row.at).isoformat(), row.at) for row in attempts]
    return found


# --- months and quarters ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Month:
    """One month that is over: how many requests the ledger has, and the statement, when somebody signed one."""

    month: date
    received: int
    statement: Statement | None

    @property
    def is_missing(self) -> bool:
        """Whether nobody, or only one, signed."""
        return self.statement is None or not self.statement.stands

    @property
    def differs(self) -> bool:
        """Whether the ledger has another number by now than the one that was signed."""
        return self.statement is not None and self.statement.received != self.received


def months_for(viewer: Actor, today: date, most: int = 24) -> list[Month]:
    """The months that are over since the program began, newest first; those without a statement among them."""
    return _months(Program.objects.get(id=viewer.program_id), today, most)


def _months(program: Program, today: date, most: int) -> list[Month]:
    days = list(LegalRequest.objects.filter(program=program).values_list("received_on", flat=True))
    begin = Entry.objects.filter(program=str(program.id)).order_by("seq").values_list("at", flat=True).first()
    began = min([*days, *([day_in(program.zone, begin)] if begin else [])], default=today)
    counts = Counter(day.replace(day=1) for day in days)
    signed = {row.month: row for row in Statement.objects.filter(program=program).select_related("first_signer",
                                                                                                 "second_signer")}  # fmt: skip
    return [Month(month, counts[month], signed.get(month)) for month in months_between(began, today)[:most]]


def missing_months(program: Program, today: date) -> list[date]:
    """The last twelve months without a statement that two have signed, for the public page; no request, no person."""
    return [month.month for month in _months(program, today, 12) if month.is_missing]


@dataclass(frozen=True, slots=True)
class QuarterCount:
    """The requests of one kind in one quarter: how many came, and what became of them; people in bands only."""

    quarter: str
    kind: str
    received: int
    complied: int
    declined: int
    narrowed: int
    people: str


def quarterly_counts(program: Program, today: date, quarters: int = 8) -> list[QuarterCount]:
    """What the public page shows of the last quarters, newest first: counts of requests, no person and no day."""
    since = (today.replace(day=1) - timedelta(days=92 * quarters)).replace(day=1)
    found: dict[tuple[str, str], list[LegalRequest]] = {}
    for row in LegalRequest.objects.filter(program=program, received_on__gte=since).order_by("-received_on"):
        found.setdefault((quarter(row.received_on), row.kind), []).append(row)
    return [
        QuarterCount(
            quarter=name, kind=KINDS.get(kind, "not known yet"), received=len(rows),
            complied=sum(row.released_on is not None for row in rows),
            declined=sum(row.declined_on is not None and row.released_on is None for row in rows),
            narrowed=sum(row.was_narrowed for row in rows), people=band(sum(row.people_asked for row in rows)),
        )
        for (name, kind), rows in found.items()
    ]  # fmt: skip


def steps_of(viewer: Actor, request: LegalRequest) -> list[tuple[Entry, str]]:
    """The entries of the journal about a request, newest first, each with what it says in the words of the ledger."""
    entries = entries_about(viewer, request.id)
    return [(entry, STATUSES.get(str(entry.detail.get("to", "")), VERBS[entry.verb])) for entry in entries]
