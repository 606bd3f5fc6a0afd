"""A made-up row of any table, for a program: so that a table added tomorrow is tested tomorrow."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime

from django.db import DatabaseError, models, transaction

from alongside.common import walls
from alongside.common.ids import new_id

MOMENT, DAY = datetime(2026, 1, 15, 17, tzinfo=UTC), date(2026, 1, 15)
SIMPLE = (
    (models.BooleanField, True), (models.UUIDField, None), (models.JSONField, []), (models.DateTimeField, MOMENT),
    (models.DateField, DAY), (models.TimeField, MOMENT.time()), (models.IntegerField, 1), (models.FloatField, 1.0),
    (models.DecimalField, 1), (models.BinaryField, b"x"),
)  # fmt: skip


def a_row_of(model, who):
    """Some row of a table that belongs to a program."""
    way = walls.way_of(model)
    path = "__".join(link.name for link in way) if way else ""
    rows = model._default_manager.all()
    return (rows if way is None else rows.filter(**{path or "pk": who.program.pk})).first()


def value_for(column, who):
    if column.choices:
        return column.choices[0][0]
    if column.unique and isinstance(column, models.IntegerField):
        return secrets.randbelow(30_000) + 1
    for kind, value in SIMPLE:
        if isinstance(column, kind):
            return new_id() if isinstance(column, models.UUIDField) else value
    return str(new_id()).replace("-", "")[-(column.max_length or 32) :]


def grow(model, who, anew=False):
    """Make a row unless the program has one (or in any case), and give it."""
    known = a_row_of(model, who)
    if model._meta.db_table == "journal_entry" or (known is not None and not anew):
        return known
    row = model()
    for column in model._meta.concrete_fields:
        if column.generated or column.has_default() or isinstance(column, models.AutoField):
            continue
        if isinstance(column, models.ForeignKey):
            if not column.null or column in (walls.way_of(model) or ())[:1]:
                alone = column.one_to_one and column.related_model._meta.label != walls.PROGRAM
                parent = grow(column.related_model, who, anew=alone)
                setattr(row, column.attname, getattr(parent, "pk", None))
        elif not column.null:
            setattr(row, column.attname, value_for(column, who))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except DatabaseError as fault:
        print(f"growing {model._meta.label}: {fault}")
        return a_row_of(model, who)
    return row
