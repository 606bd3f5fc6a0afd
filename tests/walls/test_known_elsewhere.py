"""Two programs behind the wall of PostgreSQL: the question goes over, and nothing else does."""

import pytest
from django.db import connection

from alongside.common import walls
from alongside.consent.models import Restriction
from alongside.elsewhere.actions import allow_pact, end_pact, propose_pact
from alongside.elsewhere.models import Pact, PactToken, Question
from alongside.elsewhere.queries import other_programs_for, pacts_for, questions_for
from alongside.identity.models import DataKey, Identity, MatchToken
from alongside.journal.models import Entry
from alongside.people.models import Person
from tests.elsewhere.two import DESK, ask, lay, somebody, terms
from tests.walls.conftest import acting_as

pytestmark = [pytest.mark.postgres, pytest.mark.covers("R24")]
CLOSED = (Person, Identity, MatchToken, DataKey, Restriction, PactToken, Question, Pact, Entry)


@pytest.fixture
def app(laid, cast):
    with connection.cursor() as cursor:  # what the making of the cast left set
        cursor.execute("SELECT set_config('alongside.program', '', true)")
    with acting_as(walls.APP):
        yield cast


def here():
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('alongside.program', true), '')")
        return cursor.fetchone()[0]


def rows():
    return {model: set(model.objects.values_list("pk", flat=True)) for model in CLOSED}


def agreed(cast):
    with walls.acting(cast.ours.program.id):
        propose_pact(cast.other.program.id, terms(cast.ours), by=cast.ours.actor("privacy_reviewer"))
        assert here() == str(cast.ours.program.id)
    with walls.acting(cast.other.program.id):
        (theirs,) = pacts_for(cast.other.actor("privacy_reviewer"))
        allow_pact(theirs, terms(cast.other), by=cast.other.actor("privacy_reviewer"))


def test_a_pact_an_answer_and_its_end_as_the_role_that_serves_pages(app):
    ours, other = app.ours, app.other
    agreed(app)
    with walls.acting(other.program.id):
        person = somebody(other)
        lay(other)
        assert PactToken.objects.count() == 2
    with walls.acting(ours.program.id):
        before = rows()
        assert ask(ours) == [DESK]
        assert here() == str(ours.program.id)
        after = rows()
        # Our side holds one line of its own journal more; nothing of theirs came over.
        assert {model: len(after[model] - before[model]) for model in CLOSED} == dict.fromkeys(CLOSED, 0) | {Entry: 1}
        assert set(Entry.objects.values_list("program", flat=True)) == {str(ours.program.id)}
        assert not Person.objects.exists()
        assert not PactToken.objects.exists()
        assert questions_for(ours.actor("coordinator")) == []
        assert [pact.program_id for pact in Pact.objects.all()] == [ours.program.id]
    with walls.acting(other.program.id):
        (question,) = questions_for(other.actor("coordinator"))
        assert question.person_id == person.id
        assert set(Entry.objects.values_list("program", flat=True)) == {str(other.program.id)}
    with walls.acting(ours.program.id):
        end_pact(Pact.objects.get(), by=ours.actor("privacy_reviewer"))
        assert ask(ours) == []
    with walls.acting(other.program.id):
        assert not PactToken.objects.exists()
        assert Pact.objects.get().secret is None


def test_the_names_of_other_programs_are_read_and_then_the_wall_stands_again(app):
    with walls.acting(app.ours.program.id):
        assert [program.name for program in other_programs_for(app.ours.actor("privacy_reviewer"))] == [
            "Valley Outreach"
        ]
        assert here() == str(app.ours.program.id)
        assert not Person.objects.exists()


def test_a_refusal_on_the_other_side_leaves_us_on_ours(app, monkeypatch):
    agreed(app)
    monkeypatch.setattr("alongside.elsewhere.rules.MOST_ASKED_UNDER_A_PACT", 0)
    with walls.acting(app.ours.program.id):
        assert ask(app.ours) == []
        asked = Entry.objects.filter(verb="elsewhere_asked").latest("seq").detail
        assert (asked["pairs"], len(asked["left_out"])) == ([], 1)
        assert here() == str(app.ours.program.id)
        assert set(Pact.objects.values_list("program_id", flat=True)) == {app.ours.program.id}


def test_the_duty_of_each_program_lays_its_own_tokens_and_leaves_the_connection_where_it_was(app):
    agreed(app)
    with walls.acting(app.other.program.id):
        somebody(app.other)
    with walls.acting(app.ours.program.id):
        lay(app.ours, app.other)
        assert here() == str(app.ours.program.id)
        assert not PactToken.objects.exists()
    with walls.acting(app.other.program.id):
        assert PactToken.objects.count() == 2
