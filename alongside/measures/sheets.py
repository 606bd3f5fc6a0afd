"""A period as it may be printed: from the ledger where it was printed, else looked at now."""

from __future__ import annotations

from datetime import datetime

from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.measures.computing import counts_of, figures_of, kin_of
from alongside.measures.definitions import VERSION
from alongside.measures.queries import facts_for
from alongside.measures.rules import Period, bounds_of, period_of
from alongside.measures.shown import Printed, printed_of
from alongside.suppression.models import Release
from alongside.suppression.protecting import protect
from alongside.suppression.rules import MONTH, ZEROS_WITHHELD, Sheet, from_plain

EDITION = "counts"
"""All counts of a period are one release: every page, file and form shows some of it."""


def sheet_for(viewer: Actor, period: Period, as_of: datetime) -> Sheet:
    """Everything counted of a period that had been entered by a moment."""
    facts = facts_for(viewer, period, as_of)
    threshold = Program.objects.get(id=viewer.program_id).min_cell
    notes = {"definitions": VERSION, "collected": sorted(facts.collected), "towns": list(facts.towns)}
    return Sheet(counts_of(facts, threshold), lambda counts: kin_of(counts, facts.towns), as_of, figures_of(facts), notes)


def preview_for(viewer: Actor, period: Period, now: datetime) -> Printed:
    """A period that still runs, for those who see the cases anyway: read by itself, in no ledger."""
    sheet, threshold = sheet_for(viewer, period, now), Program.objects.get(id=viewer.program_id).min_cell
    shielded = protect(sheet.counts, kin=sheet.kin(sheet.counts), threshold=threshold)
    shown = {one.of for one in shielded.counts if one.value and one.dims <= {MONTH}}
    figures = {of: value for of, value in sheet.figures.items() if of in shown}
    return printed_of(period, shielded.counts, is_over=is_over(viewer, period, now), as_of=now, threshold=threshold,
                      figures=figures, notes={**sheet.notes, ZEROS_WITHHELD: shielded.zeros_withheld})  # fmt: skip


def printed_from(row: Release) -> Printed:
    """A row of the ledger as pages and files read it."""
    period = period_of(row.period)
    if period is None:
        raise ValueError(f"{row.period} is no period.")
    return printed_of(period, from_plain(row.counts), is_over=True, as_of=row.as_of, threshold=row.threshold,
                      figures=row.figures, notes=row.notes, version=row.version, reason=row.reason)  # fmt: skip


def is_over(viewer: Actor, period: Period, now: datetime) -> bool:
    """Whether a period has ended where the program is."""
    return bounds_of(period, Program.objects.get(id=viewer.program_id).zone)[1] <= now
