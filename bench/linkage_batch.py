"""Everything against everything, with the model of `alongside.identity.linkage`: pairs worth comparing, their levels, the
file's own chances (no labels), and groups. Each pair of distinct values is compared once, by `alongside.identity.alike`.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from alongside.identity import alike
from alongside.identity.names import canonical, parts, suffix_of, words

MISSING = 255
NARROW, WIDE = 60, 12  # a key that more records share is no key: of several parts together, and of one
BUDGET = 1_000_000  # in a small file more may share one; a file this small in pairs is compared whole


# --- reading ------------------------------------------------------------------------------------------------------


@dataclass
class Column:
    """One field of all records: a number for each distinct value; -1 where nothing is known."""

    codes: np.ndarray
    values: list[str]
    facts: Any = None  # what is found out once for each value (`linkage_levels`)
    own: Any = None
    both: Any = None


def column(texts: list[str], tidy: Callable[[str], str]) -> Column:
    """The texts as numbers of their tidied values; each distinct text is tidied once."""
    known: dict[str, int] = {}
    code: dict[str, int] = {}
    for text in dict.fromkeys(texts):
        value = tidy(text)
        code[text] = known.setdefault(value, len(known)) if value else -1
    return Column(np.fromiter(map(code.__getitem__, texts), np.int32, len(texts)), list(known))


@dataclass
class People:
    """The records of a file, column by column."""

    ids: list[str]
    columns: dict[str, Column]

    def __len__(self) -> int:
        return len(self.ids)


def read_people(path: str) -> People:
    """The records of a CSV; what the model does not use (the digits of a Social Security number) is not read."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        head = next(rows)
        raw = dict(zip(head, map(list, zip(*rows, strict=True)), strict=True))
    size = len(raw["rec_id"])
    blank = [""] * size
    get = lambda name: raw.get(name, blank)  # noqa: E731
    join = lambda one, other: list(map(" ".join, zip(get(one), get(other), strict=True)))  # noqa: E731
    texts = {
        "given": (get("first"), lambda text: " ".join(words(text))),
        "family": (get("last"), lambda text: " ".join(words(text))),
        "middle": (get("middle"), lambda text: " ".join(words(text))),
        "suffix": (join("suffix", "last"), suffix_of),
        "born": (get("dob"), lambda text: text.strip()),
        "sex": (get("sex"), lambda text: text.strip().casefold()[:1]),
        "phone": (get("phone"), alike.number),
        "place": (join("street_no", "street"), alike.tidy_place),
        "town": (join("city", "zip"), lambda text: " ".join(text.casefold().split())),
    }
    return People(raw["rec_id"], {kind: column(text, tidy) for kind, (text, tidy) in texts.items()})


# --- pairs worth comparing -------------------------------------------------------------------------------------------


def _mix(*keys: np.ndarray) -> np.ndarray:
    mixed = np.full(len(keys[0]), 0x9E3779B97F4A7C15, np.uint64)
    for key in keys:
        mixed = (mixed ^ key.astype(np.uint64)) * np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(29)
    return mixed


@dataclass
class Tokens:
    """Some numbers for each record: `rows[i]` has the token `tokens[i]`."""

    rows: np.ndarray
    tokens: np.ndarray

    def also(self, other: Tokens) -> Tokens:
        return Tokens(np.concatenate([self.rows, other.rows]), np.concatenate([self.tokens, other.tokens]))

    def by(self, key: np.ndarray) -> Tokens:
        """Each token together with one more number of its record; records without it (-1) fall out."""
        known = key[self.rows] >= 0
        return Tokens(self.rows[known], _mix(self.tokens[known], key[self.rows[known]]))


