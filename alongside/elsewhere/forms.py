"""What a program says when it allows a pact: whom to ask, what it is, who stands for the other."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from alongside.accounts.models import Agency, Program
from alongside.common.words import choices_of
from alongside.consent.rules import RECEIVING_KINDS
from alongside.elsewhere.actions import Terms
from alongside.elsewhere.rules import PART2


class TermsForm(forms.Form):
    """Our side of a pact."""

    desk = forms.ModelChoiceField(
        label=_("Whom are they told to ask?"), queryset=Agency.objects.none(), empty_label=_("Choose"),
        help_text=_("An agency of yours with a phone that somebody answers. Never the police."),
    )  # fmt: skip
    part2 = forms.ChoiceField(
        label=_("Is your program one under 42 CFR Part 2?"), choices=choices_of(PART2), initial="unsure",
        widget=forms.RadioSelect,
        help_text=_("If it is, or you are not sure, only people who agreed to it in writing are ever mentioned."),
    )  # fmt: skip
    stands_for = forms.ModelChoiceField(
        label=_("Which of your partners stands for them?"), queryset=Agency.objects.none(), required=False,
        empty_label=_("None: then nobody of ours is mentioned under Part 2"),
        help_text=_("People's own agreements name this partner. Needed only if you are, or may be, under Part 2."),
    )  # fmt: skip

    def __init__(self, *args: Any, agencies: QuerySet[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("desk", agencies), ("stands_for", agencies.filter(kind__in=RECEIVING_KINDS))):
            cast(forms.ModelChoiceField, self.fields[name]).queryset = rows  # type: ignore[type-arg]  # generic only in the stubs

    def terms(self) -> Terms:
        """The cleaned fields as the action wants them."""
        data = self.cleaned_data
        return Terms(data["desk"], data["part2"], data["stands_for"])


class ProposeForm(TermsForm):
    """With which program, and our side."""

    other = forms.TypedChoiceField(label=_("With which program?"), coerce=UUID)
    field_order = ("other", "desk", "part2", "stands_for")

    def __init__(self, *args: Any, programs: list[Program], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.TypedChoiceField, self.fields["other"])
        field.choices = [("", _("Choose")), *((str(program.id), program.name) for program in programs)]
