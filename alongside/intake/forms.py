"""The quick contact form, and the form of the morning list where a call gets its person."""

from __future__ import annotations

from datetime import date, datetime, timedelta
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
from alongside.incidents.rules import FACTS, KINDS, NALOXONE_BY, OUTCOMES, Report

FORM_SOURCE = "form"


class PersonFields(forms.Form):
    """Who it was, as far as anybody knows; every part may stay empty."""

    given_name = forms.CharField(label=_("First name"), max_length=80, required=False, validators=[keepable])
    family_name = forms.CharField(label=_("Last name"), max_length=80, required=False)
    birth_date = forms.DateField(
        label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False, validators=[keepable])
    ask_for = forms.CharField(
        label=_("Name to ask for"), max_length=80, required=False, help_text=_("If it is not the first name."),
        validators=[keepable],
    )  # fmt: skip
    meeting_place = forms.CharField(
        label=_("Where to find them"), max_length=200, required=False, validators=[keepable]
    )
    home_town = forms.ModelChoiceField(
        label=_("Home town"), queryset=Town.objects.none(), required=False, empty_label=_("Same as where it happened")
    )

    def __init__(self, *args: Any, towns: list[Town], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("home_town", "town"):
            if name in self.fields:
                field = self.fields[name]
                assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # tells the type checker
                field.queryset = Town.objects.filter(id__in=[town.id for town in towns])

    def clean_birth_date(self) -> date | None:
        """A day in the past."""
        born: date | None = self.cleaned_data["birth_date"]
        if born is not None and not date(1900, 1, 1) <= born <= clock().date():
            raise forms.ValidationError(_("That date of birth is not possible."))
        return born

    def who(self) -> Newcomer:
        """The cleaned fields as the action wants them."""
        data = self.cleaned_data
        return Newcomer(
            Description(data["given_name"] or data["ask_for"], data["family_name"], data["birth_date"], data["phone"]),
            ask_for=data["ask_for"] or data["given_name"], phone=data["phone"], meeting_place=data["meeting_place"],
            home_town=data["home_town"],
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
        "family_name", "birth_date", "phone", "ask_for", "meeting_place", "home_town", "place",
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
