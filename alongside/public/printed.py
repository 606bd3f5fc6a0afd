"""What the public pages print: the running rules and the schema itself, put into words. Nothing here is written down twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext

from alongside.accounts.roles import PERMISSIONS, ROLES, Role
from alongside.consent.rules import CLASSES, CONSENTS, GRANTS, PURPOSES, RELATIONS, decide
from alongside.identity.fields import SealedField

PLAIN_CLASSES = {
    "none": "says nothing about anybody",
    "public": "printed on the door",
    "code": "about a person known by a code only",
    "staff": "about somebody who works here",
    "key": "a key, itself locked",
}


@dataclass(frozen=True, slots=True)
class Sight:
    """One role that police may hold: what it may do, and the facts it may open (what, for what, of whom)."""

    role: Role
    permissions: list[Promise]
    facts: list[tuple[str, str, str]]


def police_sights() -> list[Sight]:
    """What police can see: `decide` asked for every role police may hold, with the person's agreement given."""
    return [
        Sight(
            role,
            [PERMISSIONS[name] for name in PERMISSIONS if name in role.permissions],
            [
                (gettext(CLASSES[kind]), gettext(PURPOSES[purpose]), gettext(RELATIONS[relation]))
                for kind, purpose, relation in _opened_by(role.code, "police")
            ],
        )
        for role in ROLES.values()
        if role.police_may_hold
    ]


def _opened_by(role: str, agency_class: str) -> Iterator[tuple[str, str, str]]:
    for kind in CLASSES:
        for purpose in PURPOSES:
            for relation in RELATIONS:
                if decide(role=role, agency_class=agency_class, purpose=purpose, privacy_class=kind,
                          consent="active", relation=relation):  # fmt: skip
                    yield kind, purpose, relation


def hidden_from_police() -> list[str]:
    """The classes that no police role opens for any purpose, whatever the person agreed to."""
    police = [role.code for role in ROLES.values() if role.police_may_hold]
    return [
        gettext(words) for kind, words in CLASSES.items()
        if not any(
            decide(role=role, agency_class="police", purpose=purpose, privacy_class=kind, consent=consent, relation=relation)
            for role in police for purpose in PURPOSES for consent in CONSENTS for relation in RELATIONS
        )
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grant:
    """One line of the rules: a role, a purpose, a tie, and for each class “yes”, “if agreed” or a dash."""

    role: Promise
    purpose: str
    relation: str
    cells: list[str]


def grants() -> list[Grant]:
    """Every line of the running rules, for a lawyer to read; what is not a line here is denied."""
    return [
        Grant(ROLES[role].label, gettext(PURPOSES[purpose]), gettext(RELATIONS[relation]),
              [_cell(kind, granted) for kind in CLASSES])
        for (role, purpose, relation), granted in sorted(GRANTS.items())
    ]  # fmt: skip


def _cell(kind: str, granted: frozenset[str]) -> str:
    if kind in granted:
        return gettext("yes")
    return gettext("if agreed") if f"{kind}*" in granted else "–"


@dataclass(frozen=True, slots=True)
class Kept:
    """One table of the database: what it is for, how long it is kept, and each field with what it tells and its lock."""

    name: str
    sentence: str
    retention: str
    fields: list[tuple[str, str, bool]]


def everything_kept() -> list[Kept]:
    """Every table and field there is, from the schema: everything that could ever be handed over."""
    return [
        Kept(
            name=str(model._meta.verbose_name),
            sentence=(model.__doc__ or "").strip().split("\n")[0],
            retention=str(vars(model).get("RETENTION", "")),
            fields=[
                (name.replace("_", " "), gettext(CLASSES.get(kind, PLAIN_CLASSES.get(kind, kind))),
                 isinstance(model._meta.get_field(name), SealedField))
                for name, kind in vars(model)["PRIVACY"].items()
            ],
        )
        for config in apps.get_app_configs() if config.name.startswith("alongside.")
        for model in config.get_models() if "PRIVACY" in vars(model)
    ]  # fmt: skip
