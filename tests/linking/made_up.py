"""Made-up people with known duplicates, for comparing all with all; the same on every run."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

from alongside.identity.description import Description

WORDS = """
    James William Robert Michael Thomas Joseph Charles Daniel Anthony Steven Edward Samuel Benjamin Patrick Raymond Mary
    Patricia Jennifer Elizabeth Susan Jessica Margaret Katherine Deborah Christine Amanda Rebecca Theresa Maria José João
    Luís Ana Inês Rosa Carmen Sokha Bopha Thuy Minh Jean-Baptiste Marie-Claire Wilnise Fritznel |
    Bar Cal Dor Fen Gar Hol Kel Lan Mar Nor Pel Quin Ros Stan Tor Val Wes Yar Zel Ash Bren Crow Dun Ell |
    ton field wick man son ley ford berg well more stead worth gate brook ham dale croft lund mont vale |
    Ashfield Birchmere Cedarport Dunmore Elmstead Fernhill Glenwater Harborview |
    Main Oak Elm Mill River Canal School Church Spring Summit
"""
GIVEN, FIRST, LAST, TOWNS, STREETS = (part.split() for part in WORDS.split("|"))
SHORT = {"William": "Bill", "Robert": "Bob", "Elizabeth": "Liz", "Katherine": "Kate", "Thomas": "Tom", "Margaret": "Peggy"}


def people(count: int, seed: int = 1, twice: float = 0.3) -> list[tuple[int, Description]]:
    """(whose it is, description) of so many records; about three in ten people come again, with slips of the pen."""
    chance = random.Random(seed)
    found: list[tuple[int, Description]] = []
    who = 0
    while len(found) < count:
        person = fresh(chance)
        found.append((who, person))
        while chance.random() < twice:
            found.append((who, slipped(person, chance)))
        if chance.random() < 0.03:  # a relative in the same house
            found.append((who + 1, replace(fresh(chance), family_name=person.family_name, place=person.place, town=person.town)))
            who += 1
        who += 1
    found = found[:count]
    chance.shuffle(found)
    return found


def fresh(chance: random.Random) -> Description:
    """Somebody new."""
    return Description(
        given_name=chance.choice(GIVEN), family_name=chance.choice(FIRST) + chance.choice(LAST),
        birth_date=date(1945, 1, 1) + timedelta(days=chance.randrange(21_000)),
        phone=f"555{chance.randrange(10**7):07d}" if chance.random() < 0.6 else "",
        middle_name=chance.choice("ABCDEFGHJKLMNPRSTW") if chance.random() < 0.5 else "", sex=chance.choice("mf"),
        place=f"{chance.randrange(1, 900)} {chance.choice(STREETS)} St", town=chance.choice(TOWNS),
    )  # fmt: skip


def slipped(who: Description, chance: random.Random) -> Description:
    """The same person as somebody else wrote them down."""
    given, family, born = who.given_name, who.family_name, who.birth_date
    if chance.random() < 0.2:
        given = SHORT.get(given, given[:1] if chance.random() < 0.2 else given)
    if chance.random() < 0.15:
        at = chance.randrange(1, len(family) - 1)
        family = family[:at] + family[at + 1] + family[at] + family[at + 2 :]
    if chance.random() < 0.1 and born:
        born = born + timedelta(days=chance.choice((-10, -1, 1, 10)))
    moved = chance.random() < 0.3
    return replace(
        who, given_name=given, family_name=family, birth_date=born if chance.random() < 0.93 else None,
        phone=who.phone if chance.random() < 0.7 else "", middle_name=who.middle_name if chance.random() < 0.6 else "",
        place=f"{chance.randrange(1, 900)} {chance.choice(STREETS)} St" if moved else who.place,
    )  # fmt: skip


def true_pairs(records: list[tuple[int, Description]]) -> set[tuple[int, int]]:
    """The pairs of records that are one person, by their place in the list."""
    owners: dict[int, list[int]] = {}
    for index, (who, _person) in enumerate(records):
        owners.setdefault(who, []).append(index)
    return {(one, other) for group in owners.values() for one in group for other in group if one < other}

