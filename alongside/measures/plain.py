"""Rows of texts and numbers as the database gives them: of a hundred thousand, each conversion is felt."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Field, FloatField, Func, QuerySet
from django.db.models.functions import Coalesce

from alongside.accounts.models import Program
from alongside.people.models import Person


class Seconds(Func):
    """The seconds of a moment since 1970, to the millisecond; in rows read with `plain` a number."""

    output_field: Field[Any, Any] = FloatField()
    template = "ROUND(EXTRACT(EPOCH FROM %(expressions)s), 3)::double precision"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite keeps a moment as text; its days since noon in 4714 BC hold milliseconds exactly."""
        days = "ROUND((JULIANDAY(%(expressions)s) - 2440587.5) * 86400.0, 3)"
        return self.as_sql(compiler, connection, template=days, **context)


def living_of(program: Program) -> dict[Any, Any]:
    """The living record of each that was merged, both as `plain` gives keys; who is not here is their own."""
    rows = Person.objects.filter(program=program, merged_into__isnull=False).order_by()
    return dict(plain(rows.values_list("id", Coalesce("merged_into__merged_into_id", "merged_into_id"))))


def lasts(start: str, end: str) -> Any:
    """Seconds from one moment to another, to the millisecond."""
    return Seconds(F(end)) - Seconds(F(start))


def plain(rows: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """The rows of a query, unconverted: a truth is 0 or 1 on one database and a bool on the other, a key a text or a UUID."""
    chunks = rows.query.get_compiler(rows.db).execute_sql()
    return [row for chunk in chunks or () for row in chunk]
