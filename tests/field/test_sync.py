"""What a phone sends is done once, by the rules of the rooms below, and every answer says what became of it."""

import gzip
import json
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.test import Client

from alongside.accounts.actions import Post, change_user, end_sessions, suspend_user
from alongside.accounts.roles import may
from alongside.cases.actions import assign_team, close_case, plan_follow_up
from alongside.cases.models import Case, FollowUp
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.common.rootkey import KeyServiceDown
from alongside.consent import firewall
from alongside.consent.models import Consent
from alongside.field import api, changes
from alongside.field.changes import NOT_YOUR_ROLE, NOT_YOURS
from alongside.field.models import Parked, Phone
from alongside.field.phones import revoke
from alongside.field.rules import made_at
from alongside.field.versions import version_of
from alongside.identity.forgetting import forget_everything
from alongside.incidents.models import Incident
from alongside.journal.models import Entry
from alongside.naloxone.models import Move, Training
from alongside.people.actions import set_contact_wishes
from alongside.people.models import Person
from alongside.referrals.models import Need, Referral
from alongside.visits.models import Attempt, Outing
from alongside.visits.outings import find_overdue
from tests.cast import browser_of, case_with_team
from tests.field.sending import HOUR, Device


def opened(ours, sealed):
    """What was sealed, as a coordinator reads it."""
    return firewall.open(ours.actor("coordinator"), "coordination", sealed)[0]


@pytest.fixture
def case(ours):
    return case_with_team(ours)


@pytest.fixture
def coach(ours):
    return Device(ours.users["recovery_coach"])


def test_who_says_whether_somebody_is_signed_in_with_both_factors(ours):
    nobody = Client().get("/field/who/").json()
    assert nobody["signed_in"] is False
    assert nobody["csrf"]
    known = browser_of(ours.users["recovery_coach"]).get("/field/who/").json()
    assert (known["signed_in"], known["role"]) == (True, "recovery_coach")
    assert known["key"] == nobody["key"]


def test_no_answer_at_a_phone_call_is_kept_once(case, coach):
    change = coach.add("attempt", case, channel="phone", result="no_answer")
    said = coach.sync()
    assert said["answers"] == [{"id": change["id"], "state": "kept", "sentence": ""}]
    assert coach.sync([change])["answers"] == said["answers"]
    assert Attempt.objects.get(case=case).result == "no_answer"
    assert coach.visit(case)["tries"]


# --- each kind ------------------------------------------------------------------------------------------------------


def test_a_day_at_doors_is_done_kind_by_kind(ours, case, coach):
    """Everything a coach may send of one visit, in one request, in the order in which it was done."""
    shelter = ours.agencies["shelter"]
    outing, agreed = str(new_id()), None
    coach.add("attempt", case, channel="phone", result="no_answer", ago=60)
    coach.add("outing", case, outing=outing, minutes=30, ago=50)
    coach.add("attempt", case, channel="home", result="reached", response="services", kits=1, kit_to="person",
              note="Likes to be called Tall", ago=40)  # fmt: skip
    coach.add("help", case, wants=["shelter_tonight"], rides_to=["shelter_tonight"], words="with the dog")
    coach.add("kits", case, kits=2, to="loved_one")
    coach.add("training", case, taught="person", steps=["recognize", "call"], people=1, language="en")
    day = (now() + timedelta(days=5)).date().isoformat()  # no day of the follow-ups that come by themselves
    coach.add("follow_up", case, due_on=day, **{"from": "14:00", "to": "15:00"})
    agreed = coach.add("agreement", case, agency=str(shelter.id), categories=["contact", "health"], language="en",
                       age="adult", signer="self", signature="drawn")  # fmt: skip
    coach.add("wish", case, base={"no_police": version_of(False)}, field="no_police", value=True, said_so=True)
    coach.add("outing_end", None, outing=outing)
    said = coach.sync()
    assert {one["state"] for one in said["answers"]} == {"kept"}, said["answers"]
    assert [row.result for row in Attempt.objects.filter(case=case)] == ["no_answer", "reached"]
    assert Need.objects.filter(case=case, code="shelter_tonight").exists()
    assert Move.objects.filter(kind="given").aggregate(kits=Sum("amount"))["kits"] == 3
    assert Training.objects.get().person_id == case.person_id
    planned = FollowUp.objects.get(case=case, due_on=day)
    assert (planned.from_time.hour, planned.to_time.hour) == (14, 15)
    assert Consent.objects.get(id=agreed["id"]).recipient == shelter
    assert Person.objects.get(id=case.person_id).no_police
    assert Outing.objects.get(id=outing).ended_at is not None
    visit = coach.visit(case)
    assert visit["flags"]["no_police"] is True
    assert visit["needs"][0]["label"]
    assert [one["id"] for one in visit["agreements"]] == [agreed["id"]]
    assert day in [one["due_on"] for one in visit["follow_ups"]]


