"""Receiving reports: one from the form, many from a file; each once, however often it is sent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import IO, Any
from uuid import UUID

from django.db import transaction

from alongside.accounts.models import Town
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.incidents.actions import record_incidents, take_back
from alongside.incidents.rules import Report
from alongside.intake.calls import Call, Further, Rejected, same_event
from alongside.intake.models import CallImport
from alongside.intake.profiles import Profile
from alongside.intake.reading import read_calls
from alongside.journal.actions import record

LONGEST_TOWN = 60


@dataclass(slots=True)
class Summary:
    """What an import did with every row; `rows` is the sum of the five counts after it."""

    rows: int = 0
    incidents: int = 0
    already_known: int = 0
    further_rows: int = 0
    not_qualifying: int = 0
    rejected: int = 0
    waiting: int = 0
    counted_only: int = 0
    possible_pairs: int = 0
    dropped_columns: list[str] = field(default_factory=list)
    rejections: list[str] = field(default_factory=list)
    import_id: str = ""
    seconds: float = 0.0


@transaction.atomic
def import_calls(source: str | Path | IO[bytes], profile: Profile, *, by: Actor, dry_run: bool = False,
                 last_day_is_today: bool = False) -> Summary:  # fmt: skip
    """Import a call file in one transaction; a dry run gives the same summary and leaves nothing.

    `last_day_is_today` moves every call by the same number of whole days so that the last one is today (demonstration).
    A file that cannot be read raises `CallFileError` with one sentence, and nothing is kept.
    """
    started = perf_counter()
    summary = _import(source, profile, by, last_day_is_today=last_day_is_today)
    if dry_run:
        transaction.set_rollback(True)
        summary.import_id = ""
    summary.seconds = round(perf_counter() - started, 3)
    return summary


def _import(source: Any, profile: Profile, by: Actor, *, last_day_is_today: bool) -> Summary:
    calls, summary = _read(source, profile)
    moment = clock()
    if last_day_is_today and calls:
        days = (moment - max(call.occurred_at for call in calls)).days
        calls = [replace(call, occurred_at=call.occurred_at + timedelta(days=days)) for call in calls]
    towns = _towns({call.town for call in calls if _is_town(call.town)}, by)
    reports = [(_report(call, profile.feed), towns.get(call.town)) for call in calls]
    made = CallImport.objects.create(program_id=by.program_id, profile=profile.name, at=moment)
    fresh = record_incidents(reports, profile.feed, made.id, by=by)
    summary.import_id = str(made.id)
    summary.incidents, summary.already_known = len(fresh), len(calls) - len(fresh)
    summary.waiting = sum(row.state == "waiting" for row in fresh)
    summary.counted_only = len(fresh) - summary.waiting
    made.counts = _counts(summary)
    made.save(update_fields=["counts"])
    record("calls_imported", kind="import", target=made.id, by=by, profile=profile.name, counts=_counts(summary))
    return summary


def _counts(summary: Summary) -> dict[str, int]:
    names = ("rows", "incidents", "already_known", "further_rows", "not_qualifying", "rejected")
    return {name: getattr(summary, name) for name in names}


def _read(source: Any, profile: Profile) -> tuple[list[Call], Summary]:
    calls, summary = [], Summary()
    with read_calls(source, profile, now=clock()) as file:
        for outcome in file.outcomes():
            if isinstance(outcome, Call):
                calls.append(outcome)
            elif isinstance(outcome, Rejected):
                summary.rejections.append(f"Row {outcome.row}: {outcome.reason}")
            elif isinstance(outcome, Further):
                summary.further_rows += 1
        summary.rows, summary.not_qualifying, summary.rejected = file.rows, file.not_qualifying, file.rejected
        summary.dropped_columns = list(file.dropped_columns)
    summary.possible_pairs = len(same_event(calls))
    return calls, summary


def _report(call: Call, feed: str) -> Report:
    return Report(
        source=feed, key=call.key, kind=call.kind, occurred_at=call.occurred_at, time_known=call.time_known,
        outcome=call.outcome, naloxone_doses=call.naloxone_doses, naloxone_by=call.naloxone_by,
        substances=call.substances, place=call.place,
    )  # fmt: skip


def _is_town(text: str) -> bool:
    """A town's name and nothing else: a column that holds an address or a sentence is not kept in clear."""
    return 0 < len(text) <= LONGEST_TOWN and not any(letter.isdigit() or not letter.isprintable() for letter in text)


def _towns(names: set[str], by: Actor) -> dict[str, Town]:
    """The towns of the names; one that is not there yet is added as not served, for a coordinator to look at."""
    known = {town.name: town for town in Town.objects.filter(program_id=by.program_id)}
    for name in sorted(names - known.keys()):
        known[name] = Town.objects.create(program_id=by.program_id, name=name, served=False)
    return known


@transaction.atomic
def undo_import(import_id: UUID, *, by: Actor) -> int:
    """Take one import back: its incidents and their keys go, in one transaction. Gives the number of incidents."""
    made = CallImport.objects.select_for_update().filter(id=import_id, program_id=by.program_id).first()
    if made is None:
        raise Refused("There is no such import.")
    if made.undone_at is not None:
        return 0
    removed = take_back(made.id, by=by)
    made.undone_at = clock()
    made.save(update_fields=["undone_at"])
    record("import_undone", kind="import", target=made.id, by=by, incidents=removed)
    return removed
