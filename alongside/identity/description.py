"""What is known of a person at a door: the one value that recognition compares. Plain Python, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from alongside.identity.alike import number
from alongside.identity.names import words


@dataclass(frozen=True, slots=True)
class Description:
    """What is known of a person at the door; any part may be empty.

    `born` is a birth date known in part or by estimate: “1984”, “1984-05” or “~1984” (give or take five years); it is
    empty where `birth_date` is whole. `aliases` are other names and street names. `place` and `town` are weak: a shared
    address alone never links anybody.
    """

    given_name: str = ""
    family_name: str = ""
    birth_date: date | None = None
    phone: str = ""
    middle_name: str = ""
    suffix: str = ""
    aliases: tuple[str, ...] = ()
    born: str = ""
    sex: str = ""
    place: str = ""
    town: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known that could recognize anybody: no letter of a name, and no phone that is one."""
        named = any(words(name) for name in (self.given_name, self.family_name, *self.aliases))
        return not named and not number(self.phone)
