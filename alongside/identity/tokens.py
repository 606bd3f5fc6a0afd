"""Match tokens: what two records of one person are likely to have in common, as short keyed numbers. No database.

Each is an HMAC-SHA-256 over a *compound* (a sound and a date, two letters and a day, two names), under a key of the
program, cut to 20 bits. There are so many that a slip in any one part of a record leaves another whole: almost all that
other tools miss they miss here. None is of a family name alone, and none of an address.

Why 20 bits: there are 1,048,576 numbers of each kind. In a program of a million each is shared by one stranger on
average, on top of those who truly share the compound, so one token of a stolen table says of nobody who it is. Yet the
chance that a stranger shares *three* kinds with a newcomer is one in 10**18: whoever shares several stands out, and a
dozen need to be unsealed, not a thousand. Kinds that many share by nature (two names without a date) are read last.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product

import jellyfish

from alongside.identity.alike import number
from alongside.identity.description import Description
from alongside.identity.names import canonical, nicknames, parts, words

BITS = 20
SCHEME = 1  # of the tokens that are laid today; people whose tokens are of an older scheme get theirs anew
MOST_FORMS = 12  # of a given name that are asked for; no name is short for more that anybody uses
MOST_WORDS = 3  # of a name that count

# The kinds, in the order in which they are read: those few share come first, and where reading stops the last are left.
# A number, once given, stays. The first four are of the scheme before this one: asked for, never laid again.
OLD_KINDS = {"name_date": 1, "sound_date": 2, "sound_year": 3, "phone_sound": 4}
KINDS = {
    "date_initial": 8,  # first letter of the given name, date of birth
    "date_name": 9,  # one name by its sound, date of birth
    "phone_name": 10,  # phone, one name by its sound
    "month_name": 11,  # one family name by its sound, year and month of birth
    "month_pair": 12,  # given name by its sound, first letter of a family name, year and month of birth
    "day_pair": 13,  # the same with the day and the month
    "day_name": 14,  # one family name by its sound, day and month of birth
    "year_initial": 15,  # first letter of the given name, family name by its sound, year of birth
    "town_names": 16,  # given and family name by their sounds, town
    "dateless": 17,  # given and family name by their sounds, of somebody whose date of birth is not known
    "town_given": 18,  # given name by its sound, two letters of a family name, town
    "town_family": 19,  # first letter of the given name, family name by its sound, town
    "alias": 20,  # another name, or the one name that is known
    "phone": 21,  # the phone alone: many share one in a shelter, so it weighs little
    "names_middle": 22,  # given and family name by their sounds, first letter of a middle name
    "names": 23,  # given and family name by their sounds: asked for only where no date is known
}
CODES = OLD_KINDS | KINDS
KIND_OF = {code: kind for kind, code in CODES.items()}
# How much a shared kind says, beside the others a pair shares: fitted on made-up people, for the order of candidates only.
WEIGHTS = {
    "name_date": 3.0, "sound_date": 6.0, "sound_year": 2.5, "phone_sound": 3.0,
    "date_initial": 4.3, "date_name": 4.3, "phone_name": 2.3, "month_name": 2.1, "month_pair": 2.5, "day_pair": 2.8,
    "day_name": 2.4, "year_initial": 1.8, "town_names": 2.4, "dateless": 0.5, "town_given": 2.6, "town_family": 2.1,
    "alias": 3.0, "phone": 2.6, "names_middle": 2.8, "names": 2.5,
}  # fmt: skip
# What a match of the scheme before this one gave as its reasons; some wait for a decision still.
REASONS = {
    "name_date": "same name and same date of birth",
    "sound_date": "names that sound alike and the same date of birth",
    "sound_year": "family names that sound alike, same first letter and same year of birth",
    "phone_sound": "the same phone and first names that sound alike",
}

Compound = tuple[str, str]
Tokens = frozenset[tuple[str, int]]


def fold(name: str) -> str:
    """A name as bare lower-case letters: “José Nuñez-Díaz” and “jose nunez diaz” fold alike; other scripts keep theirs."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(letter for letter in bare if letter.isalpha())


@lru_cache(maxsize=65536)
def sound(name: str) -> str:
    """How a name sounds (Metaphone); a name in another script stands for itself; empty for an empty name."""
    folded = fold(name)
    return (jellyfish.metaphone(folded) if folded.isascii() else "") or folded


