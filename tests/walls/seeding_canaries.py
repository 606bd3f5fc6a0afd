"""10,000 made-up words in sealed fields, through the vault, with the tables filled by the real actions first.

Every word begins with one random prefix of this run, so that a scanner looks for one thing in each encoding.
"""

from __future__ import annotations

import sys

from django.apps import apps
from django.db import models, transaction

from alongside.common.ids import new_id
from alongside.identity.fields import SealedField
from alongside.identity.models import Contact
from alongside.identity.vault import seal_many
from tests import cast as casting

WANTED = 10_000


def sealed_fields(model):
    return [field.name for field in model._meta.concrete_fields if isinstance(field, SealedField)]


def another(row, person):
    """A copy of a row that breaks no rule of its table: a new key, a new person where only one is allowed, new digests."""
    row.pk, row._state.adding = new_id(), True
    unique = {name for rule in row._meta.constraints if isinstance(rule, models.UniqueConstraint) for name in rule.fields}
    for field in row._meta.concrete_fields:
        if field.is_relation and field.related_model._meta.label == "people.Person":
            setattr(row, field.attname, person.pk)
        elif field.one_to_one and getattr(row, field.attname):  # each row of what phones sent hangs on a change of its own
            change = another(getattr(row, field.name), person)
            change.save(force_insert=True)
            setattr(row, field.name, change)
        elif field.unique and isinstance(field, models.UUIDField) and not field.primary_key:
            setattr(row, field.attname, new_id())
        elif (field.unique or field.name in unique) and isinstance(field, models.CharField):
            setattr(row, field.attname, str(new_id()).replace("-", "")[-(field.max_length or 32) :])
    return row


def seed(prefix: str) -> int:
    """Fill every sealed field of every table that can be copied, and give the number of words."""
    from alongside.people.models import Person  # noqa: PLC0415  # after set-up

    who = casting.side("Canary", ("Eastpoint",))
    casting.case_with_everything(who, casting.person_who_consented(who))
    tables = [model for model in apps.get_models() if sealed_fields(model) and model._default_manager.exists()]
    each = sum(len(sealed_fields(model)) for model in tables)
    count = 0
    for number in range(WANTED // each + 1):
        person = Person.objects.create(program=who.program, code=f"canary-{prefix}-{number}"[-40:].replace(prefix, "p"))
        work = []
        for model in tables:
            row = another(model._default_manager.first(), person)
            plain = {name: f"{prefix}{count + place:06d} Vlimmergate" for place, name in enumerate(sealed_fields(model))}
            count += len(plain)
            for name in plain:
                setattr(row, name, None)
            work.append((row, plain))
        seal_many(work, who.program.id)
        for row, _ in work:
            row.save(force_insert=True)
    casting.Side.user(who, "coordinator")
    return count


if __name__ == "__main__":
    with transaction.atomic():
        print(seed(sys.argv[1]), Contact.objects.count())
