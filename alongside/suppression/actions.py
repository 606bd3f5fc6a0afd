"""Printing counts: looked at together with everything printed before, written into the ledger, the same for every output."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.common.decision import Refused
from alongside.journal.actions import record
from alongside.suppression.attack import Key
from alongside.suppression.models import Release
from alongside.suppression.protecting import Shielded, protect
from alongside.suppression.queries import printed_before, release_for
from alongside.suppression.rules import (
    MONTH,
    ZEROS_WITHHELD,
    Count,
    Edition,
    Sheet,
    as_plain,
    hidden_by_change,
    may_restate,
)


@transaction.atomic
def release(edition: Edition, sheet: Sheet, now: datetime, *, by: Actor) -> Release:
    """The edition as it was printed before, or, the first time, as it may be printed: then it stands in the ledger."""
    threshold = _locked(by).min_cell
    if found := release_for(by, edition.name, edition.period, edition.scope):
        return found
    shielded = _protected(sheet, printed_before(by, sheet.counts), threshold)
    row = _keep(_row(edition, sheet, shielded, by), threshold, now)
    record("counts_released", kind="report", target=edition.period, by=by, now=now, name=edition.name,
           small=shielded.small, beside=shielded.beside)  # fmt: skip
    return row


@transaction.atomic
def restate(edition: Edition, sheet: Sheet, reason: str, now: datetime, *, by: Actor) -> Release:
    """A later version of an edition, with its reason; a number that changed by a few is hidden in it.

    Whoever lays both versions side by side would read those few. The same correction again is the same version.
    """
    may_restate(reason).require()
    threshold = _locked(by).min_cell
    old = release_for(by, edition.name, edition.period, edition.scope)
    if old is None:
        raise Refused("This was never printed, so there is nothing to correct.")
    before = {one.key: one for one in printed_before(by, sheet.counts)}
    changed = hidden_by_change(sheet.counts, before, threshold)
    own = {one.key for one in sheet.counts}
    others = [one for key, one in before.items() if key not in own]
    row = _row(edition, sheet, _protected(sheet, others, threshold, changed), by)
    if (row.counts, row.figures, reason) == (old.counts, old.figures, old.reason):
        return old
    row.version, row.reason = old.version + 1, reason
    record("counts_restated", kind="report", target=edition.period, by=by, now=now, name=edition.name, reason=reason)
    return _keep(row, threshold, now)


def _protected(sheet: Sheet, before: Sequence[Count], threshold: int, hide: Collection[Key] = ()) -> Shielded:
    return protect(sheet.counts, before, sheet.kin([*before, *sheet.counts]), threshold, hide)


def _locked(by: Actor) -> Program:
    """Nobody else prints in this program before this transaction ends: each release sees the one before.

    No key is locked: whoever adds a row of the program meanwhile need not wait, and cannot wait for each other with this.
    """
    return Program.objects.select_for_update(no_key=True).get(id=by.program_id)


def _row(edition: Edition, sheet: Sheet, shielded: Shielded, by: Actor) -> Release:
    printed = {one.of for one in shielded.counts if one.value and one.dims <= {MONTH}}
    return Release(
        program_id=by.program_id, name=edition.name, period=edition.period, scope=edition.scope, as_of=sheet.as_of,
        counts=as_plain(shielded.counts),
        figures={code: value for code, value in sheet.figures.items() if code in printed},
        notes={**sheet.notes, ZEROS_WITHHELD: shielded.zeros_withheld},
        small=shielded.small, beside=shielded.beside, given_away=shielded.given_away,
    )  # fmt: skip


def _keep(row: Release, threshold: int, now: datetime) -> Release:
    row.threshold, row.made_at = threshold, now
    row.save(force_insert=True)
    return row
