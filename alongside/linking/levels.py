"""The levels of recognition in SQL, the first that holds counts: what `identity.alike` says of two values, for an engine.

Splink learns from them how often each level is seen, and finds the pairs worth a closer look. The last word about a pair
is never SQL: it is `identity.linkage`, the same at night as at the door.
"""

from __future__ import annotations

from alongside.identity.alike import CLOSE, FAR_YEARS, SIMILAR

# What the two engines call the same functions.
DUCKDB = {"jaro_winkler": "jaro_winkler_similarity", "slips": "damerau_levenshtein", "share": "list_has_any"}
SPARK = {"jaro_winkler": "jaro_winkler", "slips": "damerau_levenshtein", "share": "arrays_overlap"}


# One slip, or two in a long word, leave the beginning or the end; where they do not, the two are not compared further.
ENDS = (
    "(substr({0}, 1, 1) = substr({1}, 1, 1) or substr({0}, length({0}) - 1) = substr({1}, length({1}) - 1)"
    " or substr({0}, 2, 1) = substr({1}, 1, 1))"
)


def close(one: str, other: str, sounds: str = "") -> str:
    """A slip of the pen, or the same sound: `alike._close` of two columns, what is cheap to tell first."""
    shorter = f"least(length({one}), length({other}))"
    heard = f"{sounds}_l = {sounds}_r or " if sounds else ""
    return (
        f"({shorter} >= 2 and greatest(length({one}), length({other})) >= 3"
        f" and ({heard}{{jaro_winkler}}({one}, {other}) >= {CLOSE}"
        f" or (abs(length({one}) - length({other})) <= 2 and {ENDS.format(one, other)}"
        f" and {{slips}}({one}, {other}) <= (case when {shorter} < 7 then 1 else 2 end))))"
    )


SWAPPED = (
    "((given_l = family_r and (family_l = given_r or " + close("family_l", "given_r") + "))"
    " or (family_l = given_r and " + close("given_l", "family_r") + "))"
)
YEARS = "abs(born_year_l - born_year_r)"
AGREE = (
    "((case when born_year_l = born_year_r then 1 else 0 end) + (case when born_month_l = born_month_r then 1 else 0 end)"
    " + (case when born_day_l = born_day_r then 1 else 0 end))"
)
WHOLE = "born_l is not null and born_r is not null"
FIRST_LETTER = "(length({0}_l) = 1 or length({0}_r) = 1) and substr({0}_l, 1, 1) = substr({0}_r, 1, 1)"
LETTERS = "length({0}_l) > 1 and length({0}_r) > 1"


def _name(kind: str) -> list[tuple[str, str]]:
    letters = LETTERS.format(kind)
    return [
        ("initial", FIRST_LETTER.format(kind)),
        ("exact", f"{kind}_l = {kind}_r"),  # as it stands: Splink looks for it, to count by frequency
        ("close", f"{letters} and {close(f'{kind}_l', f'{kind}_r', f'{kind}_sound')}"),
        ("part", f"{letters} and {kind}_count_l + {kind}_count_r > 2 and {{share}}({kind}_parts_l, {kind}_parts_r)"),
    ]


def _name_left(kind: str) -> list[tuple[str, str]]:
    similar = f"{LETTERS.format(kind)} and {{jaro_winkler}}({kind}_l, {kind}_r) >= {SIMILAR}"
    return [("similar", similar), ("different", "else")]


def _is_other(kind: str) -> str:
    """Whether one record's other names hold the other record's name."""
    sides = (("l", "r"), ("r", "l"))
    return " or ".join(
        f"(other_{one} is not null and {{share}}(other_{one}, {kind}_parts_{two}))" for one, two in sides
    )


# kind: (the column, or the condition, without which a pair says nothing, [(level, when)])
LEVELS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "given": ("given", [
        *_name("given"),
        ("nickname", f"{LETTERS.format('given')} and {{share}}(given_full_l, given_full_r)"),
        ("swapped", SWAPPED),
        ("alias", _is_other("given") + " or (other_l is not null and other_r is not null and {share}(other_l, other_r))"),
        ("middle", "(length(given_l) > 2 and given_l = middle_r) or (length(given_r) > 2 and given_r = middle_l)"),
        *_name_left("given"),
    ]),
    "family": ("family", [
        *_name("family"), ("swapped", SWAPPED), ("alias", _is_other("family")), *_name_left("family"),
    ]),
    "middle": ("middle", [
        ("exact", "middle_l = middle_r and length(middle_l) > 1"),
        ("initial", "substr(middle_l, 1, 1) = substr(middle_r, 1, 1) and (length(middle_l) = 1 or length(middle_r) = 1 or "
                    + close("middle_l", "middle_r") + ")"),
        ("different", "else"),
    ]),
    "suffix": ("suffix", [("exact", "suffix_l = suffix_r"), ("different", "else")]),
    "born": ("born_year", [
        ("exact", "born_l = born_r"),
        ("swapped", f"{WHOLE} and born_year_l = born_year_r and born_month_l = born_day_r and born_day_l = born_month_r"),
        ("digit", f"{WHOLE} and {AGREE} = 2 and {{slips}}(born_l, born_r) <= 1"),
        ("two", f"{WHOLE} and {YEARS} <= {FAR_YEARS} and {AGREE} = 2"),
        ("about", f"(about_l = 1 or about_r = 1) and {YEARS} <= 5"),
        ("far", f"{YEARS} > {FAR_YEARS}"),
        ("month", f"not ({WHOLE}) and born_year_l = born_year_r and born_month_l = born_month_r"),
        ("near", f"about_l = 0 and about_r = 0 and ({YEARS} between 1 and 2 or "
                 f"(not ({WHOLE}) and born_year_l = born_year_r and born_month_l <> born_month_r))"),
        ("known_year", f"not ({WHOLE}) and about_l = 0 and about_r = 0 and born_year_l = born_year_r"),
        ("year", "about_l = 0 and about_r = 0 and born_year_l = born_year_r"),
        ("different", "else"),
    ]),
    # Of two who have one first name the sex says nothing more.
    "sex": ("sex_l is null or sex_r is null or (sex_l = sex_r and given_l = given_r)", [
        ("exact", "sex_l = sex_r"), ("different", "else"),
    ]),
    "phone": ("phone", [
        ("exact", "phone_l = phone_r"),
        ("close", "(substr(phone_l, 1, 5) = substr(phone_r, 1, 5) or substr(phone_l, 6) = substr(phone_r, 6))"
                  " and {slips}(phone_l, phone_r) <= 1"),
        ("different", "else"),
    ]),
    "place": ("street", [
        ("exact", "house_l = house_r and (street_l = street_r or (length(street_l) > 4 and "
                  + close("street_l", "street_r") + "))"),
        ("street", "street_l = street_r or (length(street_l) > 4 and " + close("street_l", "street_r") + ")"),
        ("different", "else"),
    ]),
    "town": ("town", [
        ("exact", "town_l = town_r"),
        ("close", "least(length(town_l), length(town_r)) > 3 and "
                  + ENDS.format("town_l", "town_r") + " and {slips}(town_l, town_r) <= 1"),
        ("different", "else"),
    ]),
}  # fmt: skip
