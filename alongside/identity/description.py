"""What is known of a person at a door: the one value that recognition compares. Plain Python, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


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
        """Whether nothing is known that could recognize anybody."""
        return not (self.given_name or self.family_name or self.phone or any(self.aliases))
