"""Match tokens: what two records of one person have in common, as short keyed numbers. Plain Python, no database.

Each token is an HMAC-SHA-256 over normalised *compound* values (never a surname alone), cut to 20 bits: a token by
itself collides for several people in a large program and gives nothing back. Names are folded to ASCII letters first.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import jellyfish

BITS = 20
REASONS = {
    "name_date": "same name and same date of birth",
    "sound_date": "names that sound alike and the same date of birth",
    "sound_year": "family names that sound alike, same first letter and same year of birth",
    "phone_sound": "the same phone and first names that sound alike",
}
# A shared address is never among them: relatives and housemates share one.


@dataclass(frozen=True, slots=True)
class Description:
    """What is known of a person at the door; any part may be empty."""

    given_name: str = ""
    family_name: str = ""
    birth_date: date | None = None
    phone: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known that could recognize anybody."""
        return not (self.given_name or self.family_name or self.phone)


def fold(name: str) -> str:
    """A name as bare lower-case letters: “José Nuñez-Díaz” and “jose nunez diaz” fold alike; other scripts keep theirs."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(letter for letter in bare if letter.isalpha())


def sound(name: str) -> str:
    """How a name sounds (Metaphone); a name in another script stands for itself; empty for an empty name."""
    folded = fold(name)
    return (jellyfish.metaphone(folded) if folded.isascii() else "") or folded


def digits(phone: str) -> str:
    """The last ten digits of a phone number; empty when there are fewer than seven."""
    only = "".join(letter for letter in phone if letter.isdecimal())[-10:]
    return only if len(only) >= 7 else ""


def compounds(person: Description) -> dict[str, str]:
    """The compound values a description gives, by kind; a kind whose parts are not all known is left out."""
    given, family = fold(person.given_name), fold(person.family_name)
    born = person.birth_date
    found = {}
    if given and family and born:
        found["name_date"] = f"{given}|{family}|{born.isoformat()}"
        found["sound_date"] = f"{sound(given)}|{sound(family)}|{born.isoformat()}"
    if given and family and born:
        found["sound_year"] = f"{given[0]}|{sound(family)}|{born.year}"
    if given and digits(person.phone):
        found["phone_sound"] = f"{digits(person.phone)}|{sound(given)}"
    return found


def tokens_of(person: Description, key: bytes) -> dict[str, int]:
    """The tokens of a description, by kind."""
    return {kind: _token(f"{kind}|{text}", key) for kind, text in compounds(person).items()}


def suppression_tokens(person: Description, key: bytes) -> dict[str, str]:
    """Full 128-bit tokens, by kind, of the two compounds that stand for one human being and hardly for another.

    Sound, not spelling: an import that writes the name another way must not revive somebody who was promised peace.
    """
    found = compounds(person)
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
    words = [sound(word) for word in re.split(r"[\s-]+", family_name) if len(word) > 3] or [sound(family_name)]
    house = HOUSE.search(place)
    plain = {("family", word) for word in words} | {("phone", digits(phone))}
    if house:
        plain.add(("place", f"{int(house[1])}|{fold(house[2])}"))
    return {
        (kind, int.from_bytes(hmac.digest(key, f"near|{kind}|{text}".encode(), hashlib.sha256)[:5], "big"))
        for kind, text in plain
        if text
    }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Same, possible or new, with the reasons as codes of `REASONS`."""

    answer: str
    reasons: tuple[str, ...] = ()


def judge(known: Mapping[str, int], newcomer: Mapping[str, int]) -> Verdict:
    """Compare two sets of tokens. “Same” needs name and date to agree and no other shared kind to disagree."""
    shared = [kind for kind in REASONS if kind in known and kind in newcomer]
    agree = tuple(kind for kind in shared if known[kind] == newcomer[kind])
    if not {"sound_date", "sound_year"} <= set(agree):  # the same name sounds the same: else the token only collided
        agree = tuple(kind for kind in agree if kind != "name_date")
    if {"name_date", "sound_date", "sound_year"} <= set(agree) and len(agree) == len(shared):
        return Verdict("same", agree)
    return Verdict("possible", agree) if agree else Verdict("new")
