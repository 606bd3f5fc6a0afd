"""The form that takes two people apart: why, and for each line nobody can tell whose it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alongside.cases.rules import FOLLOW_UP_REASONS
from alongside.common.words import choices_of
from alongside.desk.standing import DIED, Question
from alongside.identity.models import Merge
from alongside.identity.rules import UNDO_REASONS
from alongside.incidents.rules import KINDS
from alongside.services.rules import NEEDS
from alongside.visits.rules import CHANNELS

CONTACT_PARTS = {
    "ask_for": _("name to ask for"), "meeting_place": _("where to meet"), "phone": _("phone"),
    "never_mention": _("what not to mention"), "language": _("language"), "safe_to_text": _("whether a text is safe"),
    "place_safety": _("what is so about the place"),
}  # fmt: skip
IDENTITY_PARTS = {
    "given_name": _("first name"), "family_name": _("last name"), "birth_date": _("date of birth"),
    "middle_name": _("middle name"), "suffix": _("Jr, Sr or the like"), "aliases": _("other names"),
    "born": _("about when born"),
}  # fmt: skip


def _words(question: Question) -> str:
    """A question as one line, without a name and without what is sealed."""
    if question.kind in ("contact", "identity"):
        parts = ", ".join(str((CONTACT_PARTS | IDENTITY_PARTS)[part]) for part in question.parts)
        about = gettext("How to reach them: %(parts)s") if question.kind == "contact" else gettext("Corrected: %(parts)s")
        return about % {"parts": parts}
    if question.kind == "death":
        died = gettext("Has died: which of the two?")
        return died if question.what == DIED else gettext("Has not died after all: which of the two?")
    if question.kind == "day":
        usual = question.what == "schedule"
        text = gettext("The usual days after a contact") if usual else gettext(FOLLOW_UP_REASONS[question.what])
        return gettext("Planned: %(what)s") % {"what": text}
    kind, words = {
        "event": (gettext("What happened: %(what)s"), KINDS), "need": (gettext("Wanted: %(what)s"), NEEDS),
        "attempt": (gettext("Tried: %(what)s"), CHANNELS),
    }[question.kind]  # fmt: skip
    return kind % {"what": gettext(words[question.what])}


class PartForm(forms.Form):
    """Why the two are taken apart, and whose each line is: one answer for all of them, or line by line."""

    why = forms.ChoiceField(
        label=_("Why are they taken apart?"), choices=choices_of(UNDO_REASONS), widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, merge: Merge, questions: Iterable[Question], on: Callable[[Any], str],
                 **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        sides = [("newer", merge.duplicate.code), ("older", merge.into.code)]
        if len(self.questions) > 1:
            self.fields["everything"] = forms.ChoiceField(
                label=_("All of what was added since belongs to"), required=False, widget=forms.RadioSelect,
                choices=[*sides, ("", _("it differs: say it line by line"))],
            )  # fmt: skip
        for question in self.questions:
            words = f"{_words(question)} ({on(question.on)})" if question.on else _words(question)
            self.fields[_name(question.key)] = forms.ChoiceField(
                label=words, choices=sides, required=False, widget=forms.RadioSelect
            )

    def clean(self) -> dict[str, Any]:
        """Each line has its answer, its own or the one for all."""
        data = super().clean() or self.cleaned_data
        for question in self.questions:
            name = _name(question.key)
            data[name] = data.get(name) or data.get("everything", "")
            if not data[name]:
                self.add_error(name, _("Say whose this is."))
        return data

    def answers(self) -> dict[UUID, str]:
        """The cleaned answers as the action wants them."""
        return {question.key: self.cleaned_data[_name(question.key)] for question in self.questions}


def _name(key: UUID) -> str:
    return f"line_{key.hex}"