def test_an_agreement_taken_back_before_it_arrives_never_holds(ours, case, coach):
    agreed = coach.add("agreement", case, agency=str(ours.agencies["shelter"].id), categories=["contact"], language="en",
                       age="adult", signer="self", signature="drawn")  # fmt: skip
    back = coach.add("agreement_back", case, agreement=agreed["id"])
    coach.sync([back])
    coach.sync([agreed])
    assert not Consent.objects.filter(id=agreed["id"], revoked_at=None).exists()


def test_an_agreement_taken_back_reaches_what_was_sent_under_it(ours, case, coach):
    agreed = coach.add("agreement", case, agency=str(ours.agencies["shelter"].id), categories=["contact", "health"],
                       language="en", age="adult", signer="self", signature="drawn")  # fmt: skip
    coach.add("help", case, wants=["shelter_tonight"])
    coach.sync()
    assert Referral.objects.get(need__case=case).named
    coach.add("agreement_back", case, agreement=agreed["id"])
    coach.sync()
    assert Consent.objects.get(id=agreed["id"]).revoked_at is not None
    assert Referral.objects.get(need__case=case).status == "cancelled"


def test_a_follow_up_is_finished_once(ours, case, coach):
    planned = plan_follow_up(case, now().date(), "asked_back", by=ours.actor("coordinator"))
    change = coach.add("followed", case, follow_up=str(planned.id))
    coach.sync()
    planned.refresh_from_db()
    done_at = planned.done_at
    coach.sync([change | {"id": str(new_id())}])
    planned.refresh_from_db()
    assert done_at is not None
    assert planned.done_at == done_at


def test_who_knows_the_person_sees_nothing_of_them_any_more(case, coach):
    coach.sync()
    assert coach.visit(case)
    coach.add("know", case)
    coach.sync()
    assert coach.visit(case) is None
    assert coach.pack["visits"] == []


def test_a_contact_opens_a_case_for_whoever_is_told_nothing(ours):
    patrol = Device(ours.users["patrol_officer"])
    patrol.add("contact", kind="overdose", minutes_ago=20, town=str(ours.towns[0].id), outcome="non_fatal",
               naloxone_doses=2, naloxone_by=["police"], facts=["unhoused"], given_name="Robin", phone="555-0111",
               check_in_ok="yes")  # fmt: skip
    said = patrol.sync()
    assert said["answers"][0]["state"] == "kept"
    incident = Incident.objects.get()
    assert (incident.town, incident.naloxone_doses, incident.state) == (ours.towns[0], 2, "settled")
    assert Case.objects.filter(person=incident.person).exists()
    assert timedelta(minutes=19) < now() - incident.occurred_at < timedelta(minutes=21)
    assert patrol.pack["visits"] == []


def test_who_said_no_to_a_check_in_is_counted_and_nothing_else_is_kept(ours):
    patrol = Device(ours.users["patrol_officer"])
    patrol.add("contact", kind="overdose", town=str(ours.towns[0].id), given_name="Robin", phone="555-0111", check_in_ok="no")
    patrol.sync()
    incident = Incident.objects.get()
    assert (incident.state, incident.person) == ("nobody", None)
    assert not Person.objects.exists()


def test_kits_of_patrol_are_nobodys(ours, case):
    patrol = Device(ours.users["patrol_officer"])
    patrol.add("kits", case, kits=1, to="person")
    assert patrol.sync()["answers"][0]["state"] == "kept"
    move = Move.objects.get(kind="given")
    assert (move.recipient, move.person_id) == ("other", None)