def digits(phone: str) -> str:
    """The last ten digits of a phone number; empty when there are fewer than seven."""
    only = "".join(letter for letter in phone if letter.isdecimal())[-10:]
    return only if len(only) >= 7 else ""


# --- the parts of a description ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Parts:
    """A description taken apart: sounds of names, letters, dates as year, month and day."""

    given: tuple[str, ...]  # what they are called, by the sound
    forms: tuple[str, ...]  # the same, and, where somebody is asked for, what it may be short for
    families: tuple[str, ...]  # parts of the family name, as they are written
    initial: str
    middle: str  # its first letter
    others: tuple[str, ...]  # middle and other names, by the sound
    dates: tuple[date, ...]
    year: str
    town: str
    phone: str

    @property
    def sounds(self) -> tuple[str, ...]:
        """The family names by their sounds."""
        return _once(sound(part) for part in self.families)


def parts_of(person: Description, *, asked: bool) -> Parts:
    """Take a description apart; of one that is `asked` for, also nicknames, and day and month the other way round."""
    given = words(person.given_name)[:MOST_WORDS]
    families = parts(person.family_name)[:MOST_WORDS]
    own = _once(map(sound, given))
    more = [word for name in (person.middle_name, *person.aliases) for word in words(name) if len(word) > 1]
    born = person.birth_date
    dates = [born] if born else []
    if born and asked and born.day <= 12 and born.day != born.month:
        dates.append(date(born.year, born.day, born.month))
    return Parts(
        given=own,
        forms=_once((*own, *(sound(form) for word in given for form in _forms(word))))[:MOST_FORMS] if asked else own,
        families=families,
        initial=given[0][:1] if given else "",
        middle=fold(person.middle_name)[:1],
        others=_once(map(sound, more))[:MOST_FORMS],
        dates=tuple(dates),
        year=f"{born.year:04}" if born else _year_of(person.born),
        town=fold(person.town),
        phone=number(person.phone),
    )


@lru_cache(maxsize=65536)
def _forms(word: str) -> tuple[str, ...]:
    return (*sorted(canonical(word) - {word})[:MOST_FORMS], *sorted(nicknames(word))[:MOST_FORMS])


def _year_of(born: str) -> str:
    """The year of a date known in part; an estimate is no year."""
    found = re.match(r"\s*(\d{4})(?!\d)", born)
    return found[1] if found else ""


def _once(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in found if text))


# --- compounds --------------------------------------------------------------------------------------------------------


def compounds(person: Description, *, asked: bool = False) -> frozenset[Compound]:
    """The compound values of a description, as (kind, text): those to lay, or, if `asked`, those to look for."""
    known = parts_of(person, asked=asked)
    found = [*_dated(known, asked=asked), *_named(known, asked=asked), *_called(person, known)]
    return frozenset(found)


def _dated(known: Parts, *, asked: bool) -> Iterator[Compound]:
    # A family name and a given name may have changed places: both count as “one name”.
    singles = _once((*known.sounds, *known.given)) if asked else known.sounds
    for born in known.dates:
        month, day = f"{born:%Y%m}", f"{born:%m%d}"
        if known.initial:
            yield "date_initial", f"{known.initial}|{month}{born.day:02}"
        for name in (*known.forms, *known.sounds, *known.others):
            yield "date_name", f"{name}|{month}{born.day:02}"
        for name in singles:
            yield "month_name", f"{name}|{month}"
            yield "day_name", f"{name}|{day}"
        for name, letter in product(known.given, {part[0] for part in known.families}):
            yield "month_pair", f"{name}|{letter}|{month}"
            yield "day_pair", f"{name}|{letter}|{day}"
    if known.initial and known.year:
        for name in known.sounds:
            yield "year_initial", f"{known.initial}|{name}|{known.year}"


def _named(known: Parts, *, asked: bool) -> Iterator[Compound]:
    # Whoever has a date looks among those without one; whoever has none looks among all.
    dated = bool(known.dates)
    for given, family in product(known.forms, known.sounds):
        pair = "|".join(sorted((given, family)))
        if known.town:
            yield "town_names", f"{pair}|{known.town}"
        if asked or not dated:
            yield "dateless", pair
        if not (asked and dated):
            yield "names", pair
            yield from (("names_middle", f"{pair}|{letter}") for letter in known.middle)
    if known.town:
        yield from _of_the_town(known)


