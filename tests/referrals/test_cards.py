"""Cards for syringe services lead to nobody: no person, no case, no hour, nobody who gave it."""

from datetime import date, datetime

import pytest

from alongside.common.decision import Refused
from alongside.journal.models import Entry
from alongside.referrals.cards import card_came, give_card
from alongside.referrals.models import Card
from alongside.referrals.queries import CardMonth, cards_for
from tests.cast import case_with_team


@pytest.fixture
def exchange(places):
    return places["Point Exchange"]


def test_a_card_and_its_journal_line_name_nobody(ours, exchange, coach):
    case = case_with_team(ours)
    start = Entry.objects.count()
    card = give_card(exchange, by=coach)
    kept = {field.name for field in Card._meta.get_fields()}
    assert kept == {"id", "program", "agency", "code", "given_on", "came_on"}
    assert not isinstance(card.given_on, datetime)
    assert card.id.version == 4, "an id that tells no moment"
    (line,) = Entry.objects.filter(seq__gt=start)
    assert (line.verb, line.kind, line.target, line.detail) == ("card_given", "card", str(exchange.id), {})
    written = f"{vars(line)} {vars(card)}"
    assert str(case.id) not in written
    assert str(case.person_id) not in written
    assert card.code not in str(vars(line))


def test_every_card_is_another_one(exchange, coach):
    assert len({give_card(exchange, by=coach).code for _ in range(50)}) == 50


def test_a_card_that_comes_back_is_counted_once_however_it_is_written(exchange, coach, desk, journal):
    card = give_card(exchange, by=coach)
    start = len(journal())
    for written in (card.code, card.code.lower(), f" {card.code.replace('-', ' ')} "):
        assert card_came(written, by=desk(exchange)).came_on is not None
    assert journal()[start:] == ["card_came"]


def test_only_the_exchange_of_the_card_takes_it_back(cast, places, exchange, coach, desk):
    card = give_card(exchange, by=coach)
    for by in (coach, desk(places["shelter"]), cast.outreach_officer, cast.other.actor("partner")):
        with pytest.raises(Refused):
            card_came(card.code, by=by)
    with pytest.raises(Refused, match="Serve them either way"):
        card_came("2222-2222", by=desk(exchange))
    assert Card.objects.get().came_on is None


def test_who_gives_cards_and_for_whom(cast, places, exchange, desk, coach):
    for by in (cast.outreach_officer, cast.patrol_officer, desk(exchange), cast.other.actor("recovery_coach")):
        with pytest.raises(Refused):
            give_card(exchange, by=by)
    with pytest.raises(Refused):
        give_card(places["shelter"], by=coach)
    assert not Card.objects.exists()


def test_they_are_counted_by_month(cast, exchange, coach, desk, places):
    for day, came in ((date(2026, 1, 3), None), (date(2026, 1, 30), date(2026, 2, 1)), (date(2026, 2, 2), None)):
        card = give_card(exchange, by=coach)
        Card.objects.filter(id=card.id).update(given_on=day, came_on=came)
    counted = [CardMonth(date(2026, 2, 1), 1, 0), CardMonth(date(2026, 1, 1), 2, 1)]
    assert cards_for(coach) == cards_for(desk(exchange)) == counted
    for viewer in (cast.outreach_officer, desk(places["shelter"]), cast.other.actor("coordinator")):
        assert cards_for(viewer) == []
    assert str(card) == card.code
