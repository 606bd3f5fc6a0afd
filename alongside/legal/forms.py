"""The forms of the legal desk: lists, days and numbers; no field takes a name or a story."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alongside.accounts.models import User
from alongside.common.ids import new_id
from alongside.common.words import choices_of
from alongside.legal.rules import ASKERS, FIELDS, FINDINGS, KINDS, MANDATES, NOTICES, ORDERS, STATUTES, Order

DAY = {"type": "date"}


class ArrivalForm(forms.Form):
    """A request that came, by whatever way."""

    draft = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    received_on = forms.DateField(label=_("It came on"), widget=forms.DateInput(attrs=DAY), initial=timezone.localdate)
    asker = forms.ChoiceField(label=_("Who asks"), choices=[("", _("Choose")), *choices_of(ASKERS)])
    people_asked = forms.IntegerField(
        label=_("How many people it names"), min_value=0, max_value=5000, initial=0,
        help_text=_("Only the number. No name is written here, and nothing of what it says."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("What kind of paper it is"), choices=[("", _("Not known yet")), *choices_of(KINDS)], required=False
    )
    answer_due_on = forms.DateField(
        label=_("It wants an answer by"), widget=forms.DateInput(attrs=DAY), required=False
    )


class KindForm(forms.Form):
    """What kind of paper it is."""

    kind = forms.ChoiceField(label=_("What kind of paper it is"), choices=choices_of(KINDS), widget=forms.RadioSelect)


class CounselForm(forms.Form):
    """Who takes it."""

    counsel = forms.ModelChoiceField(label=_("Counsel"), queryset=User.objects.none(), empty_label=_("Choose"))

    def __init__(self, *args: Any, counsels: Sequence[User] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["counsel"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # tells the type checker
        field.queryset = User.objects.filter(id__in=[user.id for user in counsels])


class DeclineForm(forms.Form):
    """The law under which it is declined."""

    statute = forms.ChoiceField(label=_("The law that is cited"), choices=choices_of(STATUTES), widget=forms.RadioSelect)


class OrderForm(forms.Form):
    """What counsel read in the order and in the mandate."""

    basis = forms.ChoiceField(label=_("The court ordered it"), choices=choices_of(ORDERS), widget=forms.RadioSelect)
    findings = forms.MultipleChoiceField(
        label=_("What the order says"), choices=choices_of(FINDINGS), widget=forms.CheckboxSelectMultiple, required=False
    )
    mandate = forms.ChoiceField(label=_("What compels"), choices=choices_of(MANDATES), widget=forms.RadioSelect)
    fields_named = forms.MultipleChoiceField(
        label=_("What the order names, and nothing else"), widget=forms.CheckboxSelectMultiple,
        choices=choices_of({code: label for code, (label, _class) in FIELDS.items()}),
    )  # fmt: skip
    first_on = forms.DateField(label=_("First day of the period"), widget=forms.DateInput(attrs=DAY))
    last_on = forms.DateField(label=_("Last day of the period"), widget=forms.DateInput(attrs=DAY))
    code = forms.CharField(label=_("The person, by code"), max_length=40, help_text=_("Such as “amber-heron 42”."))

    def as_order(self) -> Order:
        """The cleaned fields as the rules want them."""
        data = self.cleaned_data
        return Order(
            data["basis"], frozenset(data["findings"]), data["mandate"], frozenset(data["fields_named"]),
            data["first_on"], data["last_on"],
        )  # fmt: skip


class NoticeForm(forms.Form):
    """How the person learned of it."""

    notice = forms.ChoiceField(label=_("Notice to the person"), choices=choices_of(NOTICES), widget=forms.RadioSelect)
    bar_paragraph = forms.IntegerField(
        label=_("If the order forbids it: which paragraph"), min_value=1, max_value=500, required=False
    )


class HoldForm(forms.Form):
    """Whose record is not to be forgotten for now."""

    code = forms.CharField(label=_("The person, by code"), max_length=40)


class MonthForm(forms.Form):
    """The month that is signed, by its first day."""

    month = forms.DateField(widget=forms.HiddenInput)