# --- the right to it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "kind", "data"),
    [
        ("patrol_officer", "attempt", {"channel": "phone", "result": "no_answer"}),
        ("patrol_officer", "know", {}),
        ("data_designee", "kits", {"kits": 1}),
        ("outreach_officer", "help", {"wants": ["food"]}),
        ("outreach_officer", "contact_field", {"field": "ask_for", "value": "Somebody"}),
        ("outreach_officer", "wish", {"field": "no_police", "value": False, "said_so": True}),
        ("outreach_officer", "agreement", {"categories": ["contact"], "language": "en", "age": "adult", "signer": "self",
                                           "signature": "drawn", "designation": "treating_providers"}),
        ("clinician", "attempt", {"channel": "phone", "result": "no_answer"}),
    ],
)  # fmt: skip
def test_what_a_role_or_a_stranger_to_the_case_may_not_is_parked_and_never_done(ours, case, journal, role, kind, data):
    device = Device(ours.users[role])
    before = Entry.objects.count()
    device.add(kind, case, **data)
    said = device.sync()["answers"][0]
    assert (said["state"], said["sentence"]) == ("parked", NOT_YOURS if role == "clinician" else NOT_YOUR_ROLE)
    assert Parked.objects.get().person_id == case.person_id
    verbs = list(Entry.objects.filter(seq__gt=before).order_by("seq").values_list("verb", flat=True))
    assert verbs[0] == "change_parked"
    assert set(verbs) <= {"change_parked", "opened"}


def test_a_case_of_another_program_and_one_that_is_not_there_are_answered_alike(cast, coach):
    theirs = case_with_team(cast.other)
    answers = []
    for case_id in (str(theirs.id), str(new_id())):
        change = coach.add("attempt", None, channel="phone", result="no_answer") | {"case": case_id}
        answers.append(coach.sync([change])["answers"][0])
    assert {(one["state"], one["sentence"]) for one in answers} == {("parked", NOT_YOURS)}
    assert not Attempt.objects.exists()
    assert set(Parked.objects.values_list("person", flat=True)) == {None}


def test_the_right_is_asked_as_of_now_and_not_as_of_then(ours, case, coach):
    change = coach.add("attempt", case, channel="phone", result="no_answer", ago=120)
    close_case(case, "moved", by=ours.actor("coordinator"))
    said = coach.sync()["answers"][0]
    assert (said["state"], said["sentence"]) == ("parked", NOT_YOURS)
    assert not Attempt.objects.exists()
    parked = Parked.objects.get()
    assert str(parked.change_id) == change["id"]
    assert "no_answer" in opened(ours, parked.words)


def test_what_the_rules_refuse_is_parked_with_their_sentence(case, coach):
    coach.add("attempt", case, channel="home", result="no_answer")
    said = coach.sync()["answers"][0]
    assert (said["state"], said["sentence"]) == ("parked", "Phone or text first. If that is not possible, say why.")


def test_words_that_no_field_may_hold_are_left_out_of_what_is_parked(ours, case, coach):
    coach.add("attempt", case, channel="phone", result="no_answer", note="there is an open warrant for him")
    said = coach.sync()["answers"][0]
    assert said["state"] == "parked"
    assert "warrants" in said["sentence"]
    kept = opened(ours, Parked.objects.get().words)
    assert "no_answer" in kept
    assert "warrant" not in kept


def test_about_somebody_who_was_forgotten_nothing_is_kept(ours, case, coach):
    forget_everything([case.person_id], by=ours.actor("coordinator"))
    coach.add("attempt", case, channel="phone", result="no_answer", note="Zyxnote")
    said = coach.sync()["answers"][0]
    assert said["state"] == "parked"
    assert not Parked.objects.exists()
    assert not Attempt.objects.exists()


# --- a phone and its end --------------------------------------------------------------------------------------------


def test_a_phone_that_was_reported_lost_learns_it_and_does_nothing_more(ours, case, coach):
    revoke(Phone.objects.get(id=coach.id), "lost", by=ours.actor("administrator"))
    coach.add("attempt", case, channel="phone", result="no_answer")
    answer = coach.send()
    assert (answer.status_code, answer.json()["gone"]) == (401, "revoked")
    assert not Attempt.objects.exists()
    assert coach.post("/field/check/", {"case": str(case.id)}).status_code == 401


@pytest.mark.parametrize("what", ["suspended", "role", "sessions"])
def test_what_ends_a_users_sessions_ends_their_phones(ours, coach, what):
    user, by = ours.users["recovery_coach"], ours.actor("administrator")
    if what == "suspended":
        suspend_user(user, "left", by=by)
    elif what == "role":
        change_user(user, Post("coordinator", ours.agencies["health"], towns=ours.towns), by=by)
    else:
        end_sessions(user, by=by)
    answer = coach.send()
    assert (answer.status_code, answer.json()["gone"]) == (401, "revoked")
    assert Phone.objects.get(id=coach.id).revoked_why == ("user" if what == "suspended" else "role")
    assert coach.send().json()["gone"] == "revoked"


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer x.y", "Bearer {id}.AAAA", "Basic {id}.{token}", "Bearer {other}.{token}"]
)
def test_a_key_that_does_not_fit_is_unknown(coach, shown):
    shown = shown.format(id=coach.id, token=coach.token, other=new_id())
    answer = coach.post("/field/sync/", {"v": 1}, Authorization=shown)
    assert (answer.status_code, answer.json()["gone"]) == (401, "unknown")


