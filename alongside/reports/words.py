"""A period in plain sentences: what it is called, and what a reader with one minute should know of it."""

from __future__ import annotations

from datetime import timedelta

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alongside.measures.definitions import MEASURES
from alongside.measures.rules import Period
from alongside.measures.shown import NUMBER, Printed

MONTHS_OF_A_YEAR = 12
# Each in several ways, the fullest first: the first one is said of which every number is printed.
SENTENCES: tuple[tuple[Promise, ...], ...] = (
    (_("%(incidents)s events came to us, %(incidents.overdose)s of them overdoses."), _("%(incidents)s events came to us."),
     _("%(incidents.overdose)s overdoses came to us.")),
    (_("%(cases)s cases were opened; somebody tried to make contact in %(cases.tried)s and reached the person in "
       "%(cases.reached)s."),
     _("%(cases)s cases were opened; somebody tried to make contact in %(cases.tried)s."), _("%(cases)s cases were opened.")),
    (_("Half of the first tries came within %(hours.tried)s hours of the event."),),
    (_("In %(cases.need)s cases the person said what would help; in %(cases.connected)s a service answered that need."),
     _("In %(cases.need)s cases the person said what would help.")),
    (_("%(kits)s naloxone kits were handed out."),),
    (_("Tries after somebody had asked for no contact: %(stops.broken)s. It should be 0."),),
)  # fmt: skip


def period_words(period: Period) -> str:
    """“October 2026”, “July to September 2026” or “2026”."""
    if len(period.months) == 1:
        return date_format(period.first_on, "F Y")
    if len(period.months) == MONTHS_OF_A_YEAR:
        return period.code
    ends = {"first": date_format(period.first_on, "F"), "last": date_format(period.after_on - timedelta(days=1), "F Y")}
    return gettext("%(first)s to %(last)s") % ends


def written(number: float | None) -> str:
    """A number with all of its digits and, where it is not whole, a tenth; never as a power of ten."""
    return "" if number is None else f"{number:.1f}".removesuffix(".0")


def in_short(printed: Printed) -> list[str]:
    """The sentences for a first reading. A sentence with a hidden number is said shorter, or not at all."""
    values = {code: printed.value(code) for code in MEASURES}
    numbers = {code: written(value.number) for code, value in values.items() if value.kind == NUMBER}
    return [said for ways in SENTENCES if (said := _first(ways, numbers))]


def _first(ways: tuple[Promise, ...], numbers: dict[str, str]) -> str:
    for way in ways:
        try:
            return str(way) % numbers
        except KeyError:
            continue
    return ""
