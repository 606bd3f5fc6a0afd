"""The quick contact form, and the form of the morning list where a call gets its person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.accounts.models import Program, Town
from alongside.cases.receiving import Newcomer
from alongside.common.clock import now as clock
from alongside.common.ids import new_id
from alongside.common.words import choices_of, keepable
from alongside.identity.description import Description
from alongside.identity.forms import SaidOfSomebody
from alongside.incidents.rules import FACTS, KINDS, NALOXONE_BY, OUTCOMES, Report

FORM_SOURCE = "form"


MOST_NAMES = 5
NAMED = ("given_name", "family_name", "other_names", "middle_name", "ask_for")
JUNIORS = ("Jr", "Sr", "II", "III", "IV")


class PersonFields(SaidOfSomebody):
    """Who it was, as far as anybody knows; every part may stay empty."""

    given_name = forms.CharField(label=_("First name"), max_length=80, required=False, validators=[keepable])
    family_name = forms.CharField(label=_("Last name"), max_length=80, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False, validators=[keepable])
    ask_for = forms.CharField(
        label=_("Name to ask for"), max_length=80, required=False, help_text=_("If it is not the first name."),
        validators=[keepable],
    )  # fmt: skip
    meeting_place = forms.CharField(
        label=_("Where to find them"), max_length=200, required=False, validators=[keepable]
    )
    other_names = forms.CharField(
        label=_("Other or street name"), max_length=200, required=False, help_text=_("Several with a comma between them."),
        validators=[keepable],
    )  # fmt: skip
    middle_name = forms.CharField(label=_("Middle name"), max_length=80, required=False, validators=[keepable])
    suffix = forms.ChoiceField(
        label=_("Jr, Sr, III"), choices=[("", _("Not known")), *((name, name) for name in JUNIORS)], required=False
    )
    home_town = forms.ModelChoiceField(
        label=_("Home town"), queryset=Town.objects.none(), required=False, empty_label=_("Not known"),
        help_text=_("Until it is known, the case belongs to the town where it happened."),
    )  # fmt: skip

    def __init__(self, *args: Any, towns: list[Town], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("home_town", "town"):
            if name in self.fields:
                field = self.fields[name]
                assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # tells the type checker
                field.queryset = Town.objects.filter(id__in=[town.id for town in towns])

    def clean_other_names(self) -> tuple[str, ...]:
        """The names between the commas."""
        names = tuple(name for part in self.cleaned_data["other_names"].split(",") if (name := part.strip()))
        if len(names) > MOST_NAMES:
            raise forms.ValidationError(_("At most five other names."))
        return names

    def clean(self) -> dict[str, Any]:
        """What is typed as a name has letters, and a phone alone has the digits that it takes to know somebody by it."""
        data = super().clean() or self.cleaned_data
        for field in NAMED:
            said = data.get(field) or ()
            if any(not any(map(str.isalpha, name)) for name in ((said,) if isinstance(said, str) else said)):
                self.add_error(field, _("A name needs letters."))
        if not self.errors and data["phone"] and self.who().description.is_empty:
            self.add_error("phone", _("A phone number has at least seven digits."))
        return data

    def who(self) -> Newcomer:
        """The cleaned fields as the action wants them."""
        data = self.cleaned_data
        description = Description(
            data["given_name"] or data["ask_for"], data["family_name"], data["birth_date"], data["phone"],
            middle_name=data["middle_name"], suffix=data["suffix"], aliases=data["other_names"], born=self.born,
            place=data["meeting_place"],
        )  # fmt: skip
        return Newcomer(
            description, ask_for=data["ask_for"] or data["given_name"], phone=data["phone"],
            meeting_place=data["meeting_place"], home_town=data["home_town"],
        )  # fmt: skip


WHEN = {"now": _("Just now"), "hour": _("Within the hour"), "earlier": _("Earlier")}


class ContactForm(PersonFields):
    """45 seconds: what, when, where, how it ended, naloxone, and a name if there is one."""

    draft = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    kind = forms.ChoiceField(label=_("What happened?"), choices=choices_of(KINDS), widget=forms.RadioSelect)
    when = forms.ChoiceField(label=_("When?"), choices=list(WHEN.items()), widget=forms.RadioSelect, initial="now")
    at = forms.DateTimeField(
        label=_("Day and time, if earlier"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )  # fmt: skip
    town = forms.ModelChoiceField(label=_("Town"), queryset=Town.objects.none(), empty_label=_("Choose a town"))
    outcome = forms.ChoiceField(
        label=_("How did it end?"), choices=choices_of(OUTCOMES), widget=forms.RadioSelect
    )
    naloxone_doses = forms.IntegerField(label=_("Naloxone doses given"), required=False, min_value=0, max_value=20)
    naloxone_by = forms.MultipleChoiceField(
        label=_("Given by"), choices=choices_of(NALOXONE_BY), required=False, widget=forms.CheckboxSelectMultiple
    )
    facts = forms.MultipleChoiceField(
        label=_("Good to know"), choices=choices_of(FACTS), required=False, widget=forms.CheckboxSelectMultiple
    )
    place = forms.CharField(
        label=_("Where it happened"), max_length=200, required=False, help_text=_("A street corner is enough."),
        validators=[keepable],
    )  # fmt: skip

    field_order = (
        "draft", "kind", "when", "at", "town", "outcome", "naloxone_doses", "naloxone_by", "facts", "given_name",
        "family_name", "birth_date", "phone", "meeting_place", "other_names", "about_age", "middle_name", "suffix", "ask_for",
        "home_town", "place",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """An earlier contact needs its time, and no contact lies ahead."""
        data = super().clean() or self.cleaned_data
        if data.get("when") == "earlier" and not data.get("at"):
            self.add_error("at", _("Say when it was."))
        if data.get("when") == "earlier" and data.get("at") and data["at"] > clock() + timedelta(minutes=5):
            self.add_error("at", _("That time has not come yet."))
        return data

    def report(self, program: Program) -> Report:
        """The cleaned fields as a report; its key is the draft made when the form was opened."""
        data = self.cleaned_data
        return Report(
            source=FORM_SOURCE, key=str(data["draft"]), kind=data["kind"], occurred_at=self._moment(program),
            outcome=data["outcome"], naloxone_doses=data["naloxone_doses"], naloxone_by=tuple(data["naloxone_by"]),
            facts=tuple(data["facts"]), place=data["place"],
        )  # fmt: skip

    def _moment(self, program: Program) -> datetime:
        data = self.cleaned_data
        if data["when"] == "earlier":
            local: datetime = data["at"].replace(tzinfo=None)
            return local.replace(tzinfo=ZoneInfo(program.zone))
        return clock() - timedelta(minutes=30 if data["when"] == "hour" else 0)
