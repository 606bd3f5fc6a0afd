"""A printed period as pictures, each with the table behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alongside.consent.rules import LANGUAGES
from alongside.incidents.rules import OUTCOMES
from alongside.measures.definitions import MEASURES
from alongside.measures.shown import Printed
from alongside.naloxone.rules import RECIPIENTS
from alongside.reports.pictures import Ribbon, TownMap, Trend, flow_of, map_of, trend_of
from alongside.reports.words import period_words
from alongside.services.rules import NEEDS

Words = str | Promise
FUNNEL = ("incidents", "incidents.person", "cases", "cases.tried", "cases.contact", "cases.reached", "cases.need",
          "cases.connected")  # fmt: skip
HOUSING: dict[str, Promise] = {"unhoused": _("No fixed place to stay"), "not_noted": _("Housing not noted")}
GROUPED: tuple[tuple[str, Promise], ...] = (
    ("cases", _("Cases")), ("cases.tried", _("Tried")), ("cases.within72", _("Tried within 72 hours")),
    ("cases.reached", _("Reached")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its value, None when hidden, and its length in percent of the longest."""

    label: Words
    value: int | None
    width: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over one column of a table (or a picture of its own), and the table."""

    code: str
    caption: Words
    columns: Sequence[Words]
    rows: Sequence[tuple[Words, Sequence[int | None]]]
    bars: Sequence[Bar] = ()
    picture: Trend | list[Ribbon] | TownMap | None = None
    kind: str = "bars"

    @property
    def hides(self) -> bool:
        """Whether any number of the table is hidden."""
        return any(value is None for _label, values in self.rows for value in values)

    @property
    def shows(self) -> bool:
        """Whether any number of the table is printed."""
        return any(value is not None for _label, values in self.rows for value in values)


def charts_of(printed: Printed, months: Sequence[Printed] = (), outlines: Sequence[dict[str, Any]] = ()) -> list[Chart]:
    """The pictures of a period: funnel, hours, the months before, needs, kits, towns, and who is reached alike."""
    found = [
        _funnel(printed), _hours(printed), *([_trend(months)] if len(months) > 1 else []), _needs(printed), _kits(printed),
        _towns(printed, outlines), _alike(printed, "home", _("Who is reached, town by town")),
        _alike(printed, "housing", _("Who is reached, housed or not")),
        *_languages(printed),
    ]  # fmt: skip
    return [chart for chart in found if chart.rows or chart.kind != "table"]


def _bars(pairs: Iterable[tuple[Words, int | None]], whole: int | None = None) -> list[Bar]:
    """As long as their part of the whole; where that is hidden or not said, of the longest."""
    numbers = list(pairs)
    longest = whole or max((value or 0 for _label, value in numbers), default=0) or 1
    return [Bar(label, value, min(100, round(100 * (value or 0) / longest))) for label, value in numbers]


def _single(code: str, caption: Words, column: Words, pairs: Sequence[tuple[Words, int | None]], whole: int | None) -> Chart:
    return Chart(code, caption, [column], [(label, (value,)) for label, value in pairs], _bars(pairs, whole))


def _funnel(printed: Printed) -> Chart:
    pairs: list[tuple[Words, int | None]] = [(MEASURES[of].label, printed.number(of)) for of in FUNNEL]
    return _single("steps", _("From the event to help"), _("Number"), pairs, None)


def _hours(printed: Printed) -> Chart:
    """How soon the first try came, as differences of printed counts."""
    labels = (_("Within 24 hours"), _("24 to 48 hours"), _("48 to 72 hours"), _("Later"), _("Not tried yet"))
    steps = [0, *(printed.number(of) for of in ("cases.within24", "cases.within48", "cases.within72", "cases.tried", "cases"))]
    gaps = [None if low is None or high is None else high - low for low, high in zip(steps, steps[1:], strict=False)]
    return _single("hours", _("How soon the first try came"), _("Cases"), list(zip(labels, gaps, strict=True)), steps[-1])


def _needs(printed: Printed) -> Chart:
    rows: list[tuple[Words, Sequence[int | None]]] = []
    for code in NEEDS:
        values = [printed.number(f"need:{code}{end}") for end in ("", ":sent", ":connected")]
        if values[0] != 0 and printed.has(f"need:{code}"):
            rows.append((gettext(NEEDS[code]), values))
    rows.sort(key=lambda row: -(row[1][0] or 0))
    columns = [_("Noted"), _("Passed on"), _("Connected")]
    return Chart("needs", _("From need to answer"), columns, rows, picture=flow_of(rows), kind="flow")


def _kits(printed: Printed) -> Chart:
    pairs: list[tuple[Words, int | None]] = [
        (gettext(label), printed.number("kits", recipient=code)) for code, label in RECIPIENTS.items()
    ]
    chart = _single("kits", _("Naloxone kits handed out"), _("Kits"), pairs, printed.number("kits"))
    return Chart(chart.code, chart.caption, chart.columns, [*chart.rows, (_("All kits"), (printed.number("kits"),))], chart.bars)


def town_label(names: Sequence[str]) -> Words:
    """What a row of towns is called: its one name, or that it is several."""
    if len(names) > 1:
        return _("Towns with few, together")
    return names[0] or _("Town not known")


def _towns(printed: Printed, outlines: Sequence[dict[str, Any]]) -> Chart:
    cells = dict(printed.places("incidents", "town", "outcome"))
    found = printed.places("incidents", "town")
    found.sort(key=lambda place: (len(place[0][0]) > 1, place[0][0]))
    rows: list[tuple[Words, Sequence[int | None]]] = [
        (town_label(towns), [*(cells.get((towns, (code,))) for code in OUTCOMES), total]) for (towns,), total in found
    ]
    ends = [printed.number("incidents", outcome=code) for code in OUTCOMES]
    rows.append((_("All towns"), [*ends, printed.number("incidents")]))
    columns: list[Words] = [*(gettext(label) for label in OUTCOMES.values()), _("All")]
    numbers = {town: total for (towns,), total in found for town in towns if len(towns) == 1}
    picture = map_of(outlines, numbers) if outlines else None
    return Chart("towns", _("Incidents by town"), columns, rows, _bars((label, values[-1]) for label, values in rows[:-1]),
                 picture, "map" if picture else "bars")  # fmt: skip


def _alike(printed: Printed, dim: str, caption: Words) -> Chart:
    """Who is reached alike: numbers side by side, never ranked."""
    tables = [dict(printed.places(of, dim)) for of, _label in GROUPED]
    places = sorted(tables[0], key=lambda place: (len(place[0]) > 1, place[0]))
    name = (lambda values: HOUSING[values[0]]) if dim == "housing" else town_label
    rows = [(name(place[0]), [table.get(place) for table in tables]) for place in places]
    return Chart(dim, caption, [label for _of, label in GROUPED], rows, kind="table")


def _languages(printed: Printed) -> list[Chart]:
    """In which language people were trained and agreed; what was printed before this was counted has none."""
    if not printed.places("trained", "language"):
        return []
    names = {code: str(label) for code, label in settings.LANGUAGES} | {"": gettext("Not noted")}
    rows: list[tuple[Words, Sequence[int | None]]] = [
        (names[code], [printed.number(of, language=code) for of in ("trained", "agreements")]) for code in (*LANGUAGES, "")
    ]
    return [Chart("language", _("In which language"), [MEASURES["trained"].label, MEASURES["agreements"].label], rows,
                  kind="table")]  # fmt: skip


def _trend(months: Sequence[Printed]) -> Chart:
    drawn = ("incidents.overdose", "cases", "cases.reached")
    rows: list[tuple[Words, Sequence[int | None]]] = [
        (period_words(month.period), [month.number(of) for of in drawn]) for month in months
    ]
    picture = trend_of([(date_format(month.period.first_on, "M Y"), month.number(drawn[0])) for month in months])
    columns = [MEASURES[of].label for of in drawn]
    return Chart("trend", _("Overdoses, month by month"), columns, rows, picture=picture, kind="trend")
