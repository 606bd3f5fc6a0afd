"""The generated reference pages. `./run reference` writes them; a test compares them with what is committed."""

from collections.abc import Iterable
from pathlib import Path

from django.apps import apps

from alongside.accounts.roles import PERMISSIONS, ROLES
from alongside.cases import rules as cases
from alongside.consent import rules as consent
from alongside.legal import rules as legal
from alongside.referrals import rules as referrals
from tests.house import requirements

DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference"
NOTE = "*Printed from the code by `./run reference`; do not edit.*\n\n"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    head = list(head)
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)]) + "\n"


def roles() -> str:
    """Who may do what."""
    rows = [
        (role.label, role.sentence, "yes" if role.police_may_hold else "never",
         "; ".join(str(PERMISSIONS[name]) for name in PERMISSIONS if name in role.permissions))
        for role in ROLES.values()
    ]  # fmt: skip
    return f"# Roles\n\n{NOTE}" + table(("role", "what it is for", "may police hold it", "may"), rows)


def inventory() -> str:
    """Every stored field, its privacy class, and how long it is kept: everything that could be handed over."""
    parts = [f"# Data inventory\n\n{NOTE}Everything this program stores. Sealed classes are ciphertext in the database: "
             "identity, contact, health, part2, origin.\n"]  # fmt: skip
    for model in apps.get_models():
        if model.__module__.startswith("alongside."):
            rows = list(model.PRIVACY.items())
            parts.append(f"\n## {model._meta.label}\n\nKept: {model.RETENTION}\n\n" + table(("field", "class"), rows))
    return "".join(parts)


def statuses() -> str:
    """The states and their moves."""
    parts = [f"# Statuses\n\n{NOTE}"]
    for title, room in (("Case", cases), ("Referral", referrals), ("Legal request", legal)):
        rows = [
            (code, words, room.STATUS_OWNERS[code], ", ".join(sorted(room.MOVES[code])) or "final")
            for code, words in room.STATUSES.items()
        ]
        parts.append(f"## {title}\n\n" + table(("status", "in words", "whose turn", "may become"), rows) + "\n")
    return "".join(parts)


def decisions() -> str:
    """What each role may open, for which purpose."""
    rows = []
    for (role, purpose, relation), granted in sorted(consent.GRANTS.items()):
        cells = [
            "yes" if name in granted else "if agreed" if f"{name}*" in granted else "–" for name in consent.CLASSES
        ]
        rows.append((role, consent.PURPOSES[purpose], consent.RELATIONS[relation], *cells))
    text = table(("role", "purpose", "relation", *consent.CLASSES), rows)
    return f"# What may be opened\n\n{NOTE}Whatever is not in this table is denied, to everybody.\n\n{text}"


PAGES = {"roles.md": roles, "inventory.md": inventory, "statuses.md": statuses, "decisions.md": decisions,
         "requirements.md": requirements.page}  # fmt: skip


def write() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page())


__all__ = ["DOCS", "PAGES", "write"]
