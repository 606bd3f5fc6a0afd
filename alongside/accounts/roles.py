"""The one table: which role may do what. `/trust` and the reference page are printed from it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PERMISSIONS: dict[str, Promise] = {
    "report_incident": _("send in a contact or an overdose, without seeing anything back"),
    "see_morning_list": _("see the last days' calls of the own towns that wait for a person"),
    "import_calls": _("import a call log and take an import back"),
    "see_queue": _("see the due list of the program or of the own caseload"),
    "see_own_visits": _("see today's own visits"),
    "see_case": _("open a case of the own caseload or program"),
    "assign_team": _("assign an officer and a coach"),
    "record_attempt": _("record an attempt to reach the person"),
    "note_needs": _("note what the person wants and arrange it"),
    "close_case": _("pause, close or reopen a case"),
    "review_matches": _("decide whether two records are one person"),
    "see_services": _("look things up in the directory of services"),
    "answer_referral": _("answer the referrals sent to the own agency"),
    "hand_out_kits": _("hand out naloxone kits and keep the stock"),
    "leave_kit": _("count a naloxone kit that was left with somebody; the number only"),
    "confirm_services": _("say that a service is still as listed"),
    "keep_directory": _("decide which organizations are one, and which partner answers for a service"),
    "keep_partners": _("keep where partners get their messages"),
    "keep_families": _("keep what loved ones asked for and were given"),
    "exchange_records": _("take out and bring in referrals as FHIR, as agreed"),
    "see_reports": _("read counts with small cells hidden"),
    "see_signals": _("see the early warnings: towns and counts with small ones hidden, and be told of new ones"),
    "keep_signals": _("set how often a false alarm is accepted, and which desks are told"),
    "keep_evaluation": _("say when outreach began, and add monthly counts to judge it by"),
    "find_person": _("ask whether somebody is known, with two identifiers and a purpose"),
    "allow_elsewhere": _("allow that another program and the own one may tell each other whom to ask about a person"),
    "see_elsewhere": _("see, under codes, whom other programs asked about"),
    "break_glass": _("open one person for 15 minutes when somebody is in danger; it is always reviewed"),
    "tell_emergency": _("tell whoever treats somebody in a medical emergency what they must know"),
    "take_requests": _("take a person's request to see, correct, restrict or forget what is kept"),
    "answer_requests": _("carry out what a person asked about what is kept"),
    "review_journal": _("review who looked at what, under codes"),
    "declare_breach": _("declare a breach and list who was affected"),
    "handle_legal_requests": _("keep the ledger of legal requests and move them on"),
    "approve_release": _("approve, as one of two, a release that a court has ordered"),
    "manage_users": _("add, review and suspend users, and release a locked password"),
    "run_machine": _("run the machine, seeing ciphertext only"),
}


@dataclass(frozen=True, slots=True)
class Role:
    """One role: its name, what it is for in a sentence, whether police may hold it, and its permissions."""

    code: str
    label: Promise
    sentence: Promise
    police_may_hold: bool
    permissions: frozenset[str]


def _role(code: str, label: Promise, sentence: Promise, police: str, *permissions: str) -> Role:
    return Role(code, label, sentence, police == "police may hold it", frozenset(permissions))


POLICE_MAY, HEALTH_ONLY = "police may hold it", "never police"
CARE = (
    "see_queue", "see_case", "record_attempt", "note_needs", "see_services", "hand_out_kits", "report_incident",
    "find_person", "break_glass", "take_requests", "keep_families", "confirm_services", "see_signals",
)  # fmt: skip

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _role("patrol_officer", _("Patrol officer"), _("drops a contact in and sees nothing back"),
              POLICE_MAY, "report_incident", "leave_kit"),
        _role("data_designee", _("Data designee"), _("reads the call log each morning for the own towns"),
              POLICE_MAY, "report_incident", "see_morning_list", "import_calls"),
        _role("outreach_officer", _("Outreach officer"), _("visits together with a coach; own visits only"),
              POLICE_MAY, "report_incident", "see_own_visits", "record_attempt", "leave_kit"),
        _role("recovery_coach", _("Recovery coach"), _("phones first, leads the visit, arranges, follows up"),
              HEALTH_ONLY, *CARE, "tell_emergency"),
        _role("clinician", _("Clinician"), _("level of care and emergencies, own caseload"), HEALTH_ONLY, *CARE,
              "tell_emergency"),
        _role("coordinator", _("Coordinator"), _("watches the clocks, assigns, resolves matches, closes"),
              HEALTH_ONLY, *CARE, "see_morning_list", "import_calls", "assign_team", "close_case", "review_matches",
              "see_reports", "answer_requests", "approve_release", "exchange_records", "see_elsewhere",
              "keep_partners", "keep_directory", "keep_signals", "keep_evaluation"),
        _role("partner", _("Partner"), _("answers the referrals sent to it"), HEALTH_ONLY,
              "answer_referral", "see_services", "confirm_services", "see_signals"),
        _role("epidemiologist", _("Epidemiologist"), _("reads counts, never a person"), HEALTH_ONLY, "see_reports",
              "see_signals", "keep_signals", "keep_evaluation"),
        _role("privacy_reviewer", _("Privacy reviewer"), _("reviews who looked at what, under codes"),
              HEALTH_ONLY, "review_journal", "declare_breach", "handle_legal_requests", "approve_release",
              "allow_elsewhere", "see_elsewhere"),
        _role("counsel", _("Counsel"), _("answers courts and lawyers for the program"),
              HEALTH_ONLY, "handle_legal_requests"),
        _role("administrator", _("System administrator"), _("runs the machine and sees ciphertext only"),
              HEALTH_ONLY, "run_machine", "manage_users"),
    )
}  # fmt: skip


def may(role: str, permission: str) -> bool:
    """Whether the role holds the permission; an unknown role or permission holds nothing."""
    return role in ROLES and permission in ROLES[role].permissions
