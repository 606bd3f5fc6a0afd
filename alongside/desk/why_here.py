"""Why a case stands where it stands in the queue, in sentences: the whole of it, for nothing else moves anybody."""

from __future__ import annotations

from datetime import datetime

from django.utils.dateformat import format as date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext

from alongside.cases.models import Case
from alongside.cases.rules import LEAD_HOURS, REASONS, is_for_later, reasons_in_words
from alongside.common.actor import Actor

STEPS = {
    "vain": "visited in vain since",
    "lost": "the place was the wrong one; a better one comes first",
    "promised": "promised",
}


def reasons_for(viewer: Actor, case: Case) -> list[str]:
    """Why somebody stands where they stand; police are not told, since a reason may be a stay in detox."""
    return [] if viewer.goes_along else reasons_in_words(case.reasons)


def why_here(case: Case, policy: str, now: datetime) -> str:
    """The sentences for one case, in the reader's language and in the program's time."""
    if policy == "deadline":
        return _by_deadline(case)
    if is_for_later(case.standing, now):
        return gettext("Planned for %(day)s; whoever can be seen now comes before.") % {"day": _day(case.due_at)}
    why = case.why()
    first = {
        "event": gettext("It happened on %(day)s."),
        "look_in": gettext("We said we would look in on %(day)s."),
        "put_back": gettext("Put back in the queue on %(day)s."),
    }[why.base] % {"day": _day(why.at)}
    if not why.steps:
        return f"{first} {gettext('The latest comes first.')}"
    counts = gettext("So it counts as of %(day)s; the latest comes first.") % {"day": _day(case.counts_from)}
    return " ".join([first, *(_step(code, days) for code, days in why.steps), counts])


def _by_deadline(case: Case) -> str:
    if case.first_attempt_at is not None:
        return gettext("We look in again on %(day)s; the soonest comes first.") % {"day": _day(case.due_at)}
    first = gettext("The 72 hours end on %(day)s.") % {"day": _day(case.contact_due_at)}
    steps = [
        gettext("%(why)s: %(hours)s hours sooner.") % {"why": _capital(code), "hours": LEAD_HOURS[code]}
        for code in case.reasons
        if code in LEAD_HOURS
    ]
    return " ".join([first, *steps, gettext("The soonest comes first.")])


def _step(code: str, days: float) -> str:
    number = f"{abs(days):g}"
    if days > 0:
        words = ngettext("%(why)s: counts as %(n)s day fresher.", "%(why)s: counts as %(n)s days fresher.", round(days))
    else:
        words = ngettext("%(why)s: counts as %(n)s day older.", "%(why)s: counts as %(n)s days older.", round(-days))
    return words % {"why": _capital(code), "n": number}


def _capital(code: str) -> str:
    words = gettext(REASONS.get(code) or STEPS[code])
    return words[:1].upper() + words[1:]


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "D j M, g:i A")
