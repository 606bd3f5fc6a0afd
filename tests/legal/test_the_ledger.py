"""Requests from the first word to the end: what the ledger holds, who may do what, and what leaves the house."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from alongside.common.clock import now
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.consent import firewall
from alongside.consent.queries import accounting_of
from alongside.identity.models import Contact
from alongside.identity.queries import identities_of
from alongside.journal.models import Entry
from alongside.legal import actions, queries
from alongside.legal.models import Approval, LegalRequest, Statement
from alongside.legal.rules import NEEDED
from alongside.people.actions import keep_hold, lift_hold, merge_people, place_hold
from alongside.people.models import Hold
from alongside.people.queries import held, holds_for, person_coded
from tests.cast import CANARIES, canaries_in, person_of
from tests.legal.desk import Desk, order


@pytest.fixture
def desk(ours):
    return Desk(ours)


def column_names():
    return {field.name for field in LegalRequest._meta.get_fields() if field.concrete}


# --- receiving ----------------------------------------------------------------------------------------------------------


@pytest.mark.covers("R35")
def test_each_request_is_one_line_without_a_name_or_a_reason(desk, journal):
    request = desk.received("subpoena")
    assert (request.number, request.status, request.person_id) == (1, "received", None)
    assert desk.received("informal").number == 2
    assert journal()[-2:] == ["legal_request_received"] * 2
    texts = {"TextField", "SealedField", "BinaryField"}
    kinds = {field.get_internal_type() for field in LegalRequest._meta.get_fields() if field.concrete}
    assert not kinds & texts
    free = [f.name for f in LegalRequest._meta.get_fields() if f.concrete and f.get_internal_type() == "CharField"
            and not f.choices]  # fmt: skip
    assert free == [], "a field one could type a name into"


@pytest.mark.covers("R35")
def test_the_same_request_sent_twice_is_one_line(desk):
    arrival = actions.Arrival(draft=new_id(), received_on=now().date(), asker="police")
    by = desk.counsel.actor()
    assert actions.receive_request(arrival, by=by) == actions.receive_request(arrival, by=by)
    assert LegalRequest.objects.count() == 1


@pytest.mark.covers("R32")
def test_police_keep_no_ledger(desk, ours):
    for role in ("outreach_officer", "data_designee", "patrol_officer"):
        with pytest.raises(Refused, match="not kept by the police"):
            desk.received(by=ours.users[role])
    request = desk.received()
    with pytest.raises(Refused, match="not kept by the police"):
        actions.acknowledge(request, by=ours.actor("outreach_officer"))


def test_what_is_not_on_the_lists_is_not_entered(desk):
    with pytest.raises(Refused, match="lists"):
        desk.received(asker="a friend")
    with pytest.raises(Refused, match="lists"):
        desk.received(kind="a phone call")


@pytest.mark.covers("R35")
def test_the_ledger_shows_where_it_differs_from_the_journal(desk):
    by = desk.counsel.actor()
    one, two = desk.with_counsel(), desk.received()
    assert queries.ledger_faults(by) == []
    LegalRequest.objects.filter(id=one.id).update(status="declined")
    assert queries.ledger_faults(by) == [str(one.number)]
    LegalRequest.objects.filter(id=one.id).update(status="with_counsel")
    gone = str(two.id)
    LegalRequest.objects.filter(id=two.id).delete()
    assert queries.ledger_faults(by) == [gone]


@pytest.mark.covers("R32")
def test_the_database_itself_refuses_a_person_without_a_verified_order(desk):
    request = desk.with_counsel()
    for wrong in ({"person": desk.case.person}, {"released_on": now().date()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LegalRequest.objects.filter(id=request.id).update(**wrong)


# --- ways that release nothing -----------------------------------------------------------------------------------------


@pytest.mark.covers("R32")
@pytest.mark.parametrize("kind", ["informal", "subpoena", "warrant", "public_records", "civil", "immigration"])
def test_a_paper_without_an_order_ends_without_a_word(desk, kind, journal):
    request = desk.with_counsel(kind)
    by = desk.counsel.actor()
    for step in (
        lambda: actions.approve_release(request, by=desk.reviewer.actor()),
        lambda: actions.build_pack(request, by=by),
        lambda: actions.record_notice(request, "given", by=by),
        lambda: actions.release(request, by=by),
    ):
        with pytest.raises(Refused):
            step()
    request.refresh_from_db()
    actions.decline(request, "2.61", by=by)
    actions.step_aside(request, "closed", by=by)
    request.refresh_from_db()
    assert (request.status, request.person_id, request.released_on) == ("closed", None, None)
    assert "opened" not in journal()
    assert "release_built" not in journal()


def test_a_decline_cites_the_law(desk):
    request = desk.with_counsel()
    with pytest.raises(Refused, match="Cite the law"):
        actions.decline(request, "because", by=desk.counsel.actor())


def test_who_comes_back_after_a_decline_finds_counsel_again(desk):
    request, by = desk.with_counsel("subpoena"), desk.counsel.actor()
    actions.decline(request, "2.61", by=by)
    actions.give_to_counsel(request, desk.counsel, by=by)
    actions.step_aside(request, "narrowed", by=by)
    actions.step_aside(request, "motion_filed", by=by)
    actions.step_aside(request, "closed", by=by)
    assert request.was_narrowed
    with pytest.raises(Refused, match="offered steps"):
        actions.step_aside(request, "released", by=by)


def test_only_counsel_of_the_program_takes_a_request(desk, cast):
    request, by = desk.received(), desk.counsel.actor()
    actions.acknowledge(request, by=by)
    actions.classify(request, "civil", by=by)
    for user in (cast.other.users["counsel"], desk.reviewer):
        with pytest.raises(Refused, match="Choose the counsel"):
            actions.give_to_counsel(request, user, by=by)


# --- the one way out ------------------------------------------------------------------------------------------------------


@pytest.mark.covers("R32")
def test_an_order_is_verified_by_its_counsel_alone_and_links_the_person(desk, ours, cast):
    request = desk.with_counsel()
    person = desk.case.person
    for user in (desk.reviewer, desk.coordinator, ours.user("counsel")):
        with pytest.raises(Refused, match="Only the counsel"):
            actions.verify_order(request, order(), person, by=user.actor())
    with pytest.raises(Refused, match="lacks a finding"):
        actions.verify_order(request, order(findings=NEEDED["2.64"] - {"other_ways"}), person, by=desk.counsel.actor())
    with pytest.raises(Refused, match="no such person"):
        actions.verify_order(request, order(), person_of(cast.other), by=desk.counsel.actor())
    request.refresh_from_db()
    assert (request.status, request.person_id) == ("with_counsel", None)
    actions.verify_order(request, order(), person, by=desk.counsel.actor())
    assert (request.status, request.person_id) == ("order_verified", person.id)


@pytest.mark.covers("R32")
def test_two_approve_and_none_of_them_is_police_or_entered_it_or_its_counsel(desk, ours, journal):
    request = desk.verified()
    with pytest.raises(Refused):  # counsel entered it, too
        actions.approve_release(request, by=desk.counsel.actor())
    for role in ("outreach_officer", "recovery_coach", "administrator"):
        with pytest.raises(Refused, match="nothing to approve"):
            actions.approve_release(request, by=ours.actor(role))
    actions.approve_release(request, by=desk.reviewer.actor())
    with pytest.raises(Refused, match="already"):
        actions.approve_release(request, by=desk.reviewer.actor())
    with pytest.raises(Refused, match="cannot go there"):
        actions.build_pack(request, by=desk.counsel.actor())
    request.refresh_from_db()
    assert request.status == "order_verified"
    actions.approve_release(request, by=desk.coordinator.actor())
    request.refresh_from_db()
    assert request.status == "approved"
    assert journal().count("release_approved") == 2


@pytest.mark.covers("R32")
def test_who_entered_it_does_not_approve_it(desk):
    request = desk.received(by=desk.reviewer)
    by = desk.counsel.actor()
    actions.acknowledge(request, by=by)
    actions.classify(request, "court_order", by=by)
    actions.give_to_counsel(request, desk.counsel, by=by)
    actions.verify_order(request, order(), desk.case.person, by=by)
    with pytest.raises(Refused, match="Who entered the request"):
        actions.approve_release(request, by=desk.reviewer.actor())


def test_an_order_verified_anew_wants_two_approvals_anew(desk):
    request = desk.approved()
    by = desk.counsel.actor()
    actions.step_aside(request, "motion_filed", by=by)
    actions.verify_order(request, order("needs"), desk.case.person, by=by)
    assert request.standing().approvals == 0
    with pytest.raises(Refused, match="cannot go there"):
        actions.build_pack(request, by=by)
    assert Approval.objects.count() == 2


@pytest.mark.covers("R33")
@pytest.mark.parametrize(
    ("named", "holds"),
    [
        (("phone",), {"identity.Contact.phone"}),
        (("needs", "visit_days"), {"referrals.Need.words"}),
        (("full_name", "birth_date"),
         {"identity.Identity.given_name", "identity.Identity.family_name", "identity.Identity.birth_date"}),
        (("notes", "meeting_place", "ask_for"),
         {"visits.Attempt.note", "identity.Contact.meeting_place", "identity.Contact.ask_for"}),
        (("visit_days",), set()),
    ],
)  # fmt: skip
def test_the_pack_holds_what_the_order_names_and_nothing_else(desk, named, holds):
    _, lines = desk.built(*named)
    assert canaries_in([line.words for line in lines]) == holds
    assert lines


@pytest.mark.covers("R33")
def test_the_pack_holds_the_period_of_the_order_and_nothing_else(desk):
    day = now().date()
    past = {"first_on": day - timedelta(days=90), "last_on": day - timedelta(days=30)}
    _, lines = desk.built("notes", "needs", "phone", "visit_days", **past)
    assert lines == []


@pytest.mark.covers("R33")
def test_the_pack_goes_under_a_name_that_is_not_the_persons_and_is_kept_nowhere(desk, journal):
    request, lines = desk.built("notes", "full_name")
    assert request.pack_name == f"Jordan Doe {request.number}"
    assert journal()[-1] == "release_built"
    assert canaries_in([line.words for line in lines])
    with connection.cursor() as cursor:
        for table in ("legal_legalrequest", "legal_approval", "journal_entry"):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # our own tables
            assert canaries_in(cursor.fetchall()) == set()
    with pytest.raises(Refused):
        actions.build_pack(request, by=desk.counsel.actor())


@pytest.mark.covers("R33")
def test_the_pack_is_built_by_its_counsel_alone(desk, ours):
    request = desk.approved()
    for user in (desk.reviewer, desk.coordinator, ours.user("counsel")):
        with pytest.raises(Refused, match="Only the counsel"):
            actions.build_pack(request, by=user.actor())


@pytest.mark.covers("R33")
def test_counsel_opens_nothing_without_a_pack_and_nobody_elses(desk, ours):
    by, person = desk.counsel.actor(), desk.case.person
    identity = identities_of(by, [person.id])[person.id]
    assert all(isinstance(value, Refused) for value in firewall.open(by, "legal_release", identity.given_name))
    desk.built("phone")
    other = person_of(ours, canaries=True)
    sealed = Contact.objects.get(person=other).phone
    assert isinstance(firewall.open(by, "legal_release", sealed)[0], Refused)
    assert isinstance(firewall.open(by, "coordination", Contact.objects.get(person=person).phone)[0], Refused)
    later = now() + timedelta(minutes=6)
    assert isinstance(firewall.open(by, "legal_release", Contact.objects.get(person=person).phone, now=later)[0], Refused)


@pytest.mark.covers("R33")
def test_release_waits_for_notice_or_the_bar_of_the_order(desk):
    request, _ = desk.built("phone")
    by = desk.counsel.actor()
    with pytest.raises(Refused):
        actions.release(request, by=by)
    request.refresh_from_db()
    with pytest.raises(Refused, match="paragraph"):
        actions.record_notice(request, "barred", by=by)
    request.refresh_from_db()
    actions.record_notice(request, "barred", bar_paragraph=7, by=by)
    actions.release(request, by=by)
    request.refresh_from_db()
    assert (request.status, request.bar_paragraph) == ("released", 7)
    assert request.released_on is not None
    actions.step_aside(request, "closed", by=by)


@pytest.mark.covers("R45", "R33")
@pytest.mark.parametrize(("notice", "paragraph", "told"), [("given", 0, 1), ("barred", 7, 0)])
def test_the_person_reads_of_a_release_unless_the_order_forbids_it(desk, ours, notice, paragraph, told):
    request, _ = desk.built("phone")
    by = desk.counsel.actor()
    actions.record_notice(request, notice, bar_paragraph=paragraph, by=by)
    actions.release(request, by=by)
    lines = accounting_of(ours.actor("coordinator"), [desk.case.person_id], now())
    assert [(line.basis, line.to) for line in lines if line.basis == "order"] == [("order", "a court")] * told


@pytest.mark.covers("R33")
def test_a_pack_that_did_not_reach_paper_starts_over(desk):
    request, _ = desk.built("phone")
    actions.verify_order(request, order("phone"), desk.case.person, by=desk.counsel.actor())
    assert (request.status, request.built_at, request.standing().approvals) == ("order_verified", None, 0)


def test_what_was_sealed_before_a_merge_is_in_the_pack_too(desk, ours):
    older = person_of(ours)
    merge_people(desk.case.person, older, by=ours.actor("coordinator"))
    request = desk.with_counsel()
    by = desk.counsel.actor()
    actions.verify_order(request, order("full_name", "notes"), person_coded(by, desk.case.person.code), by=by)
    assert request.person_id == older.id
    for user in (desk.reviewer, desk.coordinator):
        actions.approve_release(request, by=user.actor())
    lines = actions.build_pack(request, by=by)
    assert CANARIES["visits.Attempt.note"] in [line.words for line in lines]
    assert CANARIES["identity.Identity.given_name"] in [line.words for line in lines]


# --- months and quarters ----------------------------------------------------------------------------------------------------


@pytest.mark.covers("R35")
def test_a_month_without_two_signatures_is_missing(desk, ours, journal):
    today = now().date()
    last = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    desk.received(on=last)
    by = desk.counsel.actor()
    assert [(row.month, row.received, row.is_missing) for row in queries.months_for(by, today)] == [(last, 1, True)]
    assert queries.missing_months(ours.program, today) == [last]
    actions.sign_month(last, by=by)
    assert queries.missing_months(ours.program, today) == [last]
    with pytest.raises(Refused, match="already"):
        actions.sign_month(last, by=by)
    with pytest.raises(Refused, match="enforcing"):
        actions.sign_month(last, by=ours.actor("outreach_officer"))
    actions.sign_month(last, by=desk.reviewer.actor())
    assert queries.missing_months(ours.program, today) == []
    with pytest.raises(Refused, match="already"):
        actions.sign_month(last, by=desk.coordinator.actor())
    assert journal()[-2:] == ["statement_signed"] * 2
    desk.received(on=last)
    assert queries.months_for(by, today)[0].differs


@pytest.mark.covers("R35")
def test_a_month_without_any_request_wants_its_statement_too(desk, ours):
    later = now().date() + timedelta(days=70)
    missing = queries.missing_months(ours.program, later)
    assert now().date().replace(day=1) in missing
    assert len(missing) >= 2


def test_a_month_is_signed_by_two_different_people_says_the_database(desk):
    day, who = date(2026, 1, 1), desk.counsel
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.create(
            program=desk.who.program, month=day, received=0, first_signer=who, first_signed_at=now(), second_signer=who,
            second_signed_at=now(),
        )  # fmt: skip


@pytest.mark.covers("R35")
def test_the_quarters_count_and_name_nobody(desk, ours, cast):
    request, _ = desk.built("phone")
    by = desk.counsel.actor()
    actions.record_notice(request, "given", by=by)
    actions.release(request, by=by)
    declined = desk.with_counsel("subpoena")
    actions.decline(declined, "2.61", by=by)
    desk.received("subpoena", on=now().date() - timedelta(days=4000))
    counts = {row.kind: row for row in queries.quarterly_counts(ours.program, now().date())}
    assert {kind: (row.received, row.complied, row.declined, row.people) for kind, row in counts.items()} == {
        "A court order": (1, 1, 0, "1–10"), "A subpoena or summons": (1, 0, 1, "1–10"),
    }  # fmt: skip
    assert queries.quarterly_counts(cast.other.program, now().date()) == []


def test_another_program_sees_nothing(desk, cast):
    request = desk.received()
    stranger = cast.other.actor("counsel")
    assert queries.requests_for(stranger) == []
    assert queries.request_for(stranger, request.id) is None
    assert queries.next_steps(stranger, request) == {}
    with pytest.raises(Refused):
        actions.acknowledge(request, by=stranger)


def test_every_step_stands_in_the_chained_journal(desk):
    request, _ = desk.built("phone")
    told = list(Entry.objects.filter(target=str(request.id)).order_by("seq").values_list("verb", "detail__to"))
    steps = [to for verb, to in told if verb == "legal_request_moved"]
    assert steps == ["acknowledged", "classified", "with_counsel", "order_verified", "approved", "pack_built"]


# --- holds -------------------------------------------------------------------------------------------------------------------


@pytest.mark.covers("R49")
def test_a_hold_stands_when_counsel_and_reviewer_have_signed_and_freezes_the_named_person_alone(desk, ours, journal):
    person, other = desk.case.person, person_of(ours)
    place_hold(person, by=desk.counsel.actor())
    assert held([person.id, other.id]) == set()
    place_hold(person, by=desk.counsel.actor())
    assert held([person.id]) == set()
    hold = place_hold(person, by=desk.reviewer.actor())
    assert held([person.id, other.id]) == {person.id}
    assert hold.review_on == hold.placed_at.date() + timedelta(days=90) or abs(
        (hold.review_on - hold.placed_at.date()).days - 90) <= 1  # fmt: skip
    assert journal()[-1] == "hold_placed"
    assert [row.id for row in holds_for(desk.counsel.actor())] == [hold.id]
    lift_hold(hold, by=desk.reviewer.actor())
    lift_hold(hold, by=desk.reviewer.actor())
    assert held([person.id]) == set()
    assert journal().count("hold_lifted") == 1


@pytest.mark.covers("R49")
def test_nobody_else_signs_a_hold(desk, ours):
    for role in ("coordinator", "outreach_officer", "administrator", "recovery_coach"):
        with pytest.raises(Refused, match="signed by counsel"):
            place_hold(desk.case.person, by=ours.actor(role))


@pytest.mark.covers("R49")
def test_a_hold_comes_up_for_review_and_holds_for_every_record_of_the_person(desk, ours):
    older = person_of(ours)
    for user in (desk.counsel, desk.reviewer):
        hold = place_hold(desk.case.person, by=user.actor())
    merge_people(desk.case.person, older, by=ours.actor("coordinator"))
    assert held([desk.case.person_id, older.id]) == {desk.case.person_id, older.id}
    Hold.objects.filter(id=hold.id).update(review_on=now().date() - timedelta(days=1))
    hold.refresh_from_db()
    keep_hold(hold, by=desk.counsel.actor())
    assert hold.review_on > now().date() + timedelta(days=80)
    lift_hold(hold, by=desk.counsel.actor())
    with pytest.raises(Refused, match="does not stand"):
        keep_hold(hold, by=desk.counsel.actor())