def test_the_token_is_kept_nowhere(coach):
    assert coach.token not in str(Phone.objects.filter(id=coach.id).values())


def test_whoever_is_out_is_looked_for_whoevers_visit_it_is_by_now(ours, case, coach):
    assign_team(case, ours.users["outreach_officer"], ours.user("recovery_coach"), by=ours.actor("coordinator"))
    change = coach.add("outing", case, outing=str(new_id()), minutes=30, ago=60)
    coach.sync()
    assert coach.state(change) == "kept"
    assert find_overdue(by=ours.actor("coordinator")) == 1


def test_joining_ends_the_session_of_the_pages(ours):
    """Whoever holds a shared phone next finds nobody signed in."""
    browser = browser_of(ours.users["recovery_coach"])
    told = browser.post("/field/phone/", data="{}", content_type="application/json").json()
    assert browser.get("/field/who/").json()["signed_in"] is False
    browser = browser_of(ours.users["recovery_coach"])
    body = json.dumps({"phone": told["phone"]})
    assert browser.post("/field/phone/", data=body, content_type="application/json").status_code == 200
    assert browser.get("/field/who/").json()["signed_in"] is False


def test_after_twelve_hours_somebody_signs_in_again_before_the_pack_is_given(ours, case, coach):
    Phone.objects.filter(id=coach.id).update(signed_in_at=now() - timedelta(hours=13))
    coach.add("attempt", case, channel="phone", result="no_answer")
    said = coach.sync()
    assert (said["sign_in"], said["pack"]) == (True, None)
    assert said["answers"][0]["state"] == "kept"
    browser = browser_of(ours.users["recovery_coach"])
    assert browser.post("/field/phone/", {"phone": coach.id}, content_type="application/json").status_code == 200
    assert coach.sync()["pack"]


def test_nobody_renews_the_phone_of_somebody_else(ours, coach):
    answer = browser_of(ours.users["clinician"]).post("/field/phone/", {"phone": coach.id}, content_type="application/json")
    assert answer.status_code == 409


def test_a_phone_is_joined_by_the_roles_that_go_out_and_by_no_other(ours):
    for role, user in ours.users.items():
        answer = browser_of(user).post("/field/phone/", {}, content_type="application/json")
        assert answer.status_code == (200 if may(role, "report_incident") else 404), role


def test_joining_needs_the_token_of_the_form(ours):
    browser = browser_of(ours.users["recovery_coach"], enforce_csrf_checks=True)
    assert browser.post("/field/phone/", {}, content_type="application/json").status_code == 403
    csrf = browser.get("/field/who/").json()["csrf"]
    answer = browser.post("/field/phone/", {}, content_type="application/json", headers={"X-CSRFToken": csrf})
    assert answer.status_code == 200


# --- clocks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [-48, 48, 24 * 365])
def test_a_phone_whose_clock_is_wrong_still_says_how_long_ago_it_was(ours, case, hours):
    device = Device(ours.users["recovery_coach"], skew=hours * HOUR)
    device.add("attempt", case, channel="phone", result="no_answer", ago=90)
    assert device.sync()["answers"][0]["state"] == "kept"
    ago = now() - Attempt.objects.get().at
    assert timedelta(minutes=89) < ago < timedelta(minutes=91)


@pytest.mark.parametrize(
    ("made", "sent", "ago"),
    [(1000, 61_000, 60), (61_000, 1000, 0), (0, 10**15, 72 * 3600), ("x", 5, 0), (None, None, 0), (True, 5, 0),
     (float("nan"), 5, 0), (-(10**400), 5, 72 * 3600), (10**400, 5.5, 0)],
)  # fmt: skip
def test_a_time_is_never_ahead_and_never_older_than_three_days(made, sent, ago):
    moment = now()
    assert made_at(made, 0, sent, moment) == moment - timedelta(seconds=ago)


@pytest.mark.parametrize("wrong", [-48, -3, 3, 48])
@pytest.mark.parametrize("known", [True, False])
def test_a_clock_that_is_set_between_writing_and_sending_changes_no_time(wrong, known):
    """`off` is what the phone knew when it wrote: right where its clock was wrong all along, and the sending's is not."""
    moment, hour = now().replace(microsecond=0), 3_600_000
    written = int(moment.timestamp() * 1000) - 2 * hour
    if known:  # wrong since the morning, put right before sending
        made, off, sent = written + wrong * hour, -wrong * hour, int(moment.timestamp() * 1000)
    else:  # set wrong after the last word with the server, and still so
        made, off, sent = written + wrong * hour, 0, int(moment.timestamp() * 1000) + wrong * hour
    told = moment - made_at(made, off, sent, moment)
    assert told == timedelta(hours=2)


