"""A pact: proposed by one program, allowed by the other, ended by either at once; who may, and what stands where."""

import pytest

from alongside.accounts.roles import ROLES, may
from alongside.common.decision import Refused
from alongside.common.ids import new_id
from alongside.elsewhere.actions import allow_pact, end_pact, propose_pact
from alongside.elsewhere.models import Pact, PactToken
from alongside.identity.elsewhere import pact_key, whole_tokens
from alongside.identity.forgetting import listed, missing_here
from alongside.journal.models import Entry
from tests.elsewhere.two import ANNA, DESK, agreed, ask, copy_of, lay, proposed, somebody, terms


@pytest.fixture(autouse=True)
def forgotten_list(settings, tmp_path):
    settings.FORGOTTEN_LIST = tmp_path / "keys" / "forgotten.log"
    settings.FORGOTTEN_LIST.parent.mkdir()


OTHERS = [role for role in ROLES if not may(role, "allow_elsewhere")]


def verbs(who, *wanted):
    return list(
        Entry.objects.filter(program=str(who.program.id), verb__in=wanted)
        .order_by("seq")
        .values_list("verb", flat=True)
    )


def test_both_hold_a_copy_and_neither_stands_before_both_allow(cast):
    ours = proposed(cast)
    theirs = copy_of(cast.other)
    assert (ours.pair, ours.other_name, theirs.other_name) == (theirs.pair, "Valley Outreach", "Harbor Outreach")
    assert not ours.stands
    assert not theirs.stands
    assert ours.secret is None is theirs.secret
    allow_pact(theirs, terms(cast.other), by=cast.other.actor("privacy_reviewer"))
    ours, theirs = copy_of(cast.ours), copy_of(cast.other)
    assert ours.stands
    assert theirs.stands
    assert bytes(ours.secret) == bytes(theirs.secret) != b""
    assert (ours.other_desk, theirs.other_desk) == (DESK, "Harbor Health")


@pytest.mark.parametrize("role", OTHERS)
def test_only_the_privacy_reviewer_allows_and_ends(cast, role):
    by = cast.other.actor(role)
    ours = proposed(cast)
    with pytest.raises(Refused):
        propose_pact(cast.ours.program.id, terms(cast.other), by=by)
    with pytest.raises(Refused):
        allow_pact(copy_of(cast.other), terms(cast.other), by=by)
    with pytest.raises(Refused):
        end_pact(copy_of(cast.other), by=by)
    ours.refresh_from_db()
    assert not ours.stands
    assert ours.ended_at is None


def test_who_proposed_cannot_allow_for_the_other(cast):
    ours = proposed(cast)
    reviewer = cast.ours.actor("privacy_reviewer")
    with pytest.raises(Refused, match="already"):
        allow_pact(ours, terms(cast.ours), by=reviewer)
    with pytest.raises(Refused, match="ended"):
        allow_pact(copy_of(cast.other), terms(cast.ours), by=reviewer)
    assert not copy_of(cast.other).stands


@pytest.mark.parametrize("side", ["ours", "other"])
def test_either_ends_it_at_once_and_the_tokens_are_gone_on_both_sides(cast, side):
    somebody(cast.ours)
    somebody(cast.other)
    ours = agreed(cast)
    secret = bytes(ours.secret)
    lay(cast.ours, cast.other)
    assert PactToken.objects.count() == 4
    assert ask(cast.ours) == [DESK]
    who = getattr(cast, side)
    end_pact(copy_of(who), by=who.actor("privacy_reviewer"))
    assert ask(cast.ours) == ask(cast.other) == []
    assert not PactToken.objects.exists()
    assert not Pact.objects.exclude(secret=None).exists()
    assert not Pact.objects.filter(ended_at=None).exists()
    for one in (cast.ours, cast.other):
        assert verbs(one, "elsewhere_proposed", "elsewhere_allowed", "elsewhere_ended") == [
            "elsewhere_proposed", "elsewhere_allowed", "elsewhere_ended"]  # fmt: skip
    lay(cast.ours, cast.other)
    assert not PactToken.objects.exists()
    assert whole_tokens(ANNA, pact_key(ours.pair, secret)) != whole_tokens(ANNA, pact_key(ours.pair, b""))


def test_a_backup_from_before_the_end_does_not_bring_a_pact_back(cast, django_capture_on_commit_callbacks):
    """What came back stands in the list beside the keys; until the worker has ended it once more, nobody is answered."""
    somebody(cast.other)
    agreed(cast)
    lay(cast.other)
    rows, tokens = list(Pact.objects.all()), list(PactToken.objects.all())
    with django_capture_on_commit_callbacks(execute=True):
        end_pact(copy_of(cast.ours), by=cast.ours.actor("privacy_reviewer"))
    assert {("forgotten", str(row.id)) for row in rows} <= listed()
    assert missing_here() == set()
    for row in (*rows, *tokens):
        row.save()
    assert copy_of(cast.ours).stands
    assert ask(cast.ours) == []
    lay(cast.ours, cast.other)
    assert not copy_of(cast.ours).stands
    assert not copy_of(cast.other).stands
    assert not PactToken.objects.exists()


def test_whoever_cannot_write_the_list_can_still_end(cast, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.FORGOTTEN_LIST = tmp_path / "nowhere" / "forgotten.log"
    agreed(cast)
    with django_capture_on_commit_callbacks(execute=False):
        end_pact(copy_of(cast.ours), by=cast.ours.actor("privacy_reviewer"))
    assert copy_of(cast.other).ended_at is not None


def test_no_is_an_answer_to_a_proposal(cast):
    proposed(cast)
    end_pact(copy_of(cast.other), by=cast.other.actor("privacy_reviewer"))
    assert copy_of(cast.ours).ended_at is not None
    with pytest.raises(Refused, match="ended"):
        allow_pact(copy_of(cast.other), terms(cast.other), by=cast.other.actor("privacy_reviewer"))


def test_a_new_pact_has_other_tokens(cast):
    somebody(cast.other)
    agreed(cast)
    lay(cast.other)
    before = set(PactToken.objects.values_list("token", flat=True))
    end_pact(copy_of(cast.ours), by=cast.ours.actor("privacy_reviewer"))
    agreed(cast)
    lay(cast.other)
    after = set(PactToken.objects.values_list("token", flat=True))
    assert len(before) == len(after) == 2
    assert before.isdisjoint(after)


def test_one_pact_with_a_program_at_a_time_and_none_with_oneself(cast):
    proposed(cast)
    for other in (cast.other.program.id, cast.ours.program.id, new_id()):
        with pytest.raises(Refused):
            propose_pact(other, terms(cast.ours), by=cast.ours.actor("privacy_reviewer"))
    with pytest.raises(Refused):
        propose_pact(cast.ours.program.id, terms(cast.other), by=cast.other.actor("privacy_reviewer"))


def test_the_police_are_no_desk_and_others_agencies_are_not_ours(cast):
    by = cast.ours.actor("privacy_reviewer")
    for agency in (cast.ours.agencies["police"], cast.other.agencies["health"]):
        with pytest.raises(Refused):
            propose_pact(cast.other.program.id, type(terms(cast.ours))(agency, "no"), by=by)
    with pytest.raises(Refused):
        propose_pact(cast.other.program.id, terms(cast.ours, stands_for=cast.ours.agencies["police"]), by=by)
    with pytest.raises(Refused):
        propose_pact(cast.other.program.id, terms(cast.ours, part2="maybe"), by=by)
    assert not Pact.objects.exists()
