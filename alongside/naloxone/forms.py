"""The forms of the kits: each carries the id of what it makes, so that sending twice is harmless."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alongside.common.ids import new_id
from alongside.common.words import choices_of
from alongside.naloxone.models import StockPlace
from alongside.naloxone.queries import StockLine
from alongside.naloxone.rules import (
    ANSWERS,
    DOSES_IN_A_KIT,
    NOT_SAID,
    OUTCOMES,
    PLACES,
    PRODUCTS,
    RECIPIENTS,
    REVERSAL,
    STEPS,
    SUPPLIES,
    SYRINGES,
    TAUGHT,
)

DAY = forms.DateInput(attrs={"type": "date"})


class _ByDraft(forms.Form):
    """A form that makes one thing, once."""

    draft = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)


def _places(places: Sequence[StockPlace]) -> list[tuple[str, str]]:
    return [(str(place.id), str(place)) for place in places]


class _OfPlaces(_ByDraft):
    """A form that asks at which office or car."""

    def __init__(self, *args: Any, places: Sequence[StockPlace], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("place", "to_place"):
            if name in self.fields:
                self.fields[name].choices = _places(places)  # type: ignore[attr-defined]  # a choice field
        if places and "place" in self.fields:
            self.fields["place"].initial = str(places[0].id)

    def id_of(self, name: str) -> UUID | None:
        """The chosen place."""
        chosen = self.cleaned_data.get(name)
        return UUID(chosen) if chosen else None


class GiveForm(_OfPlaces):
    """Who for, in one tap; the number, the product and the place only when they are not the usual ones."""

    recipient = forms.ChoiceField(choices=choices_of(RECIPIENTS))
    kits = forms.IntegerField(label=_("How many?"), required=False, min_value=1, max_value=5000, initial=1)
    product = forms.ChoiceField(
        label=_("What?"), required=False,
        choices=[("", _("Naloxone, whatever expires first")),
                 *choices_of(REVERSAL, (code for code in REVERSAL if code != NOT_SAID)), *choices_of(SUPPLIES)],
    )  # fmt: skip
    place = forms.ChoiceField(label=_("From where?"), required=False)


class ReceiveForm(_OfPlaces):
    """A box that came in."""

    product = forms.ChoiceField(
        label=_("Product"), choices=choices_of(REVERSAL, (code for code in REVERSAL if code != NOT_SAID))
    )
    number = forms.CharField(label=_("Lot number, as on the box"), max_length=40)
    expires_on = forms.DateField(label=_("Expires on"), widget=DAY)
    kits = forms.IntegerField(label=_("Kits"), min_value=1, max_value=100_000)
    doses = forms.IntegerField(label=_("Doses in each kit"), min_value=1, max_value=100, initial=DOSES_IN_A_KIT)
    place = forms.ChoiceField(label=_("Where is it?"), required=False)
    came_on = forms.DateField(
        label=_("Came on another day"), widget=DAY, required=False,
        help_text=_("A box found late: say the day, and what was handed out since is explained."),
    )  # fmt: skip


class SuppliesForm(_OfPlaces):
    """Strips, syringes and boxes that came in; used syringes that were brought back."""

    what = forms.ChoiceField(
        label=_("What?"), widget=forms.RadioSelect,
        choices=[("collected", _("Used syringes taken back")), *choices_of(SUPPLIES)],
    )  # fmt: skip
    amount = forms.IntegerField(label=_("How many?"), min_value=1, max_value=5000)
    place = forms.ChoiceField(label=_("Where?"))

    def kind_and_product(self) -> tuple[str, str]:
        """What happened, and with what."""
        what = self.cleaned_data["what"]
        return ("collected", SYRINGES) if what == "collected" else ("received", what)


class ShelfForm(_OfPlaces):
    """Some of what lies at a place: to a car, or off the books."""

    line = forms.ChoiceField(label=_("Which?"), widget=forms.RadioSelect)
    amount = forms.IntegerField(label=_("How many?"), min_value=1, max_value=100_000)

    def __init__(self, *args: Any, lines: Iterable[StockLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {f"{number}": line for number, line in enumerate(lines) if line.place}
        self.fields["line"].choices = [(key, words_of(line)) for key, line in self.lines.items()]  # type: ignore[attr-defined]  # a choice field

    def chosen(self) -> StockLine:
        """The line of the shelf."""
        return self.lines[self.cleaned_data["line"]]


class IssueForm(ShelfForm):
    """From the office to a car, or to another place."""

    to_place = forms.ChoiceField(label=_("To where?"))


class TakeOutForm(ShelfForm):
    """What expired or got lost."""

    kind = forms.ChoiceField(
        label=_("Why?"), choices=[("expired", _("Expired: taken out")), ("lost", _("Lost or damaged"))],
        widget=forms.RadioSelect, initial="expired",
    )  # fmt: skip


def words_of(line: StockLine) -> str:
    """One line of a shelf in words, as a choice shows it."""
    lot = f", {line.lot.number}" if line.lot else ""
    return f"{line.place}: {line.label}{lot} ({line.left})"


class CountForm(_ByDraft):
    """What somebody counts at one place: a number for each line of the books, and one for what is not on them."""

    def __init__(self, *args: Any, lines: Iterable[StockLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys: dict[str, tuple[str, UUID | None]] = {}
        for number, line in enumerate(lines):
            name = f"line_{number}"
            self.keys[name] = (line.product, line.lot.id if line.lot else None)
            label = f"{line.label}, {line.lot.number}" if line.lot else line.label
            self.fields[name] = forms.IntegerField(label=label, min_value=0, max_value=100_000, initial=line.left)
        self.fields["other"] = forms.ChoiceField(
            label=_("Something that is not on this list"),
            required=False,
            choices=[("", _("Nothing")), *choices_of(PRODUCTS)],
        )
        self.fields["other_amount"] = forms.IntegerField(
            label=_("How many of it?"), required=False, min_value=0, max_value=100_000
        )

    def counted(self) -> dict[tuple[str, UUID | None], int]:
        """Every key with what was counted; a product that was short and is not there any more counts as nought."""
        found = {key: self.cleaned_data[name] for name, key in self.keys.items()}
        if other := self.cleaned_data.get("other"):
            found[other, None] = self.cleaned_data.get("other_amount") or 0
        return found


class PlaceForm(forms.Form):
    """A new office or car of the own agency."""

    name = forms.CharField(label=_("Name, such as “Car 2”"), max_length=60)
    kind = forms.ChoiceField(label=_("Kind"), choices=choices_of(PLACES), initial="car")


class TrainingForm(_ByDraft):
    """The seven steps, ticked as they are taught back."""

    taught = forms.ChoiceField(
        label=_("Who learned it?"), choices=choices_of(TAUGHT), widget=forms.RadioSelect, initial="person"
    )
    people = forms.IntegerField(label=_("For a group: how many people"), required=False, min_value=1, max_value=500)
    steps = forms.MultipleChoiceField(
        label=_("They showed or told it in their own words"),
        choices=choices_of(STEPS),
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, initial="en")


def months_back(today: date, count: int = 12) -> list[tuple[str, str]]:
    """The present month and those before it, as choices."""
    found, first = [], today.replace(day=1)
    for _number in range(count):
        found.append((first.isoformat(), f"{first:%B %Y}"))
        first = (first - timedelta(days=1)).replace(day=1)
    return found


class ReversalForm(_ByDraft):
    """A kit was used. One question a line, and “I would rather not say” always answers."""

    draft = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)  # one made from the clock would tell the minute
    month = forms.ChoiceField(label=_("When was it?"))
    outcome = forms.ChoiceField(label=_("How did it end?"), choices=choices_of(OUTCOMES), widget=forms.RadioSelect)
    called = forms.ChoiceField(
        label=_("Was 911 called?"), choices=choices_of(ANSWERS), widget=forms.RadioSelect, initial="not_said"
    )
    police = forms.ChoiceField(
        label=_("Did police come?"), choices=choices_of(ANSWERS), widget=forms.RadioSelect, initial="not_said"
    )
    kits = forms.IntegerField(label=_("How many kits were used?"), min_value=1, max_value=10, initial=1)
    product = forms.ChoiceField(label=_("Which kit?"), choices=choices_of(REVERSAL), initial=NOT_SAID, required=False)

    def __init__(self, *args: Any, today: date, with_product: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = months_back(today)  # type: ignore[attr-defined]  # a choice field
        if not with_product:
            del self.fields["product"]