def tokens_of(values: Column, how: Callable[[str], set[str]], vocabulary: dict[str, int]) -> Tokens:
    """The tokens of each distinct value, laid out over the records that carry it."""
    lists = [[vocabulary.setdefault(token, len(vocabulary)) for token in how(value)] for value in values.values]
    sizes = np.array([len(found) for found in lists] or [0])
    flat = np.array([token for found in lists for token in found], np.int64)
    starts = np.cumsum(sizes) - sizes
    rows = np.flatnonzero(values.codes >= 0)
    codes = values.codes[rows]
    repeat = sizes[codes] if len(codes) else np.zeros(0, int)
    laid = np.repeat(rows, repeat)
    within = np.arange(len(laid)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    return Tokens(laid, flat[np.repeat(starts[codes], repeat) + within].astype(np.uint64))


def cross(one: Tokens, other: Tokens, size: int) -> Tokens:
    """Every token of the one with every token of the other, record by record."""
    order = np.argsort(other.rows, kind="stable")
    rows, tokens = other.rows[order], other.tokens[order]
    counts = np.bincount(rows, minlength=size)
    starts = np.cumsum(counts) - counts
    repeat = counts[one.rows]
    laid = np.repeat(one.rows, repeat)
    within = np.arange(len(laid)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    return Tokens(laid, _mix(np.repeat(one.tokens, repeat), tokens[np.repeat(starts[one.rows], repeat) + within]))


def pairs_in(tokens: Tokens, size: int, most: int) -> np.ndarray:
    """All pairs of records that share a token which at most so many carry, as numbers (low row * size + high row)."""
    order = np.argsort(tokens.tokens)
    key, row = tokens.tokens[order], tokens.rows[order]
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    counts = np.diff(np.r_[starts, len(key)])
    left = np.repeat(starts + counts, counts) - np.arange(
        len(key)
    )  # how many follow in the same block, itself included
    at = np.flatnonzero(np.repeat((counts > 1) & (counts <= most), counts))
    found, step = [np.zeros(0, np.int64)], 1
    while len(at := at[left[at] > step]):
        one, other = row[at], row[at + step]
        found.append(np.minimum(one, other) * size + np.maximum(one, other))
        step += 1
    return np.concatenate(found)


def _given_tokens(value: str) -> set[str]:
    return {alike.sound(word) for word in canonical(value)} | {alike.sound("".join(value.split()))}


def _family_tokens(value: str) -> set[str]:
    found = parts(value)
    return {alike.sound(word) for word in found} | {alike.sound("".join(found))}


def _head(value: str) -> set[str]:
    return {"".join(value.split())[:3]}


def _dates(born: Column) -> dict[str, np.ndarray]:
    """Parts of the birth dates as numbers; day and month in one order, so that swapped ones meet."""
    table = np.full((len(born.values) + 1, 3), -1, np.int64)
    for code, text in enumerate(born.values):
        found = [int(part) if part.isdecimal() else -1 for part in text.lstrip("~").split("-")[:3]]
        table[code, : len(found)] = found
    year, month, day = table[born.codes].T
    low, high = np.minimum(month, day), np.maximum(month, day)
    known = low >= 0
    of = lambda numbers: np.where(known, numbers, -1)  # noqa: E731
    return {
        "year": year, "day": of(low * 100 + high), "whole": of((year * 100 + low) * 100 + high),
        "month": of(year * 100 + month), "year_day": of(year * 100 + day),
    }  # fmt: skip


def candidates(people: People) -> tuple[np.ndarray, np.ndarray]:
    """Two rows for each pair worth comparing: they share a rare enough key of names, dates, phone or address."""
    size, cols = len(people), people.columns
    vocabulary: dict[str, int] = {}
    given = tokens_of(cols["given"], _given_tokens, vocabulary)
    family = tokens_of(cols["family"], _family_tokens, vocabulary)
    heads = tokens_of(cols["given"], _head, vocabulary).also(tokens_of(cols["family"], _head, vocabulary))
    given_head = tokens_of(cols["given"], _head, vocabulary)
    family_head = tokens_of(cols["family"], _head, vocabulary)
    born = _dates(cols["born"])
    rows = np.arange(size)
    of = lambda key: Tokens(rows[key >= 0], key[key >= 0].astype(np.uint64))  # noqa: E731
    phone, place, town = (cols[kind].codes for kind in ("phone", "place", "town"))
    either = given.also(family).also(heads)
    full = cross(given, family, size)
    narrow = [
        either.by(born["whole"]), either.by(born["month"]), either.by(born["year_day"]), either.by(place), of(place),
        of(phone), full, full.by(born["year"]), full.by(born["day"]), full.by(town), cross(given_head, family_head, size),
        either.by(town).by(born["year"]),
    ]  # fmt: skip
    wide = [given, family, of(born["whole"]), either.by(born["day"]), either.by(town)]
    few = BUDGET // max(size, 1)
    if size <= few:
        found = np.flatnonzero(np.triu(np.ones((size, size), bool), 1))
        return found // size, found % size
    found = np.concatenate(
        [pairs_in(block, size, max(NARROW, few)) for block in narrow]
        + [pairs_in(block, size, max(WIDE, few)) for block in wide]
    )
    found = _distinct(found[found // size != found % size])
    return found // size, found % size


def _distinct(numbers: np.ndarray) -> np.ndarray:
    numbers.sort()
    return numbers[np.r_[True, numbers[1:] != numbers[:-1]]] if len(numbers) else numbers