def _of_the_town(known: Parts) -> Iterator[Compound]:
    for family in known.families:
        for given in known.forms:
            yield "town_given", f"{given}|{family[:2]}|{known.town}"
        if known.initial:
            yield "town_family", f"{known.initial}|{sound(family)}|{known.town}"


def _called(person: Description, known: Parts) -> Iterator[Compound]:
    """By another name, by the only name that is known, by phone."""
    names = [*person.aliases, *([] if known.families else [person.given_name])]
    for name in _once(sound(name[:80]) for name in names):
        yield "alias", f"alias|{name}"
    if known.phone:
        yield "phone", f"phone|{known.phone}"
        for name in _once((*known.given, *known.sounds, *known.others)):
            yield "phone_name", f"{known.phone}|{name}"


# --- tokens -----------------------------------------------------------------------------------------------------------


def tokens_of(person: Description, key: bytes) -> Tokens:
    """The tokens to lay for a person, as (kind, number); several of a kind where a name has parts."""
    return frozenset((kind, _token(f"{kind}|{text}", key)) for kind, text in compounds(person))


def asked_of(person: Description, key: bytes) -> Tokens:
    """The tokens to look for: those of every form a name may have, and of day and month exchanged."""
    return frozenset((kind, _token(f"{kind}|{text}", key)) for kind, text in compounds(person, asked=True))


def old_tokens_of(person: Description, index_key: bytes) -> Tokens:
    """The tokens of the scheme before this one, by which whoever has not got theirs anew is found meanwhile."""
    return frozenset((kind, _token(f"{kind}|{text}", index_key)) for kind, text in old_compounds(person).items())


def stored(kind: str, token: int) -> int:
    """Kind and number as the one number that is stored and sorted by: at most 31 bits."""
    return CODES[kind] << BITS | token


def program_key(index_key: bytes, program: bytes) -> bytes:
    """The key of one program's tokens: two programs that know the same person have no number in common."""
    return hmac.digest(index_key, b"match|" + program, hashlib.sha256)


def old_compounds(person: Description) -> dict[str, str]:
    """The compound values of the scheme before this one, by kind. Suppressions are made of them: they never change."""
    given, family = fold(person.given_name), fold(person.family_name)
    born = person.birth_date
    found = {}
    if given and family and born:
        found["name_date"] = f"{given}|{family}|{born.isoformat()}"
        found["sound_date"] = f"{sound(given)}|{sound(family)}|{born.isoformat()}"
        found["sound_year"] = f"{given[0]}|{sound(family)}|{born.year}"
    if given and digits(person.phone):
        found["phone_sound"] = f"{digits(person.phone)}|{sound(given)}"
    return found


def suppression_tokens(person: Description, key: bytes) -> dict[str, str]:
    """Full 128-bit tokens, by kind, of the two compounds that stand for one human being and hardly for another.

    Sound, not spelling: an import that writes the name another way must not revive somebody who was promised peace.
    """
    found = old_compounds(person)
    return {
        kind: hmac.digest(key, f"suppressed|{kind}|{found[kind]}".encode(), hashlib.sha256)[:16].hex()
        for kind in ("sound_date", "phone_sound")
        if kind in found
    }


def _token(text: str, key: bytes) -> int:
    return int.from_bytes(hmac.digest(key, text.encode(), hashlib.sha256)[:4], "big") >> (32 - BITS)


HOUSE = re.compile(r"(\d+)\s+(\w+)")


def near_tokens(key: bytes, *, family_name: str = "", phone: str = "", place: str = "") -> set[tuple[str, int]]:
    """What somebody here and a person may have in common, as keyed numbers of 40 bits: family name, phone, address.

    They only ever raise an alarm about a look-up (ADR 15): nobody is found or recognized by them. Each word of a family
    name counts by its sound (“de” and “van” do not); an address counts by its house number and the word after it.
    """
    plain = {("family", word) for word in _near_words(family_name)} | {("phone", digits(phone))}
    house = HOUSE.search(place)
    if house:
        plain.add(("place", f"{int(house[1])}|{fold(house[2])}"))
    return {
        (kind, int.from_bytes(hmac.digest(key, f"near|{kind}|{text}".encode(), hashlib.sha256)[:5], "big"))
        for kind, text in plain
        if text
    }


def _near_words(family_name: str) -> list[str]:
    return [sound(word) for word in re.split(r"[\s-]+", family_name) if len(word) > 3] or [sound(family_name)]