# --- what no phone of ours would send -------------------------------------------------------------------------------


def test_one_that_cannot_be_read_does_not_stop_the_others(ours, case, coach):
    for _ in range(20):
        coach.add("kits", None, kits=1, to="anonymous")
    bad = [
        {"id": str(new_id()), "seq": 3, "kind": "kits", "made": coach.clock, "data": {"kits": "\ud800" * 5000}},
        {"id": str(new_id()), "seq": 4, "kind": "no_such_kind", "data": {"note": "kept"}},
        {"id": str(new_id()), "seq": -1, "kind": ["attempt"], "data": [], "base": 7, "case": "x", "made": {}},
        {"id": str(new_id()), "seq": 2**80, "kind": "attempt", "case": str(case.id), "data": {"note": "x" * 100_000}},
        {"id": "not an id"}, None, 7, "change", [],
    ]  # fmt: skip
    said = coach.sync(bad + coach.unsent)
    states = [one["state"] for one in said["answers"]]
    assert states.count("kept") == 20
    assert states.count("parked") == 4
    assert Parked.objects.count() == 4


def test_an_error_in_our_own_code_parks_that_one_change(coach, case, monkeypatch):
    act, permissions, about = changes.ACTS["training"]
    monkeypatch.setitem(changes.ACTS, "training", (lambda sent: 1 / 0, permissions, about))
    coach.add("training", None, taught="group", steps=["call"], people=3)
    coach.add("attempt", case, channel="phone", result="no_answer")
    assert [one["state"] for one in coach.sync()["answers"]] == ["parked", "kept"]


def test_when_the_machine_is_at_fault_nothing_is_answered_and_nothing_is_kept(coach, case, monkeypatch):
    act, permissions, about = changes.ACTS["training"]

    def down(sent):
        raise KeyServiceDown("down")

    monkeypatch.setitem(changes.ACTS, "training", (down, permissions, about))
    coach.add("attempt", case, channel="phone", result="no_answer")
    coach.add("training", None, taught="group", steps=["call"], people=3)
    answer = coach.send()
    assert answer.status_code == 503
    assert answer.json()["sentence"]
    assert not Attempt.objects.exists()
    monkeypatch.setitem(changes.ACTS, "training", (act, permissions, about))
    assert [one["state"] for one in coach.sync()["answers"]] == ["kept", "kept"]


@pytest.mark.parametrize(
    ("raw", "packed", "status"),
    [(b"", False, 400), (b"[]", False, 400), (b"{", False, 400), (b"not gzip", True, 400), (b"[" * 200_000, False, 400),
     (b'{"v": 0}', False, 426), (b'{"v": 1, "changes": 7}', False, 400), (gzip.compress(b" " * 5_000_000), True, 413)],
)  # fmt: skip
def test_what_is_no_request_gets_one_plain_sentence(coach, raw, packed, status):
    headers = {"Authorization": coach.bearer} | ({"Content-Encoding": "gzip"} if packed else {})
    answer = coach.client.post("/field/sync/", data=raw, content_type="application/json", headers=headers)
    assert answer.status_code == status
    assert answer.json()["sentence"].count(".") >= 1


def test_a_phone_that_asks_too_often_is_told_to_wait(coach, monkeypatch):
    monkeypatch.setitem(api.LIMITS, "phone", "2/m/key")
    assert [coach.send().status_code for _ in range(3)] == [200, 200, 429]


def test_an_answer_is_packed_and_kept_nowhere(coach, case):
    answer = coach.client.post(
        "/field/sync/", data=b'{"v": 1}', content_type="application/json",
        headers={"Authorization": coach.bearer, "Accept-Encoding": "gzip"},
    )  # fmt: skip
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(json.loads(gzip.decompress(answer.content))["pack"]["visits"]) == 1


def test_a_check_before_a_visit_says_what_stands_now(ours, case, coach):
    assert coach.post("/field/check/", {"case": str(case.id)}).json()["ok"] is True
    set_contact_wishes(case.person_id, "no_contact", no_police=False, by=ours.actor("coordinator"))
    said = coach.post("/field/check/", {"case": str(case.id)}).json()
    assert said["ok"] is False
    assert said["sentence"]
