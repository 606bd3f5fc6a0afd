"""A referral as FHIR and back: every status, every need, with a name and without one; and what is no answer."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.common.decision import Refused
from alongside.consent.packet import notice
from alongside.exchange.checking import check, dangling
from alongside.exchange.fhir import CATEGORIES, ORDER_STATUS, Agreed, Place, Sent, bundle_of, code_in, sent_of
from alongside.exchange.reading import MOST_BYTES, FileAnswer, read_answer
from alongside.referrals.rules import BARRIERS, HELPED, PARTNER_MAY, STATUSES
from alongside.services.needs import NEED_KINDS

MADE = datetime(2026, 1, 15, 17, 0, tzinfo=UTC)
REFERRAL = UUID("0190a8c2-1111-7000-8000-000000000001")
TEAM = Place(UUID("0190a8c2-2222-7000-8000-000000000002"), "Harbor Outreach")
SHELTER = Place(UUID("0190a8c2-3333-7000-8000-000000000003"), "Eastpoint Shelter")
AGREED = Agreed(
    UUID("0190a8c2-4444-7000-8000-000000000004"), MADE, MADE + timedelta(days=90),
    (("who", "amber-heron 42"), ("to", "Eastpoint Shelter")),
)  # fmt: skip
SENT = Sent(REFERRAL, "requested", "shelter_tonight", MADE, MADE, TEAM, "amber-heron 42", SHELTER)
NAMED = replace(SENT, name="Zyxname", phone="555-010-0000", words="a bed", notice=notice(), agreed=AGREED)


def task_of(bundle):
    return next(entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Task")


def one(bundle, kind):
    return next((entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind), None)


def text(bundle):
    return json.dumps(bundle, ensure_ascii=False)


# --- out and back -----------------------------------------------------------------------------------------------------

seconds = st.datetimes(
    min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(UTC)  # noqa: DTZ001  # hypothesis wants them naive
).map(lambda moment: moment.replace(microsecond=0))  # fmt: skip
said = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(str.strip)


@st.composite
def referrals(draw):
    named = draw(st.booleans())
    agreed = Agreed(
        draw(st.uuids()), draw(seconds), draw(seconds), tuple(draw(st.lists(st.tuples(st.just("what"), said), max_size=3)))
    )  # fmt: skip
    return Sent(
        id=draw(st.uuids()), status=draw(st.sampled_from(sorted(STATUSES))), need=draw(st.sampled_from(sorted(NEED_KINDS))),
        made_at=draw(seconds), changed_at=draw(seconds), team=TEAM, code="amber-heron 42",
        partner=draw(st.sampled_from([None, SHELTER])), barrier=draw(st.sampled_from(["", *BARRIERS])),
        helped=draw(st.sampled_from(["", *HELPED])), name=draw(said) if named else "", phone=draw(said) if named else "",
        words=draw(said) if named else "", notice=notice() if named else (), agreed=agreed if named else None,
    )  # fmt: skip


@given(referrals())
def test_a_referral_comes_back_as_it_went(sent):
    bundle = bundle_of(sent)
    assert sent_of(json.loads(json.dumps(bundle))) == sent
    assert bundle_of(sent_of(bundle)) == bundle


@given(referrals())
def test_what_leaves_is_fhir_and_refers_only_to_itself(sent):
    bundle = bundle_of(sent)
    assert check(bundle) == bundle
    assert dangling(bundle) == []


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("named", [False, True])
def test_each_status_stands_in_the_task_as_we_call_it(status, named):
    bundle = bundle_of(replace(NAMED if named else SENT, status=status))
    assert task_of(bundle)["status"] == status
    assert one(bundle, "ServiceRequest")["status"] == ORDER_STATUS[status]
    assert (one(bundle, "Procedure") is not None) is (status == "completed")


@pytest.mark.parametrize("need", NEED_KINDS)
def test_each_need_stands_in_its_category_of_the_guide(need):
    order = one(bundle_of(replace(SENT, need=need)), "ServiceRequest")
    assert code_in(order["category"][0], CATEGORIES) == NEED_KINDS[need].category


def test_the_reason_and_the_help_stand_where_the_guide_has_them():
    bundle = bundle_of(replace(SENT, status="rejected", barrier="no_room"))
    assert task_of(bundle)["statusReason"]["text"] == BARRIERS["no_room"]
    bundle = bundle_of(replace(SENT, status="completed", helped="partly"))
    assert one(bundle, "Procedure")["outcome"]["text"] == HELPED["partly"]
    assert task_of(bundle)["output"][0]["valueReference"]["reference"].endswith(one(bundle, "Procedure")["id"])


# --- the wall ---------------------------------------------------------------------------------------------------------


def test_without_a_name_the_patient_is_a_code():
    bundle = bundle_of(SENT)
    assert set(one(bundle, "Patient")) == {"resourceType", "id", "identifier"}
    assert one(bundle, "Consent") is None
    assert "note" not in task_of(bundle)


@pytest.mark.parametrize("part", ["name", "phone", "words"])
@pytest.mark.parametrize("lacking", [{"agreed": None}, {"notice": ()}])
def test_no_word_leaves_without_agreement_and_notice(part, lacking):
    with pytest.raises(Refused):
        bundle_of(replace(SENT, **{"notice": notice(), "agreed": AGREED, part: "Zyxname"} | lacking))


def test_with_a_name_the_notice_and_the_agreement_go_along():
    bundle = bundle_of(NAMED)
    assert [line["text"] for line in task_of(bundle)["note"]] == list(notice())
    consent = one(bundle, "Consent")
    assert [line["text"] for line in consent["provision"]["code"]] == [words for _, words in AGREED.copy]
    assert consent["provision"]["period"]["end"] == "2026-04-15T17:00:00Z"


def test_two_partners_cannot_tell_from_the_ids_that_they_help_the_same_person():
    other = bundle_of(replace(SENT, id=UUID(int=7)))
    assert one(other, "Patient")["id"] != one(bundle_of(SENT), "Patient")["id"]


# --- answers ----------------------------------------------------------------------------------------------------------


def answer(status="accepted", **more):
    return {
        "resourceType": "Task", "status": status, "intent": "order",
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{REFERRAL}"}],
    } | more  # fmt: skip


def read(whole):
    return read_answer(json.dumps(whole).encode())


@pytest.mark.parametrize("status", sorted(PARTNER_MAY))
def test_each_answer_of_a_partner_is_read(status):
    assert read(answer(status)) == FileAnswer(REFERRAL, status)


def test_our_own_bundle_with_another_status_is_an_answer():
    for sent in (SENT, NAMED):
        bundle = bundle_of(replace(sent, status="rejected", barrier="papers"))
        assert read(bundle) == FileAnswer(REFERRAL, "rejected", "papers")


@pytest.mark.parametrize(
    ("reason", "barrier"),
    [
        (None, ""),
        ({"text": "no bed or no slot"}, "no_room"),
        ({"text": "  No Bed Or No Slot "}, "no_room"),
        ({"text": "Zyxname was here last week"}, "other"),
        ({"coding": [{"system": "urn:x-alongside:barrier", "code": "insurance"}]}, "insurance"),
        ({"coding": [{"system": "urn:x-alongside:barrier", "code": "lazy"}]}, "other"),
    ],
)
def test_a_reason_becomes_a_code_of_the_list_and_its_text_is_not_kept(reason, barrier):
    more = {} if reason is None else {"statusReason": reason}
    assert read(answer("rejected", **more)) == FileAnswer(REFERRAL, "rejected", barrier)
    assert read(answer("accepted", **more)).barrier == ""


BAD = {
    "empty": (b"", "not JSON"),
    "no json": (b"{", "not JSON"),
    "no text": (b"\xff\xfe\x00", "not JSON"),
    "deep": (b"[" * 200_000, "not JSON"),
    "huge": (b" " * (MOST_BYTES + 1), "larger"),
    "huge number": (b"9" * 10_000, "not JSON"),
    "a list": (b"[]", "no FHIR resource"),
    "a word": (b'"Task"', "no FHIR resource"),
    "no type": (b"{}", "no answer"),
    "a patient": (b'{"resourceType": "Patient"}', "no answer"),
    "a strange type": (b'{"resourceType": ["Task"]}', "no answer"),
    "an empty bundle": (b'{"resourceType": "Bundle", "type": "collection"}', "exactly one Task"),
    "a bundle of nothing": (b'{"resourceType": "Bundle", "entry": 5}', "no list of entries"),
    "null entries": (b'{"resourceType": "Bundle", "entry": null}', "no list of entries"),
    "odd entries": (b'{"resourceType": "Bundle", "entry": [null, 5, {"resource": 5}]}', "exactly one Task"),
    "only a type": (b'{"resourceType": "Task"}', "does not follow FHIR"),
    "an unknown status": (json.dumps(answer("bogus")).encode(), "not one of the codes"),
    "a list for a status": (json.dumps(answer(["accepted"])).encode(), "does not follow FHIR"),
    "an unknown intent": (json.dumps(answer(intent="wish")).encode(), "not one of the codes"),
    "an extra field": (json.dumps(answer(criminalRecord="x")).encode(), "does not follow FHIR"),
    "only arrived": (json.dumps(answer("received")).encode(), "only that it arrived"),
    "ready": (json.dumps(answer("ready")).encode(), "only that it arrived"),
    "called off": (json.dumps(answer("cancelled")).encode(), "Only the team"),
    "a mistake": (json.dumps(answer("entered-in-error")).encode(), "Only the team"),
    "a draft": (json.dumps(answer("draft")).encode(), "Only the team"),
    "no identifier": (json.dumps(answer(identifier=[])).encode(), "identifier"),
    "a foreign identifier": (
        json.dumps(answer(identifier=[{"system": "http://example.org", "value": "5"}])).encode(), "identifier",
    ),
    "no uuid": (json.dumps(answer(identifier=[{"system": "urn:ietf:rfc:3986", "value": "urn:oid:1"}])).encode(), "identifier"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_sentence(name):
    raw, words = BAD[name]
    with pytest.raises(Refused, match=words) as refused:
        read_answer(raw)
    assert refused.value.reason.count("\n") == 0
    assert len(refused.value.reason) < 130


def test_two_tasks_are_two_answers():
    bundle = bundle_of(SENT)
    bundle["entry"] *= 2
    with pytest.raises(Refused, match="exactly one Task"):
        read(bundle)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["resourceType", "status", "identifier", "entry", "resource", "statusReason", "coding", "text", "system", "value"]
    ) | st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(
    st.dictionaries(st.sampled_from(["status", "identifier", "statusReason", "entry", "intent", "note"]), json_values)
)
def test_whatever_comes_is_an_answer_or_one_sentence(parts):
    for whole in (answer() | parts, {"resourceType": "Bundle", "type": "collection"} | parts):
        try:
            said = read(whole).status
        except Refused as refused:
            said = refused.reason
        assert said in PARTNER_MAY or said.endswith(".")


@given(st.binary(max_size=64))
def test_bytes_are_never_an_error(raw):
    with pytest.raises(Refused):
        read_answer(raw)
