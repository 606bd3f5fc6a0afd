"""What somebody reads before they agree, and what goes with everything that is shared.

The texts stand in `wording/VERSION.LANGUAGE.toml`, one file for each language. The Spanish, Portuguese and Haitian Creole
texts were not yet read by a native speaker.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import override

from alongside.consent import rules
from alongside.consent.models import Consent

FOLDER = Path(__file__).parent / "wording"
VERSION = 1
LANGUAGES = rules.LANGUAGES

# 42 CFR 2.32(a)(2), the short statement, as the rule has it; and what it means, in our words.
NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
NOTICE_MEANS = (
    "You were told this because the person agreed, or because it was a medical emergency. You may use it only for what it "
    "was told for. You may pass it on only if the person agrees in writing or 42 CFR part 2 allows it. It may not be used "
    "in a civil, criminal, administrative or legislative proceeding against the person, unless the person agrees in "
    "writing to exactly that, or a court orders it after the person was heard and a subpoena compels it."
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement as somebody reads it, in one language."""

    language: str
    title: str
    free: str
    scope: tuple[tuple[str, tuple[str, ...]], ...]
    promises: tuple[str, ...]
    sign: str

    def sentences(self) -> str:
        """The whole text, for a reader or a measure."""
        scope = [f"{lead} {', '.join(items)}." if items else lead for lead, items in self.scope]
        return "\n".join([f"{self.title}", self.free, *scope, *self.promises])


@cache
def texts(language: str, version: int = VERSION) -> dict[str, Any]:
    """The sentences of a version in a language; English where a language is not there."""
    known = language if language in LANGUAGES else "en"
    return tomllib.loads((FOLDER / f"{version}.{known}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Scope:
    """What an agreement is about: who tells whom what, for what, until when."""

    discloser: str
    whom: str
    designation: str
    categories: tuple[str, ...]
    purpose: str
    until: datetime

    @staticmethod
    def of(consent: Consent) -> Scope:
        """The scope of an agreement that was given."""
        return Scope(
            consent.discloser.name if consent.discloser else "", consent.whom, consent.designation,
            tuple(consent.categories), consent.purpose, consent.expires_at,
        )  # fmt: skip


def agreement(scope: Scope, language: str, zone: str, version: int = VERSION) -> Agreement:
    """The text to read for a scope, in the person's language; the day is the one of the program's zone."""
    text = texts(language, version)
    words = text["words"]
    with override(language):
        until = date_format(scope.until.astimezone(ZoneInfo(zone)).date(), "DATE_FORMAT")
    return Agreement(
        language=language, title=text["title"], free=text["free"],
        scope=(
            (text["tells"].format(discloser=scope.discloser), (words.get(scope.designation, scope.whom),)),
            (text["what"], tuple(words[category] for category in scope.categories)),
            (text["why_tpo"] if scope.purpose == "tpo" else text["why"], ()),
            (text["until"].format(until=until), ()),
        ),
        promises=tuple(text[name] for name in ("back", "police", "court", "list", "copy")), sign=text["sign"],
    )  # fmt: skip
