"""The forms of the families: adding a loved one, and one small form for each thing their page does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alongside.accounts.models import User
from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.common.words import choices_of, keepable
from alongside.families.actions import NewLovedOne
from alongside.families.rules import GRIEF_ANSWERS, KINDS, MOST_KITS, MOST_TALK_DAYS, RELATIONS, TALKS
from alongside.naloxone.rules import STEPS
from alongside.people.models import Person


class LovedOneForm(forms.Form):
    """The least a call back needs. The id is made with the form, so that sending twice is one loved one."""

    draft = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    name = forms.CharField(label=_("Name to ask for"), max_length=80, validators=[keepable])
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False, validators=[keepable])
    relation = forms.ChoiceField(label=_("They are"), choices=choices_of(RELATIONS), widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, initial="en", required=False)
    whose = forms.CharField(
        label=_("Close to whom? Their code"), max_length=40, required=False,
        help_text=_("Only somebody you work with. It can stay empty: nobody has to name anybody."),
    )  # fmt: skip

    def as_new(self, of: Person | None) -> NewLovedOne:
        """The cleaned fields as the action wants them."""
        data = self.cleaned_data
        return NewLovedOne(data["draft"], data["relation"], data["name"], data["phone"], data["language"] or "en", of)


class GiveForm(forms.Form):
    """One tap: what they got. The id is made with the button."""

    draft = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("What they got"), choices=choices_of(KINDS))
    kits = forms.IntegerField(label=_("Kits"), required=False, min_value=1, max_value=MOST_KITS)
    service = forms.UUIDField(label=_("Place"), required=False)
    steps = forms.MultipleChoiceField(
        label=_("They showed or said it back"),
        choices=choices_of(STEPS),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class TalkForm(forms.Form):
    """What the person agreed may be said to this loved one, and for how long."""

    talk = forms.ChoiceField(
        label=_("The person agreed that we say"), choices=choices_of(TALKS), widget=forms.RadioSelect
    )
    days = forms.IntegerField(label=_("For how many days"), min_value=1, max_value=MOST_TALK_DAYS, initial=30)

    def until(self) -> datetime:
        """The end of the agreement, by the server's clock."""
        return now() + timedelta(days=int(self.cleaned_data["days"]))


class GriefForm(forms.Form):
    """The day of death, or what the family said."""

    died_on = forms.DateField(label=_("Day of death"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    answer = forms.ChoiceField(
        label=_("What the family said"), required=False, choices=[("", ""), *choices_of(GRIEF_ANSWERS)]
    )


class CallForm(forms.Form):
    """When we promised to call; empty takes it off the list."""

    day = forms.DateField(label=_("We call back on"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


class ConnectForm(forms.Form):
    """Whom they are close to; and, for a coordinator, who works with them."""

    whose = forms.CharField(label=_("Close to whom? Their code"), max_length=40, required=False)
    worker = forms.ModelChoiceField(label=_("Ask a coach to call them"), queryset=User.objects.none(), required=False)

    def __init__(self, *args: Any, workers: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["worker"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # tells the type checker
        field.queryset = User.objects.filter(id__in=[user.id for user in workers])
        field.label_from_instance = lambda user: f"{user.display_name} ({user.agency.name})"  # type: ignore[method-assign,assignment]
