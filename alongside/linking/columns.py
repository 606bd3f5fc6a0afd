"""A description as plain columns that two engines can compare: folded names, sounds, parts of a date, keys to find pairs by.

Everything a level of `identity.linkage` looks at, prepared with its own functions. What depends on a name alone is worked
out once for each name and joined by the engine; so are the keys.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from alongside.identity.alike import CROSSING, number, sound, tidy_place
from alongside.identity.description import Description
from alongside.identity.linkage import born_text
from alongside.identity.names import canonical, parts, suffix_of, words

# One row for each person; `given_id` and `family_id` point into the two tables of names.
PERSON = (
    "id", "program", "given_id", "family_id", "middle", "suffix", "born_text", "sex", "phone", "house", "street", "town",
    "other",
)  # fmt: skip
NAME = ("name_id", "value", "value_sound", "value_parts", "value_full", "value_count", "value_key", "value_plain")
LISTS = frozenset({"other", "value_parts", "value_full"})
NUMBERS = frozenset({"id", "program", "given_id", "family_id", "name_id", "value_count"})
Value = str | int | list[str] | None
Row = tuple[Value, ...]

KEYS = {
    "key_born_given": "program || '|' || born_year || born_low || born_high || substr(given_key, 1, 1)",
    "key_born_family": "program || '|' || born_year || born_low || born_high || substr(family_key, 1, 1)",
    "key_born_town": "program || '|' || born_year || born_low || born_high || town",
    "key_phone": "program || '|' || phone",
    "key_name_year": "program || '|' || least(given_key, family_key) || '|' || greatest(given_key, family_key) || '|'"
                     " || born_year",
    "key_name_day": "program || '|' || given_key || '|' || family_key || '|' || born_low || born_high",
    "key_sound_year": "program || '|' || substr(given_key, 1, 1) || '|' || family_key || '|' || born_year",
    "key_name_town": "program || '|' || given_plain || '|' || family || '|' || town",
    "key_name": "program || '|' || given_plain || '|' || family",
    "key_given_place": "program || '|' || given_key || '|' || house || street",
    "key_family_place": "program || '|' || family_key || '|' || house || street",
}
# At most so many records under one key: a shelter's phone, a common name in a large town. Other keys find such a pair.
MOST_ALIKE = {"key_phone": 40, "key_given_place": 40, "key_family_place": 40, "key_name_town": 200, "key_name": 60}


@dataclass
class Names:
    """Each name that occurs, once, with its number, and how many records carry its value."""

    ids: dict[str, int] = field(default_factory=dict)
    values: dict[int, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    count: Counter[int] = field(default_factory=Counter)

    def id_of(self, name: str, *, given: bool) -> int | None:
        """The number of a name; None for one without a letter."""
        found = self.ids.get(name)
        if found is None:
            found = self.ids[name] = len(self.ids)
            row = _given(found, name) if given else _family(found, name)
            self.rows.append(row)
            self.values[found] = str(row[1])
        self.count[found] += 1
        return found if self.values[found] else None


def _given(index: int, name: str) -> Row:
    found, joined = words(name), "".join(words(name))
    full = sorted(canonical(name))
    plain = full[0] if full else None
    key = sound(found[0]) if found else None
    return index, joined, _sound(joined), [word for word in found if len(word) > 1], full, len(found), key, plain


def _family(index: int, name: str) -> Row:
    found, joined = parts(name), "".join(parts(name))
    key = sound(found[0]) if found else None
    return index, joined, _sound(joined), [word for word in found if len(word) > 1], None, len(found), key, None


def _sound(joined: str) -> str | None:
    return sound(joined) if len(joined) > 3 and joined.isascii() else None


@dataclass
class Reader:
    """Turns descriptions into rows, and keeps the names."""

    given: Names = field(default_factory=Names)
    family: Names = field(default_factory=Names)

    def row(self, index: int, program: int, who: Description) -> Row:
        """One person; what is not known is None."""
        house, street = _place(who.place) if who.place else (None, None)
        return (
            index, program, self.given.id_of(who.given_name, given=True), self.family.id_of(who.family_name, given=False),
            _middle(who.middle_name) if who.middle_name else None,
            _suffix(who.suffix) or _suffix(who.family_name) or _suffix(who.given_name) or None,
            who.birth_date.isoformat() if who.birth_date else _born(who), who.sex.strip().casefold() or None,
            _phone(who.phone) if who.phone else None, house, street, _town(who.town) if who.town else None,
            _other(who.aliases) if who.aliases else None,
        )  # fmt: skip


@lru_cache(maxsize=1 << 18)
def _suffix(name: str) -> str:
    return suffix_of(name)


@lru_cache(maxsize=1 << 16)
def _middle(name: str) -> str | None:
    return "".join(words(name)) or None


@lru_cache(maxsize=1 << 16)
def _town(name: str) -> str | None:
    return re.sub(r"[\W_]+", "", name[:80].casefold()) or None


def _phone(text: str) -> str | None:
    return text if len(text) == 10 and text.isascii() and text.isdecimal() else number(text) or None


def _place(address: str) -> tuple[str | None, str | None]:
    house, _blank, street = address.partition(" ")
    if house.isascii() and house.isdecimal() and not CROSSING.search(street):
        return house, _street(street)
    house, _blank, street = tidy_place(address).partition(" ")
    return house or None, street or None


@lru_cache(maxsize=1 << 16)
def _street(street: str) -> str | None:
    return tidy_place(f"1 {street}").partition(" ")[2] or None


_BORN = re.compile(r"~?\d{4}(-\d\d){0,2}")


def _born(who: Description) -> str | None:
    text = born_text(who)
    return text if _BORN.fullmatch(text) else None


def _other(aliases: Iterable[str]) -> list[str] | None:
    known = {word for alias in aliases for word in (*words(alias), "".join(words(alias))) if len(word) > 2}
    return sorted(known) or None


_DAY = "replace(born_text, '~', '')"
PARTS = f"""
    select p.id, p.program, g.value as given, g.value_sound as given_sound, g.value_parts as given_parts,
        g.value_full as given_full, g.value_count as given_count, g.value_key as given_key, g.value_plain as given_plain,
        f.value as family, f.value_sound as family_sound, f.value_parts as family_parts, f.value_count as family_count,
        f.value_key as family_key, p.middle, p.suffix, p.sex, p.phone, p.house, p.street, p.town, p.other,
        case when length({_DAY}) = 10 then born_text end as born,
        cast(substr({_DAY}, 1, 4) as int) as born_year, nullif(substr({_DAY}, 6, 2), '') as born_month,
        nullif(substr({_DAY}, 9, 2), '') as born_day, case when born_text like '~%' then 1 else 0 end as about,
        case when length({_DAY}) = 10 then least(substr({_DAY}, 6, 2), substr({_DAY}, 9, 2)) end as born_low,
        case when length({_DAY}) = 10 then greatest(substr({_DAY}, 6, 2), substr({_DAY}, 9, 2)) end as born_high
    from person p left join given g on p.given_id = g.name_id left join family f on p.family_id = f.name_id
"""  # noqa: S608  # nosec B608  # our own columns
COMPARED = (
    "program", "given", "given_sound", "given_parts", "given_full", "given_count", "family", "family_sound", "family_parts",
    "family_count", "middle", "suffix", "sex", "phone", "house", "street", "town", "other", "born", "born_year",
    "born_month", "born_day", "about",
)  # fmt: skip


def people_sql() -> str:
    """The table that is compared: parts and keys; a key that too many share is taken from all of them."""
    keyed = ", ".join(f"{sql} as {key}" for key, sql in KEYS.items())
    kept = ", ".join(
        f"case when count(*) over (partition by {key}) <= {MOST_ALIKE[key]} then {key} end as {key}"
        if key in MOST_ALIKE else key
        for key in KEYS
    )  # fmt: skip
    columns = ", ".join(COMPARED)
    return f"select id, {columns}, {kept} from (select *, {keyed} from ({PARTS}) parts) keyed"  # noqa: S608  # nosec B608
