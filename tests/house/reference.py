"""The generated reference pages. `./run reference` writes them; a test compares them with what is committed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class Machine:
    """One table of states: what each is called, whose turn it is, where it may go, and what comes after an end."""

    title: str
    statuses: Mapping[str, str]
    owners: Mapping[str, str]
    moves: Mapping[str, Collection[str]]
    after: Mapping[str, str] = field(default_factory=dict)

    def diagram(self) -> str:
        """A mermaid state diagram: each move of the code is one arrow, and what is nobody's turn leads to the end."""
        lines = ["```mermaid", "stateDiagram-v2"]
        names = {code: code.replace("-", "_") for code in self.statuses}
        lines += [f"    {names[code]}: {code} ({self.owners[code]})" for code in self.statuses]
        lines.append(f"    [*] --> {names[next(iter(self.statuses))]}")
        for code, name in names.items():
            lines += [f"    {name} --> {names[to]}" for to in sorted(self.moves[code])]
            lines += [f"    {name} --> [*]"] if self.owners[code] == "nobody" else []
        return "\n".join([*lines, "```"]) + "\n"

    def page(self) -> str:
        """The table and the diagram."""
        rows = [
            (code, words, self.owners[code], ", ".join(sorted(self.moves[code])) or "final", self.after.get(code, ""))
            for code, words in self.statuses.items()
        ]
        if self.after:
            head = ("status", "in words", "whose turn", "may become", "what comes next")
        else:
            head, rows = ("status", "in words", "whose turn", "may become"), [row[:4] for row in rows]
        return f"## {self.title}\n\n" + table(head, rows) + "\n" + self.diagram() + "\n"


MACHINES = (
    Machine("Case", cases.STATUSES, cases.STATUS_OWNERS, cases.MOVES),
    Machine("Referral", referrals.STATUSES, referrals.STATUS_OWNERS, referrals.MOVES, referrals.NEXT),
    Machine("Kept bed", referrals.HOLD_STATUSES, referrals.HOLD_OWNERS, referrals.HOLD_MOVES, referrals.HOLD_NEXT),
    Machine("Ride", referrals.RIDE_STATUSES, referrals.RIDE_OWNERS, referrals.RIDE_MOVES, referrals.RIDE_NEXT),
    Machine("Legal request", legal.STATUSES, legal.STATUS_OWNERS, legal.MOVES),
)


def statuses() -> str:
    """The states and their moves, as tables and drawn."""
    return f"# Statuses\n\n{NOTE}" + "".join(machine.page() for machine in MACHINES)


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
