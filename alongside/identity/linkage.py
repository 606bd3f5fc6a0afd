"""Who is who: two descriptions in, evidence out; evidence in, a verdict with its reasons out. Plain Python, no database.

Each way in which two records agree or differ has three chances: that it is seen between two records of one person
(*same*), of two strangers, and of two relatives of one household (*kin*). Evidence is the Bayes factor of same over
stranger, in bits (Fellegi and Sunter 1969), by the frequency of the very name. What a household shares would count
four times (surname, street, town, phone); the item “household” takes back what relatives would explain as well.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from alongside.identity import alike
from alongside.identity.description import Description
from alongside.identity.names import fold, parts, suffix_of, words

VERSION = 1
RAREST = 2.0**-16  # no name is evidence of more than this
AGREE = frozenset({"exact", "close", "nickname", "part", "initial", "swapped", "crossed", "alias", "middle"})
SURE = AGREE - {"initial"}
HALF = ("close", "nickname", "similar")  # levels for which a frequent name counts half
TELLS_SEX = frozenset({"exact", "close", "nickname", "part"})  # a first name in common: the same sex says nothing more
AGAINST = frozenset({"different", "far", "near", "similar"})  # what differs never speaks for one person by speaking against kin
# What never attaches by itself, however much else agrees: somebody looks at it.
VETO = {
    ("given", "different"): "given_different", ("given", "similar"): "given_similar", ("born", "far"): "born_far",
    ("suffix", "different"): "suffix_different", ("suffix", "untold"): "suffix_untold",
}  # fmt: skip
WHOLE = frozenset({"exact", "swapped", "digit", "two"})  # a whole date of birth, at most with a slip of the pen
UNKNOWN_DAY = "-01-01"  # the day that is written where nobody knows it
GENERATION = 12  # years: further apart could be father and son, whichever digit differs
REASONS = {
    "given_exact": "same first name",
    "given_nickname": "first names that are short for one another",
    "given_close": "first names spelled or sounding alike",
    "given_part": "one first name in common",
    "given_initial": "same first letter of the first name",
    "given_similar": "first names a little alike",
    "given_different": "different first names",
    "given_swapped": "first and family name the other way round",
    "given_crossed": "the first name of one is the family name of the other",
    "given_alias": "known by the same other name",
    "given_middle": "the first name of one is the middle name of the other",
    "family_exact": "same family name",
    "family_close": "family names spelled or sounding alike",
    "family_part": "one family name in common",
    "family_initial": "same first letter of the family name",
    "family_similar": "family names a little alike",
    "family_different": "different family names",
    "family_swapped": "first and family name the other way round",
    "family_alias": "the family name of one is another name of the other",
    "middle_exact": "same middle name",
    "middle_initial": "same first letter of the middle name",
    "middle_different": "different middle names",
    "suffix_exact": "same Jr or Sr",
    "suffix_different": "one is Jr and the other is not",
    "suffix_untold": "one is Jr or Sr, and no birth date tells which the other is",
    "born_exact": "same date of birth",
    "born_swapped": "day and month of birth the other way round",
    "born_digit": "dates of birth that differ by one digit",
    "born_two": "dates of birth that agree but for the day, the month or the year",
    "born_month": "same year and month of birth",
    "born_year": "same year of birth",
    "born_known_year": "same year of birth, and no more is known",
    "born_about": "about the same age",
    "born_near": "years of birth one or two apart",
    "born_different": "different dates of birth",
    "born_far": "years of birth far apart",
    "sex_exact": "same sex",
    "sex_different": "different sex",
    "phone_exact": "same phone",
    "phone_close": "phone numbers that differ by one digit",
    "phone_different": "different phones",
    "place_exact": "same address, which relatives and housemates share",
    "place_street": "same street",
    "place_different": "different addresses",
    "town_exact": "same town",
    "town_close": "towns spelled alike",
    "town_different": "different towns",
    "household_kin": "could be a relative of the same household",
}


@dataclass(frozen=True, slots=True)
class Chances:
    """How often a level is seen between two records of one person, of two strangers, of two relatives: 0 to 1 each."""

    same: float
    strangers: float
    kin: float


@dataclass(frozen=True, slots=True)
class Model:
    """What recognition has learned, as one value: chances per kind and level, priors, frequencies of frequent values.

    `prior` and `kin` are the chances that two records taken blindly are of one person, and of relatives. `frequencies`
    are shares (0 to 1) of values by kind; what is not listed is as frequent as `rare` says.
    """

    levels: Mapping[str, Mapping[str, Chances]]
    prior: float = 1e-5
    kin: float = 3e-5
    same: float = 0.95
    possible: float = 0.05
    frequencies: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    rare: Mapping[str, float] = field(default_factory=dict)
    version: int = VERSION

    def for_size(self, people: int) -> Model:
        """The same model where `people` are kept: one in so many is the one asked for, and a few are relatives."""
        people = max(people, 100)
        return replace(self, prior=0.5 / people, kin=0.1 / people)

    def frequency(self, kind: str, value: str) -> float:
        """The share of records that carry a value, 0 to 1; the floor of its kind for one that is not listed."""
        return max(self.frequencies.get(kind, {}).get(value, 0.0), self.rare.get(kind, 0.0), RAREST)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One way in which two descriptions agree or differ; `weight` in bits, above zero for the same person."""

    kind: str
    level: str
    weight: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """same, possible or new; why, as codes of `REASONS`, weightiest first; and how probable it is, 0 to 1."""

    answer: str
    reasons: tuple[str, ...] = ()
    probability: float = 0.0


