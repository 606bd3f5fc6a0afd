"""A printed period as files: a table for spreadsheets, a workbook, and one page for the board. The definitions go with each."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import typst
import xlsxwriter
from django.utils.formats import date_format
from django.utils.translation import gettext

from alongside.measures.definitions import GROUPS, MEASURES, UNITS, VERSION, in_general
from alongside.measures.funders import FORMS, Form
from alongside.measures.shown import HIDDEN, NONE, NOT_COLLECTED, NOT_YET, NUMBER, TOO_FEW, Printed, Value
from alongside.reports.charts import Chart, charts_of
from alongside.reports.words import in_short, period_words, written
from alongside.suppression.rules import ZEROS_WITHHELD

LONGEST_NAME = 31  # of a sheet
BOARD = Path(__file__).with_name("board.typ")


def in_words(value: Value) -> str:
    """A value as it is printed: its number, or why there is none."""
    words = {HIDDEN: gettext("hidden"), NOT_COLLECTED: gettext("not collected"), NOT_YET: gettext("not yet known"),
             NONE: gettext("none in this period"), TOO_FEW: gettext("too few for a share")}  # fmt: skip
    return words.get(value.kind) or written(value.number)


def safe_cell(text: str) -> str:
    """Text that a spreadsheet takes as text: what would start a formula gets an apostrophe in front."""
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") or text[:1] in ("\t", "\r", "\n") else text


def lines_of(printed: Printed, form: Form | None = None) -> list[list[str]]:
    """Group, name, unit, number, the two counts of a share, and what it counts: one number a line; of a form, its lines."""
    if form is None:
        return [_line(printed, str(GROUPS[one.group]), code, str(one.label)) for code, one in MEASURES.items()]
    found = []
    for line in form.lines:
        if line.measure:
            found.append(_line(printed, str(form.label), line.measure, str(line.asked or MEASURES[line.measure].label)))
        else:
            found.append([str(form.label), str(line.asked), "", gettext("not collected"), "", "", str(line.why)])
    return found


def _line(printed: Printed, group: str, code: str, name: str) -> list[str]:
    measure, value = MEASURES[code], printed.value(code)
    counts = ["" if number is None else str(number) for number in (value.part, value.whole)]
    return [group, name, str(UNITS[measure.unit]), in_words(value), *counts, str(measure.sentence)]


def heads() -> list[str]:
    """The names of the columns of `lines_of`."""
    return [gettext("Group"), gettext("What"), gettext("Counted in"), gettext("Number"), gettext("Part"), gettext("Of"),
            gettext("What it counts")]  # fmt: skip


def about(printed: Printed) -> list[tuple[str, str]]:
    """What is said with every file: the period, what it stands on, and the words."""
    version = printed.notes.get("definitions", VERSION)
    stands = gettext("printed with what had been entered by %(day)s, version %(version)s, definitions %(definitions)s") % {
        "day": date_format(printed.as_of, "j F Y"), "version": printed.version, "definitions": version,
    }  # fmt: skip
    return [(period_words(printed.period), stands), *((str(name), str(text)) for name, text in in_general(printed.notes))]


def as_csv(printed: Printed, form: Form | None = None) -> bytes:
    """Everything in one table, one number a line, the definitions beside each and below."""
    rows = [heads(), *lines_of(printed, form)]
    for chart in charts_of(printed) if form is None else ():
        for label, values in chart.rows:
            rows += [
                [str(chart.caption), str(label), str(column), _number(value), "", "", ""]
                for column, value in zip(chart.columns, values, strict=True)
            ]
    rows += [[gettext("About"), name, "", "", "", "", text] for name, text in about(printed)]
    text = StringIO()
    csv.writer(text).writerows([[safe_cell(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


WHY = {
    HIDDEN: "from 1 on and under the threshold, or such a number could be worked out from it",
    NOT_COLLECTED: "not kept by this program", NOT_YET: "the days it takes to know it still run",
    NONE: "nothing of which it could be a share or a middle value", TOO_FEW: "a share of fewer than 20",
}  # fmt: skip
"""The reasons of a null, by their code."""


def as_plain(printed: Printed) -> dict[str, Any]:
    """The printed period as other programs read it: every measure with its definition, every count by its places.

    A number is null with the code of its reason; a count is null when it is hidden. The same numbers as in every other file.
    """
    measures = []
    for code, one in MEASURES.items():
        value = printed.value(code)
        measures.append({
            "code": code, "label": str(one.label), "unit": one.unit, "value": value.number,
            "reason": None if value.kind == NUMBER else value.kind, "part": value.part, "of": value.whole,
            "definition": str(one.sentence),
        })  # fmt: skip
    counts = [{"count": of, "where": {name: list(some) for name, some in where}, "value": value}
              for (of, where), value in printed.counts.items()]  # fmt: skip
    return {
        "period": printed.period.code, "version": printed.version, "correction": printed.reason or None,
        "printed_at": printed.as_of.isoformat(), "definitions": printed.notes.get("definitions", VERSION),
        "threshold": printed.threshold, "zeros_withheld": bool(printed.notes.get(ZEROS_WITHHELD)),
        "measures": measures, "counts": counts, "reasons": WHY,
    }  # fmt: skip


def _number(value: int | None) -> str:
    return gettext("hidden") if value is None else str(value)


def as_workbook(printed: Printed, program: str, form: Form | None = None) -> bytes:
    """The numbers, a sheet for each table, and the definitions; nothing in it is a formula. It prints across one page."""
    kept = BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"{program}, {period_words(printed.period)}"})
    looks = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "words": book.add_format({"text_wrap": True, "valign": "top"}),
        "numbers": book.add_format({"align": "right", "valign": "top"}),
    }
    _sheet(book, gettext("Numbers"), [heads(), *lines_of(printed, form)], looks, (26, 34, 16, 14, 8, 8, 80), (3, 4, 5))
    for chart in charts_of(printed) if form is None else ():
        rows = [[str(chart.caption), *map(str, chart.columns)]]
        rows += [[str(label), *map(_number, values)] for label, values in chart.rows]
        widths = (38, *(16 for _column in chart.columns))
        _sheet(book, str(chart.caption), rows, looks, widths, range(1, len(widths)))
    heading = [gettext("Word"), gettext("What it says")]
    _sheet(book, gettext("About"), [heading, *map(list, about(printed))], looks, (24, 110), ())
    book.close()
    return kept.getvalue()


def _sheet(book: Any, name: str, rows: Sequence[Sequence[str]], looks: Mapping[str, Any], widths: Sequence[int],
           numbers: Sequence[int]) -> None:  # fmt: skip
    sheet = book.add_worksheet(name[:LONGEST_NAME])
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width, looks["numbers" if column in numbers else "words"])
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            style = (looks["head"],) if place == 0 else ()
            if cell.isascii() and cell.replace(".", "", 1).isdigit():
                sheet.write_number(place, column, float(cell), *style)
            else:
                sheet.write_string(place, column, cell, *style)


def as_page(printed: Printed, program: str, form: Form) -> bytes:
    """One page to hand out, tagged for screen readers (PDF/UA-1): the form's numbers with what each counts."""
    whole = form is FORMS["board"]
    data = {
        "program": program, "period": period_words(printed.period), "form": str(form.label), "lang": "en",
        "note": about(printed)[0][1], "general": about(printed)[1:],
        "heads": [gettext("What"), gettext("Number"), gettext("What it counts")],
        "rows": [
            [name, number, unit if number[:1].isdigit() else "", text]
            for _group, name, unit, number, _part, _of, text in lines_of(printed, form)
        ],
        "short": in_short(printed) if whole else [], "charts": [_plain(chart) for chart in charts_of(printed)[:2] if whole],
    }  # fmt: skip
    found = typst.compile(BOARD.read_bytes(), sys_inputs={"data": json.dumps(data)}, format="pdf", pdf_standards=["ua-1"])
    if not isinstance(found, bytes):
        raise TypeError("One page was asked for.")
    return found


def _plain(chart: Chart) -> dict[str, Any]:
    bars = [{"label": str(bar.label), "value": _number(bar.value), "width": bar.width} for bar in chart.bars]
    return {"caption": str(chart.caption), "bars": bars, "shows": chart.shows}
