"""Every number that is printed: its name, whose number it is, and in one sentence what it counts.

A definition is changed by a new version, never silently: each release keeps the version it was made with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alongside.suppression.rules import ZEROS_WITHHELD

VERSION = "2"

GROUPS: dict[str, Promise] = {
    "burden": _("What happened"),
    "reach": _("Whom we reached"),
    "time": _("How soon"),
    "offers": _("What would help, and what was arranged"),
    "linkage": _("Connected, and still in touch"),
    "harm": _("Safer use"),
    "families": _("Loved ones"),
    "outcome": _("Again within a year"),
    "safeguards": _("The promises we keep"),
    "reported": _("Reported within 24 hours"),
    "equity": _("Alike for everybody"),
}
UNITS: dict[str, Promise] = {
    "events": _("events"), "people": _("people"), "cases": _("cases"), "kits": _("kits"), "hours": _("hours, the middle value"),
    "percent": _("percent"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """One number. `of` is the count it is (or hangs on), `out_of` what it is a share of, `source` what a program must keep."""

    code: str
    group: str
    unit: str
    of: str
    label: Promise
    sentence: Promise
    out_of: str = ""
    source: str = ""


def _events(code: str, group: str, label: Promise, sentence: Promise, source: str = "") -> Measure:
    return Measure(code, group, "events", code, label, sentence, source=source)


def _people(code: str, group: str, label: Promise, sentence: Promise, source: str = "") -> Measure:
    return Measure(code, group, "people", f"{code}@", label, sentence, source=source)


def _cases(code: str, group: str, label: Promise, sentence: Promise, source: str = "") -> Measure:
    return Measure(code, group, "cases", code, label, sentence, source=source)


def _share(code: str, group: str, parts: tuple[str, str], label: Promise, sentence: Promise, source: str = "") -> Measure:
    return Measure(code, group, "percent", parts[0], label, sentence, parts[1], source)


def _hours(code: str, of: str, label: Promise, sentence: Promise, source: str = "") -> Measure:
    return Measure(code, "time", "hours", of, label, sentence, source=source)


_ALL = (
    _events("incidents", "burden", _("Incidents"),
            _("Events of every kind; two calls about one event are one incident.")),
    _events("incidents.overdose", "burden", _("Overdoses"), _("Those of the incidents that were an overdose.")),
    _people("people", "burden", _("People in incidents"),
            _("How many different people the incidents were about; two records found to be one person are one.")),
    _people("people.overdose", "burden", _("People with an overdose"),
            _("How many different people the overdoses were about, as far as the person is known.")),
    _events("incidents.naloxone", "burden", _("Naloxone given at the scene"),
            _("Incidents in which at least one dose was given before we came."), "naloxone_at_scene"),
    _events("incidents.person", "burden", _("Incidents with a person"), _("Those of the incidents to which a person was added.")),
    _cases("cases", "reach", _("Cases opened"),
           _("Cases whose latest event lies in the period; a case found to be the same as another one is left out.")),
    _cases("cases.tried", "reach", _("Contact tried"),
           _("Cases with at least one try, by any way, since the event; a try that was called off is none."), "tries"),
    _cases("cases.contact", "reach", _("The person or a loved one reached"),
           _("Cases in which the person or a loved one was reached since the event."), "tries"),
    _cases("cases.reached", "reach", _("The person reached"),
           _("Cases in which the person themselves was reached since the event."), "tries"),
    _share("share.reached", "reach", ("cases.reached", "cases"), _("Share reached"),
           _("Cases in which the person was reached, of all cases opened, tried or not."), "tries"),
    _events("tries", "reach", _("Tries"), _("All tries made on the days of the period, by phone, text, card or visit."), "tries"),
    _hours("hours.entry", "incidents.timed", _("Event to entry"),
           _("From the event to its entry here, where the time is known.")),
    _hours("hours.tried", "cases.tried", _("Event to first try"), _("From the event to the first try after it, of cases tried."),
           "tries"),
    _hours("hours.reached", "cases.reached", _("Event to first contact"),
           _("From the event to the first contact with the person, of cases reached."), "tries"),
    *(_share(f"share.within{hours}", "time", (f"cases.within{hours}", "cases"), label,
             _("Cases whose first try came within these hours of the event, of all cases opened, tried or not."), "tries")
      for hours, label in ((24, _("First try within 24 hours")), (48, _("First try within 48 hours")),
                           (72, _("First try within 72 hours")))),
    _share("share.entered24", "time", ("incidents.entered24", "incidents.timed"), _("Entered within 24 hours"),
           _("Incidents entered here within 24 hours of the event, of those whose time is known.")),
    _share("share.complete", "time", ("incidents.complete", "incidents"), _("Entered whole"),
           _("Incidents with a known time, town, end, dose of naloxone (none is known, too) and substance, of all incidents.")),
    _cases("cases.need", "offers", _("A need noted"), _("Cases in which the person said at least one thing that would help."),
           "needs"),
    _cases("cases.connected", "offers", _("A need met by a service"),
           _("Cases in which at least one referral ended with the person connected to the service."), "referrals"),
    _events("referrals", "offers", _("Referrals sent"), _("Needs passed on to a service on the days of the period."),
            "referrals"),
    _events("rides", "offers", _("Rides"), _("Rides that arrived on the days of the period."), "rides"),
    _people("linked", "linkage", _("People connected"),
            _("Different people whom a service called connected on the days of the period."), "referrals"),
    *(_people(f"touch{days}", "linkage", label,
              _("Of the people connected, those whom we reached again on that day after it or in the 30 days that follow. It "
                "says that we are in touch; whether somebody stays in treatment is known to the service, not to us."),
              "referrals")
      for days, label in ((30, _("In touch 30 days later")), (60, _("In touch 60 days later")),
                          (90, _("In touch 90 days later")))),
    Measure("kits", "harm", "kits", "kits", _("Naloxone kits handed out"),
            _("Kits of every product handed out on the days of the period, less those taken back."), source="kits"),
    _events("reversals", "harm", _("Reversals reported"), _("Kits of ours said to have been used, by month."), "reversals"),
    Measure("trained", "harm", "people", "trained", _("People trained"),
            _("How many were shown how naloxone works and taught it back; who comes twice counts twice."), source="trained"),
    _events("strips", "harm", _("Test strips handed out"), _("Single strips, of every kind."), "strips"),
    _events("syringes", "harm", _("Syringes handed out"), _("Single syringes."), "syringes"),
    _events("cards", "harm", _("Cards for syringe services"), _("Cards given to nobody named."), "cards"),
    Measure("families.served", "families", "people", "families.served", _("Loved ones served"),
            _("Different loved ones who were given anything on the days of the period."), source="families"),
    _events("families.supports", "families", _("What they were given"),
            _("Each thing that a loved one was given: naloxone, training, a group, information, a talk."), "families"),
    *(_people(f"repeat{days}", "outcome", label,
              _("Of the people with an overdose in the period, those with another one within so many days of the first. It is "
                "counted when all of these days are over."))
      for days, label in ((30, _("Another overdose within 30 days")), (90, _("Another overdose within 90 days")),
                          (365, _("Another overdose within 365 days")))),
    _share("share.phone_first", "safeguards", ("cases.phone_first", "cases.visited"), _("Phone, text or card first"),
           _("Cases in which a call, text or card, or a reason of the list, came before the first visit; of those visited."),
           "tries"),
    _share("share.no_police", "safeguards", ("tries.no_police", "tries.visits"), _("Visits without police"),
           _("Visits without an officer, of all visits."), "tries"),
    _events("stops", "safeguards", _("Asked for no contact"), _("Tries at which the person asked for no contact."), "tries"),
    _events("stops.broken", "safeguards", _("Tries after “no contact”"),
            _("Tries made after the person had asked for no contact and had not come back by themselves. It should be zero."),
            "tries"),
    _events("agreements", "safeguards", _("Agreements"), _("Agreements to share something, each version once."), "agreements"),
    _events("lookups", "safeguards", _("Look-ups"), _("Times that somebody was asked for or opened, each with its entry.")),
    _events("lookups.odd", "safeguards", _("Look-ups without a task"),
            _("Look-ups that were found to be out of the ordinary, and went to the privacy reviewer.")),
    *(_events(code, "reported", label, sentence)
      for code, label, sentence in (
          ("soon", _("Date and time"), _("Overdoses with a known time that were entered within 24 hours of it.")),
          ("soon.place", _("Place"), _("Those of them with a known town.")),
          ("soon.naloxone", _("Naloxone"), _("Those of them of which it is known how many doses were given, or that none was.")),
          ("soon.end", _("Survived or died"), _("Those of them of which it is known whether the person survived.")),
          ("soon.substance", _("Substance"), _("Those of them with a suspected substance and its kind.")),
          ("soon.person", _("Earlier overdose"),
           _("Those of them to which a person was added, then or later: so it is known here whether there was an earlier one.")),
          ("soon.whole", _("All of these but the person"), _("Those of them with time, town, naloxone, end and substance.")))),
    *(Measure(f"equity.{code}", "equity", "people", f"equity.{code}@", label,
              _("Sealed with the person, if known at all, and gone with them: no report reads it."), source=code)
      for code, label in (("race", _("By race and ethnicity")), ("gender", _("By gender")), ("age", _("By age")))),
)  # fmt: skip
MEASURES: dict[str, Measure] = {one.code: one for one in _ALL}

IN_GENERAL: tuple[tuple[Promise, Promise], ...] = (
    (_("The period"), _("Cases and incidents are counted by the day of the event, everything else by the day it was done, in the "
                        "program's own time zone. What was entered after the numbers stood waits for a correction.")),
    (_("Events and people"), _("An event counts each time; a person counts once in a period, so the people of three months do "
                               "not add up to the people of the quarter.")),
    (_("Hidden"), _("A number is hidden when it is 1 to 10, or when such a number could be worked out from it, from anything in "
                    "this report or anything printed before (CMS cell size policy, 2024). Zeros are shown, unless a report "
                    "says that it withholds them.")),
    (_("Not collected"), _("This program does not keep it. That is no zero.")),
    (_("None in this period"), _("There was nothing of which it could be a share or a middle value.")),
    (_("Too few for a share"), _("What it would be a share of is counted, and is under 20.")),
    (_("Not yet"), _("The days it takes to know it still run.")),
    (_("Percentages"), _("Printed from 20 on, because below that they say little.")),
)  # fmt: skip


def in_general(notes: Mapping[str, Any]) -> tuple[tuple[Promise, Promise], ...]:
    """What is said with every report, and what the notes of this one add."""
    zeros = (_("Zeros withheld"), _("In this report zeros would tell of small numbers, so they are hidden as well, all but "
                                    "those that follow from other numbers. What is hidden in it may be none."))  # fmt: skip
    return (*IN_GENERAL, zeros) if notes.get(ZEROS_WITHHELD) else IN_GENERAL
