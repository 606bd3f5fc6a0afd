"""Taking a request, and answering one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from alongside.accounts.models import Agency, User
from alongside.common.words import choices_of, keepable
from alongside.consent.rules import CLASSES
from alongside.rights.actions import Answer, Ask
from alongside.rights.models import Request
from alongside.rights.rules import ANSWERS, ANSWERS_OF, CORRECTABLE, KINDS, VERIFIED


class AskForm(forms.Form):
    """What the person asks for."""

    kind = forms.ChoiceField(label=_("They ask to"), choices=choices_of(KINDS), widget=forms.RadioSelect)
    verified = forms.ChoiceField(
        label=_("How did you make sure it is them?"), choices=[("", _("Choose")), *choices_of(VERIFIED)]
    )
    about = forms.ChoiceField(
        label=_("For a correction: what is wrong?"), required=False, choices=[("", _("–")), *choices_of(CORRECTABLE)]
    )
    asked = forms.CharField(
        label=_("For a correction: how is it right?"), required=False, max_length=400, validators=[keepable],
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def ask(self) -> Ask:
        """The cleaned fields as the action wants them."""
        data = self.cleaned_data
        return Ask(data["kind"], data["verified"], data["about"], data["asked"])


class AnswerForm(forms.Form):
    """The answer to one request: only the fields of its kind."""

    value = forms.CharField(label=_("How it is right"), max_length=200, required=False)
    statement = forms.CharField(
        label=_("If it is not accepted: what the person says about it, in their words"), max_length=1000,
        required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is shown with the record to everybody who sees it, from now on."),
    )  # fmt: skip
    agency = forms.ModelChoiceField(label=_("Keep it from everybody at"), queryset=Agency.objects.none(), required=False)
    user = forms.ModelChoiceField(label=_("or from one worker"), queryset=User.objects.none(), required=False)
    classes = forms.MultipleChoiceField(
        label=_("What is kept back"), choices=choices_of(CLASSES), required=False, widget=forms.CheckboxSelectMultiple
    )
    never_again = forms.BooleanField(
        label=_("They never want to be contacted again"), required=False,
        help_text=_("A token stays that says nothing about them and keeps anybody from adding them again."),
    )  # fmt: skip

    sure = forms.BooleanField(
        label=_("They know that it cannot be taken back, and so do I"), required=False,
        help_text=_("Needed to forget."),
    )  # fmt: skip

    OF_KIND = {
        "copy": (), "correction": ("value", "statement"), "restriction": ("agency", "user", "classes"),
        "deletion": ("never_again", "sure"),
    }  # fmt: skip

    def __init__(self, *args: Any, asked: Request, agencies: QuerySet[Agency], users: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for name, found in (("agency", agencies), ("user", users)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # tells the type checker
            field.queryset = found
        for name in set(self.fields) - set(self.OF_KIND[asked.kind]):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A restriction names one whom, and what; forgetting is never one slip of the finger."""
        data = super().clean() or self.cleaned_data
        if self.data.get("answer") == "restricted":
            if bool(data.get("agency")) == bool(data.get("user")):
                self.add_error("agency", _("Choose an agency or one worker."))
            if not data.get("classes"):
                self.add_error("classes", _("Choose what is kept back."))
        if self.data.get("answer") == "forgotten" and not data.get("sure"):
            self.add_error("sure", _("Tick this first: it cannot be taken back."))
        return data

    def answer(self) -> Answer:
        """The cleaned fields and the button as the action wants them."""
        data = self.cleaned_data
        return Answer(
            self.data.get("answer", ""), data.get("value", ""), data.get("statement", ""),
            tuple(data.get("classes", ())), data.get("user"), data.get("agency"), data.get("never_again", False),
        )  # fmt: skip

    def buttons(self) -> list[tuple[str, Any]]:
        """The answers this kind of request may get; what is sealed instead of forgotten is the program's to find out."""
        words = dict(choices_of(ANSWERS))
        return [(code, words[code]) for code in ANSWERS_OF[self.asked.kind] if code != "sealed"]