def load_model(text: str) -> Model:
    """The model of a JSON text that `dump_model` wrote; ValueError with one sentence for anything else."""
    try:
        found = json.loads(text)
        if found["version"] != VERSION:
            raise ValueError(f"This model file is of version {found['version']}; version {VERSION} is needed.")
        levels = {
            kind: {level: Chances(*map(_chance, chances)) for level, chances in table.items()}
            for kind, table in found["levels"].items()
        }
        known = {key: found[key] for key in ("prior", "kin", "same", "possible", "frequencies", "rare")}
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as problem:
        raise ValueError(f"This is no model file of recognition: {problem!r}.") from problem
    return Model(levels=levels, **known)


def _chance(value: float) -> float:
    if not 0 < value <= 1:
        raise ValueError(f"A chance lies between 0 and 1, and {value} does not.")
    return float(value)


def dump_model(model: Model) -> str:
    """The model as JSON text, the same text for the same model."""
    levels = {
        kind: {level: [chances.same, chances.strangers, chances.kin] for level, chances in table.items()}
        for kind, table in model.levels.items()
    }
    rest = {key: getattr(model, key) for key in ("version", "prior", "kin", "same", "possible", "rare", "frequencies")}
    return json.dumps({**rest, "levels": levels}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


@cache
def default_model() -> Model:
    """The model that comes with the program, for a site that has not trained its own."""
    return load_model(Path(__file__).with_name("model.json").read_text(encoding="utf-8"))


def compare(one: Description, other: Description, model: Model) -> tuple[Evidence, ...]:
    """The evidence for and against the two being one person, in bits; the same for (other, one)."""
    found, kin = [], 0.0
    for kind, level, values in levels_of(one, other):
        chances = model.levels.get(kind, {}).get(level)
        if chances is None:
            continue
        strangers = adjusted(chances, kind, level, model, values)
        found.append(Evidence(kind, level, math.log2(chances.same / strangers)))
        kin += math.log2((max(chances.kin, chances.same) if level in AGAINST else chances.kin) / strangers)
    taken = household(kin, model.kin)
    if taken > 0.05:
        found.append(Evidence("household", "kin", -taken))
    return tuple(found)


def household(kin: float, share: float) -> float:
    """The bits to take back when relatives explain the evidence by `kin` bits and are `share` of all pairs."""
    return math.log2(1 - share + share * math.exp2(min(kin, 200.0)))


def adjusted(chances: Chances, kind: str, level: str, model: Model, values: tuple[str, ...]) -> float:
    """How often strangers show a level, by the frequency of the values at hand: sharing a rare name is less of a chance."""
    if not values:
        return chances.strangers
    frequencies = [model.frequency(kind, value) for value in values]
    if level == "exact":
        return min(max(frequencies), 0.5)
    usual = model.levels[kind]["exact"].strangers
    return min(chances.strangers * math.sqrt(min(max(min(frequencies) / usual, 1 / 8), 8.0)), 0.9)


def levels_of(one: Description, other: Description) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Kind and level of all that can be compared, with the values whose frequency counts."""
    names = tuple(_names(one, other))
    yield from names
    yield from _plain("middle", alike.middle, one.middle_name, other.middle_name)
    yield from _plain("born", alike.born, born_text(one), born_text(other))
    yield from _juniors(one, other)
    if not (alike.same(one.sex, other.sex) == "exact" and any(k == "given" and level in TELLS_SEX for k, level, _ in names)):
        yield from _plain("sex", alike.same, one.sex, other.sex)
    yield from _plain("phone", alike.phone, one.phone, other.phone)
    yield from _plain("place", alike.place, one.place, other.place)
    yield from _plain("town", alike.town, one.town, other.town)


def _plain(kind: str, how: Callable[[str, str], str], one: str, other: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    level = how(one, other) if one and other else ""
    if level:
        yield kind, level, ()


def _juniors(one: Description, other: Description) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Jr or Sr on both sides; or on one, and no birth date to say which of the two the other is."""
    first, second = _suffix(one), _suffix(other)
    if first and second:
        yield "suffix", alike.same(first, second), ()
    elif (first or second) and not (born_text(one) and born_text(other)):
        yield "suffix", "untold", ()


def born_text(person: Description) -> str:
    """The birth date as `alike.born` reads it: “1984-05-07”, “1984-05”, “1984” or “~1984”."""
    return person.birth_date.isoformat() if person.birth_date else person.born.strip()


def _suffix(person: Description) -> str:
    return suffix_of(person.suffix, person.family_name, person.given_name)


def _names(one: Description, other: Description) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    given = alike.given(one.given_name, other.given_name)
    family = alike.family(one.family_name, other.family_name)
    if given not in SURE and family not in SURE:
        given, family = _swapped(one, other) or (given, family)
    if given not in SURE:
        given = _other_given(one, other) or given
    if family not in SURE and (_is_alias(one.aliases, other.family_name) or _is_alias(other.aliases, one.family_name)):
        family = "alias"
    if given:
        yield "given", given, _values(given, given_value(one.given_name), given_value(other.given_name))
    if family:
        yield "family", family, family_values(family, one.family_name, other.family_name)


def _swapped(one: Description, other: Description) -> tuple[str, str] | None:
    """Both names the other way round; or one is, where not all four are known and nobody can tell of the other."""
    forth, back = alike.crossed(one.given_name, other.family_name), alike.crossed(one.family_name, other.given_name)
    if forth and back:
        return "swapped", "swapped"
    known = all(fold(name) for name in (one.given_name, one.family_name, other.given_name, other.family_name))
    return ("crossed", "") if (forth or back) and not known else None


def _other_given(one: Description, other: Description) -> str:
    """“alias” or “middle” where one goes by another name that the other record knows."""
    if _is_alias(one.aliases, other.given_name, *other.aliases) or _is_alias(other.aliases, one.given_name):
        return "alias"
    pairs = ((one.given_name, other.middle_name), (other.given_name, one.middle_name))
    crossed = (bool(set(words(given)) & {word for word in words(middle) if len(word) > 2}) for given, middle in pairs)
    return "middle" if any(crossed) else ""


def _is_alias(aliases: Sequence[str], *names: str) -> bool:
    """Whether one of the other names is one of the names, whole or as a word of at least three letters."""
    known = {word for alias in aliases for word in (*words(alias), "".join(words(alias))) if len(word) > 2}
    return bool(known) and any(word in known for name in names for word in (*words(name), "".join(words(name))))


def given_value(name: str) -> str:
    """The value under which the frequency of a given name is kept."""
    return fold(name)


def family_value(name: str) -> str:
    """The value under which the frequency of a family name is kept."""
    return "".join(parts(name))


def family_values(level: str, one: str, other: str) -> tuple[str, ...]:
    """The values whose frequency counts: of two compound names, the part in common."""
    if level == "part":
        common = sorted(set(parts(one)) & set(parts(other)))
        return tuple(common[:1])
    return _values(level, family_value(one), family_value(other))


def _values(level: str, one: str, other: str) -> tuple[str, ...]:
    if level == "exact":
        return (min(one, other),)
    return (one, other) if level in HALF else ()


def judge(evidence: Sequence[Evidence], model: Model) -> Verdict:
    """Same, possible or new. Only “same” may attach by itself; unlike first names, Jr and Sr, and a place never do."""
    bits = sum(item.weight for item in evidence) + math.log2(model.prior / (1 - model.prior))
    probability = 1 / (1 + math.exp2(-max(min(bits, 200.0), -200.0)))
    reasons = tuple(f"{item.kind}_{item.level}" for item in sorted(evidence, key=lambda item: -item.weight))
    found = {item.kind: item.level for item in evidence}
    if not _tells_somebody(found):
        return Verdict("new", reasons, min(probability, model.possible))
    if probability >= model.same and _may_attach(evidence, found):
        return Verdict("same", reasons, probability)
    return Verdict("possible" if probability >= model.possible else "new", reasons, probability)


def _tells_somebody(found: Mapping[str, str]) -> bool:
    """Whether a first name agrees, the phone, or a family name and a birthday: what a household shares is nobody."""
    born = found.get("born") in ("exact", "swapped", "digit", "two", "month")
    return found.get("given") in AGREE or found.get("phone") == "exact" or (found.get("family") in SURE and born)


def _may_attach(evidence: Sequence[Evidence], found: Mapping[str, str]) -> bool:
    if any((item.kind, item.level) in VETO for item in evidence):
        return False
    beyond = [item for item in evidence if item.weight > 0 and item.kind not in ("given", "place", "town", "sex")]
    return found.get("given") in AGREE and bool(beyond)


def verdict_on(one: Description, other: Description, model: Model) -> Verdict:
    """The verdict on two descriptions, the same for (other, one), at night as at the door: what may not attach asks."""
    evidence = compare(one, other, model)
    verdict = judge(evidence, model)
    if verdict.answer == "same" and not attaches(one, other, evidence):
        return replace(verdict, answer="possible")
    return verdict


def attaches(one: Description, other: Description, evidence: Sequence[Evidence]) -> bool:
    """Whether nobody has to look: both names agree and a whole date of birth.

    Where the family names do not, it takes the very same date, and the phone or the house. However probable: a father and
    a son may share names, house and phone; many share a shelter's phone and a year of birth.
    """
    found = {item.kind: item.level for item in evidence}
    born, dates = found.get("born"), (born_text(one), born_text(other))
    if born not in WHOLE or not all(alike.is_day(date) and not date.endswith(UNKNOWN_DAY) for date in dates):
        return False
    if _years_apart(*dates) > GENERATION:
        return False
    if bool(_suffix(one)) != bool(_suffix(other)) and born != "exact":
        return False
    if found.get("given") == "close" and alike.two_names(one.given_name, other.given_name):
        return False
    return found.get("family") in SURE or (born == "exact" and "exact" in (found.get("phone"), found.get("place")))


def _years_apart(one: str, other: str) -> int:
    return abs(int(one[:4]) - int(other[:4]))
