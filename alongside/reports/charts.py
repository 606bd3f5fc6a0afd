"""The month as bars with the table behind each; the file is made of the same tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alongside.incidents.rules import OUTCOMES
from alongside.naloxone.rules import RECIPIENTS
from alongside.reports.measures import CLOCK_HOURS, MEDIANS, STEPS
from alongside.reports.queries import SMALL_TOWNS, UNKNOWN_TOWN, Month
from alongside.reports.rules import ShownTable
from alongside.services.rules import NEEDS

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its value, None when hidden, and its length in percent of the longest."""

    label: Words
    value: int | None
    width: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over one column of a table, and the table."""

    code: str
    caption: Words
    bars: Sequence[Bar]
    columns: Sequence[Words]
    rows: Sequence[tuple[Words, Sequence[int | None]]]

    @property
    def hides(self) -> bool:
        """Whether any number of the table is hidden."""
        return any(value is None for _label, values in self.rows for value in values)


def charts_of(month: Month) -> list[Chart]:
    return [_steps(month), _needs(month), _kits(month), _towns(month)]


def file_rows(month: Month) -> list[list[str]]:
    """Section, row, column and number: one number a line; a hidden one says so."""
    lines = [[gettext("Section"), gettext("Row"), gettext("Column"), gettext("Number")]]
    for chart in charts_of(month):
        for label, values in chart.rows:
            lines += [
                [str(chart.caption), str(label), str(column), printed(value)]
                for column, value in zip(chart.columns, values, strict=True)
            ]
    for name, hours in month.medians.items():
        lines.append([gettext("Clocks"), str(MEDIANS[name]), gettext("Median hours"), printed(hours)])
    for limit in CLOCK_HOURS:
        label = gettext("First try within %(hours)s hours") % {"hours": limit}
        lines.append([gettext("Clocks"), label, gettext("Cases"), printed(month.within[limit])])
        lines.append([gettext("Clocks"), label, gettext("Percent"), printed(month.within_percent[limit])])
    return [[safe_cell(cell) for cell in line] for line in lines]


def printed(value: float | None) -> str:
    return gettext("hidden") if value is None else str(value)


def safe_cell(text: str) -> str:
    """Text that a spreadsheet takes as text: what would start a formula gets an apostrophe in front."""
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") or text[:1] in ("\t", "\r", "\n") else text


def _bars(pairs: Iterable[tuple[Words, int | None]]) -> list[Bar]:
    numbers = list(pairs)
    longest = max((value or 0 for _label, value in numbers), default=0) or 1
    return [Bar(label, value, round(100 * (value or 0) / longest)) for label, value in numbers]


def _steps(month: Month) -> Chart:
    pairs = [(STEPS[name], value) for name, value in month.steps.items()]
    rows = [(label, (value,)) for label, value in pairs]
    return Chart("steps", _("From the event to help"), _bars(pairs), [_("Number")], rows)


def _needs(month: Month) -> Chart:
    asked: Mapping[str, Mapping[str, int | None]] = {
        code: row for code, row in month.needs.items() if any(value != 0 for value in row.values())
    }
    rows = [(gettext(NEEDS[code]), tuple(row.values())) for code, row in asked.items()]
    bars = _bars((gettext(NEEDS[code]), row["noted"]) for code, row in asked.items())
    return Chart("needs", _("What would help"), bars, [_("Noted"), _("Passed on"), _("Connected")], rows)


def _kits(month: Month) -> Chart:
    counts = (*month.kits.cells[0], month.kits.total)
    labels: list[Words] = [*(gettext(RECIPIENTS[code]) for code in month.kits.columns), _("All kits")]
    pairs = list(zip(labels, counts, strict=True))
    rows = [(label, (value,)) for label, value in pairs]
    return Chart("kits", _("Naloxone kits handed out"), _bars(pairs[:-1]), [_("Kits")], rows)


def _towns(month: Month) -> Chart:
    table: ShownTable = month.towns
    labels = [_town(name) for name in table.rows]
    bars = _bars(zip(labels, table.row_totals, strict=True))
    lines = [(*cells, total) for cells, total in zip(table.cells, table.row_totals, strict=True)]
    rows: list[tuple[Words, Sequence[int | None]]] = [
        *zip(labels, lines, strict=True),
        (_("All towns"), (*table.column_totals, table.total)),
    ]
    columns: list[Words] = [*(gettext(OUTCOMES[code]) for code in table.columns), _("All")]
    return Chart("towns", _("Incidents by town"), bars, columns, rows)


def _town(name: str) -> Words:
    return {UNKNOWN_TOWN: _("Town not known"), SMALL_TOWNS: _("Towns with few incidents, together")}.get(name, name)
