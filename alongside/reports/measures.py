"""The words of the report: what each number is called and, in one sentence each, what it counts."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STEPS: dict[str, Promise] = {
    "incidents": _("Incidents"),
    "with_person": _("Incidents with a person"),
    "people": _("People in these incidents"),
    "cases": _("Cases opened"),
    "attempted": _("Contact tried"),
    "reached": _("The person reached"),
    "loved_one": _("Only a loved one reached"),
    "need": _("A need noted"),
    "connected": _("A referral connected"),
}
MEDIANS: dict[str, Promise] = {
    "entry": _("Event to entry"),
    "attempt": _("Event to first try"),
    "contact": _("Event to first contact"),
}
CLOCK_HOURS = (24, 48, 72)

NAMES: dict[str, Promise] = (
    STEPS
    | MEDIANS
    | {
        "month": _("The month"),
        "within": _("First try within 24, 48 and 72 hours"),
        "needs": _("Needs"),
        "kits": _("Kits"),
        "towns": _("Incidents by town"),
        "hidden": _("Hidden numbers"),
        "percent": _("Percentages"),
    }
)

DEFINITIONS: dict[str, Promise] = {
    "month": _(
        "Everything is counted by the day of the event in the program's own time zone, from the first of the month to "
        "the last; only kits are counted by the day they were handed out."
    ),
    "incidents": _("Events of the month of every kind; two calls about one event are one incident."),
    "with_person": _("Those of the incidents to which a person was added."),
    "people": _("How many different people these incidents were about; two records found to be one person are one."),
    "cases": _("Cases whose latest event lies in the month; a case found to be the same as another one is left out."),
    "attempted": _("Cases with at least one try, by any way, since the event; a try that was called off is none."),
    "reached": _("Cases in which the person themselves was reached since the event."),
    "loved_one": _("Cases in which a loved one was reached since the event and the person was not."),
    "need": _("Cases in which the person said at least one thing that would help."),
    "connected": _("Cases in which at least one referral ended with the person connected to the service."),
    "entry": _("The middle value of the hours from the event to its entry here, where the time is known."),
    "attempt": _("The middle value of the hours from the event to the first try after it, of cases tried."),
    "contact": _(
        "The middle value of the hours from the event to the first contact with the person, of cases reached."
    ),
    "within": _("Cases whose first try came within these hours of the event, out of all cases opened, tried or not."),
    "needs": _(
        "For each need the cases in which it was noted, those in which it was passed on to a service, and those in "
        "which the service said the person is connected."
    ),
    "kits": _("Naloxone kits handed out on the days of the month, by who received them."),
    "towns": _(
        "The incidents by the town of the event and whether the person survived; towns with few stand together in one "
        "row."
    ),
    "hidden": _(
        "A number is hidden when it is small, or when a small one could be worked out from it; zeros are shown."
    ),
    "percent": _("Printed from 20 cases on, because below that they say little."),
}
