"""What funders ask for, line by line: which of our numbers answers it, and what we do not keep.

Sources: CDC Overdose Data to Action, eight measures (OMB 0920-1282); SAMHSA State Opioid Response, grantee items
(OMB 0930-0384); BJA COSSUP quarterly questionnaire (sections by activity; the wording of the items was not seen, so the
lines are ours); measures of opioid settlement funds after North Carolina's (process and outcome, unique people);
W. Va. Code 16-5T-4, what is reported within 24 hours.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is asked for: its own words, the code of our measure, or why there is none."""

    asked: str | Promise
    measure: str = ""
    why: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Form:
    """One funder's form, and for which periods it is made: “month”, “quarter”, “year”."""

    code: str
    label: Promise
    source: str
    every: str
    lines: tuple[Line, ...]


NARRATIVE = _("a paragraph that somebody writes")
ELSEWHERE = _("kept by the service or the payroll, not here")

FORMS: dict[str, Form] = {
    form.code: form
    for form in (
        Form("board", _("One page for the board"), "", "month", tuple(
            Line("", code) for code in (
                "incidents", "incidents.overdose", "people", "people.overdose", "cases", "cases.tried", "cases.reached",
                "share.reached", "hours.tried", "share.within24", "share.within48", "share.within72", "cases.need",
                "cases.connected", "linked",
                "touch30", "touch90", "kits", "reversals", "trained", "families.served", "repeat30", "repeat365",
                "share.phone_first", "share.no_police", "stops.broken", "lookups.odd",
            )
        )),
        Form("od2a", _("CDC Overdose Data to Action"), "OMB 0920-1282", "year", (
            Line("HE_Activities", why=NARRATIVE), Line("HE_Impact", why=NARRATIVE),
            Line("HR_Encounters", "tries"), Line("HR_Naloxone", "kits"),
            Line("LTC_Navigator_Hours", why=ELSEWHERE), Line("LTC_Referrals", "referrals"), Line("LTC_Referrals", "linked"),
            Line("HS_Training", "trained"), Line("HS_SUD_Protocols", why=NARRATIVE),
        )),
        Form("sor", _("SAMHSA State Opioid Response"), "OMB 0930-0384", "quarter", (
            Line(_("Overdose reversals"), "reversals"), Line(_("Naloxone kits distributed"), "kits"),
            Line(_("Naloxone purchased"), why=ELSEWHERE), Line(_("People trained"), "trained"),
            Line(_("Drug checking supplies distributed"), "strips"),
            Line(_("People connected to treatment and recovery support"), "linked"),
            Line(_("Treatment for opioid use, for stimulant use, contingency management"), why=ELSEWHERE),
            Line(_("Prevention and education activities"), why=NARRATIVE), Line(_("Spending by sub-recipient"), why=ELSEWHERE),
        )),
        Form("bja", _("BJA COSSUP, quarterly"), "", "quarter", (
            Line(_("Overdose events identified"), "incidents.overdose"), Line(_("People identified for outreach"), "people"),
            Line(_("Outreach attempted"), "cases.tried"), Line(_("Outreach within 72 hours"), "share.within72"),
            Line(_("People contacted"), "cases.reached"), Line(_("Families contacted or served"), "families.served"),
            Line(_("Referrals made"), "referrals"), Line(_("People connected to a service"), "linked"),
            Line(_("Naloxone kits distributed"), "kits"), Line(_("People trained"), "trained"),
            Line(_("People with another overdose within 90 days"), "repeat90"),
            Line(_("Arrests avoided"), why=_("never kept here, on purpose")),
        )),
        Form("settlement", _("Opioid settlement funds"), "", "year", (
            Line(_("People served"), "people"), Line(_("Contacts made"), "tries"), Line(_("People referred"), "cases.need"),
            Line(_("Referrals"), "referrals"), Line(_("People connected to a service"), "linked"),
            Line(_("Still in touch after 30 days"), "touch30"), Line(_("Still in touch after 60 days"), "touch60"),
            Line(_("Still in touch after 90 days"), "touch90"), Line(_("Naloxone kits distributed"), "kits"),
            Line(_("Reversals reported"), "reversals"), Line(_("Money spent"), why=ELSEWHERE),
        )),
        Form("wv", _("West Virginia, within 24 hours"), "W. Va. Code 16-5T-4", "month", (
            Line(_("Overdoses"), "incidents.overdose"), Line(_("Entered within 24 hours"), "share.entered24"),
            Line(_("1 date and time, entered within 24 hours"), "soon"),
            Line(_("2 approximate place, entered within 24 hours"), "soon.place"),
            Line(_("3 naloxone, entered within 24 hours"), "soon.naloxone"),
            Line(_("4 fatal or not, entered within 24 hours"), "soon.end"),
            Line(_("5 gender and approximate age"), why=_("sealed with the person, if known at all; never counted")),
            Line(_("6 suspected substance, entered within 24 hours"), "soon.substance"),
            Line(_("7 earlier overdose, as far as the person is known within 24 hours"), "soon.person"),
            Line(_("8 kind of drug: with field 6"), "soon.substance"),
            Line(_("1, 2, 3, 4, 6 and 8 together, entered within 24 hours"), "soon.whole"),
        )),
    )
}  # fmt: skip
