"""The forms of the case page: attempt, team, need, referral, wishes, outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alongside.accounts.models import Agency, User
from alongside.cases.rules import OUTCOMES, may_plan, may_promise
from alongside.common.ids import new_id
from alongside.common.words import choices_of, keepable
from alongside.consent.rules import AGES, EMERGENCIES, HOWS, SIGNERS
from alongside.naloxone.rules import RECIPIENTS
from alongside.people.models import Stop
from alongside.people.rules import WAYS
from alongside.referrals.rules import BARRIERS, HANDOFFS, MEANS, STAGES
from alongside.services.needs import BED_KINDS as STAYS
from alongside.services.rules import NEEDS, ON_BUTTONS
from alongside.visits.actions import Draft
from alongside.visits.helping import Today
from alongside.visits.rules import CHANNELS, PHONE_FIRST_WAIVERS, RESPONSES, RESULTS, USUAL_MINUTES

# The four languages of the agreement, and others heard at doors; the code is ISO 639-1.
SPOKEN = [*settings.LANGUAGES, ("fr", _("French")), ("vi", _("Vietnamese")), ("zh", _("Chinese")), ("ru", _("Russian"))]


class AttemptForm(forms.Form):
    """What was tried, in taps. The draft id is made with the form, so that sending twice is one attempt."""

    draft = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    channel = forms.ChoiceField(
        label=_("How?"), choices=choices_of(CHANNELS), widget=forms.RadioSelect, initial="phone"
    )
    result = forms.ChoiceField(label=_("What happened?"), choices=choices_of(RESULTS), widget=forms.RadioSelect)
    response = forms.ChoiceField(
        label=_("If you reached them: what did they want?"), choices=choices_of(RESPONSES), widget=forms.RadioSelect,
        required=False,
    )  # fmt: skip
    waiver = forms.ChoiceField(
        label=_("Visit before a call? Say why"), required=False,
        choices=[("", _("We called, texted or wrote first")), *choices_of(PHONE_FIRST_WAIVERS)],
    )  # fmt: skip
    kits = forms.IntegerField(label=_("Naloxone kits given"), required=False, min_value=0, max_value=20)
    kit_to = forms.ChoiceField(label=_("Given to"), choices=choices_of(RECIPIENTS), required=False, initial="person")
    note = forms.CharField(
        label=_("Note for the team"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        validators=[keepable],
    )  # fmt: skip

    def __init__(self, *args: Any, goes_along: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if goes_along:
            del self.fields["note"]

    def as_draft(self) -> Draft:
        """The cleaned fields as the action wants them."""
        data = self.cleaned_data
        return Draft(
            id=data["draft"], channel=data["channel"], result=data["result"], response=data["response"],
            waiver=data["waiver"], kits=data["kits"] or 0, kit_to=data["kit_to"] or "person", note=data.get("note", ""),
        )  # fmt: skip


class TeamForm(forms.Form):
    """Two people from two employers."""

    officer = forms.ModelChoiceField(label=_("Officer or second person"), queryset=User.objects.none(), empty_label=_("Choose"))
    coach = forms.ModelChoiceField(label=_("Coach who leads"), queryset=User.objects.none(), empty_label=_("Choose"))
    asked_by_coach = forms.BooleanField(
        label=_("The coach asked for the officer to come along"), required=False,
        help_text=_("Needed when the event is more than 72 hours ago. The coach sees that you said so."),
    )  # fmt: skip

    def __init__(self, *args: Any, going: Sequence[User], leading: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, users in (("officer", going), ("coach", leading)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # tells the type checker
            field.queryset = User.objects.filter(id__in=[user.id for user in users])
            field.label_from_instance = lambda user: f"{user.display_name} ({user.agency.name})"  # type: ignore[method-assign,assignment]


class NeedForm(forms.Form):
    """Whatever is productive now: one tap, and the person's own words in one line if they like."""

    code = forms.ChoiceField(
        label=_("What would help today?"), widget=forms.RadioSelect,
        choices=choices_of(NEEDS, [*ON_BUTTONS, *(code for code in NEEDS if code not in ON_BUTTONS)]),
    )  # fmt: skip
    words = forms.CharField(label=_("In their own words"), required=False, max_length=200, validators=[keepable])


class ReferralForm(forms.Form):
    """Up to three partners who answer here, or a number given; with a name only if the person agreed."""

    service = forms.UUIDField(required=False)
    agency = forms.ModelMultipleChoiceField(
        label=_("A partner who answers here"), queryset=Agency.objects.none(), required=False
    )
    handoff = forms.ChoiceField(label=_("How was it handed over?"), choices=[("", _("Choose")), *choices_of(HANDOFFS)])
    agreed = forms.BooleanField(
        label=_("The person agreed that those I chose learn their name and what they need, for 90 days. "
                "They know they can take it back at any time."), required=False,
    )  # fmt: skip
    age = forms.ChoiceField(
        label=_("If they agreed: about how old are they?"), widget=forms.RadioSelect, required=False,
        choices=choices_of(AGES),
    )  # fmt: skip
    expected_exit = forms.DateField(
        label=_("Expected day of leaving (detox or residential)"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip

    def clean_expected_exit(self) -> date | None:
        """A day within the next two years."""
        day: date | None = self.cleaned_data["expected_exit"]
        if day is not None:
            decision = may_plan(day, timezone.localdate())
            if not decision:
                raise forms.ValidationError(decision.reason)
        return day

    def __init__(self, *args: Any, partners: Sequence[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agency"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101  # tells the type checker
        field.queryset = Agency.objects.filter(id__in=[agency.id for agency in partners])


DAYS = {"30": _("30 days"), "90": _("90 days"), "180": _("half a year"), "365": _("a year")}
TREATING = "treating_providers"
WHAT = {"contact": _("how to reach them"), "health": _("what they need"),
        "part2": _("treatment for drug or alcohol use (needs a signature)")}  # fmt: skip
WHY = {"referral_send": _("the help they asked for"), "tpo": _("treatment, paying for it, and running the clinic")}


class ScopeForm(forms.Form):
    """Who is told what, for what, and until when; the text to read follows from it. Nothing here is kept."""

    to = forms.ChoiceField(label=_("Who may be told?"))
    categories = forms.MultipleChoiceField(
        label=_("What may they be told?"), choices=list(WHAT.items()), widget=forms.CheckboxSelectMultiple
    )
    purpose = forms.ChoiceField(label=_("What for?"), choices=list(WHY.items()))
    days = forms.ChoiceField(label=_("For how long?"), choices=list(DAYS.items()), initial="90")
    language = forms.ChoiceField(label=_("Read it in"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, partners: Sequence[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partners = {str(agency.id): agency for agency in partners}
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # tells the type checker
        names = [(key, agency.name) for key, agency in self.partners.items()]
        field.choices = [("", _("Choose")), *names, (TREATING, _("Those who treat them (“my treating providers”)"))]

    def recipient(self) -> Agency | None:
        """The agency that was chosen; none for the general designation."""
        return self.partners.get(self.cleaned_data["to"])

    def designation(self) -> str:
        """The general designation that was chosen, or an empty string."""
        return TREATING if self.cleaned_data["to"] == TREATING else ""


class SignForm(forms.Form):
    """How it was agreed. The draft id is made with the form, so that sending twice is one agreement."""

    draft = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    age = forms.ChoiceField(label=_("About how old are they?"), choices=choices_of(AGES), widget=forms.RadioSelect)
    signer = forms.ChoiceField(label=_("Who agrees?"), choices=choices_of(SIGNERS), widget=forms.RadioSelect)
    how = forms.ChoiceField(label=_("How?"), choices=choices_of(HOWS), widget=forms.RadioSelect)


class EmergencyForm(forms.Form):
    """Whom a coach or a clinician tells in a medical emergency, as 42 CFR 2.51(c) wants it written down."""

    draft = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    nature = forms.ChoiceField(label=_("What is it?"), choices=choices_of(EMERGENCIES), widget=forms.RadioSelect)
    name = forms.CharField(label=_("Who do you tell? (name)"), max_length=80, validators=[keepable])
    affiliation = forms.CharField(label=_("Where do they work?"), max_length=120, validators=[keepable])


class WishesForm(forms.Form):
    """What the person said about being contacted."""

    stop = forms.ChoiceField(label=_("Contact"), choices=Stop.choices)
    come_back = forms.BooleanField(
        label=_("If it is “no contact”: after a new event, somebody may come again"), required=False,
        help_text=_("Ask them. If they did not choose this, nobody goes, whatever happens."),
    )  # fmt: skip
    no_police = forms.BooleanField(label=_("No police at visits"), required=False)
    text_only = forms.BooleanField(label=_("Text messages only"), required=False)
    not_at_home = forms.BooleanField(label=_("Not at home, and no letters there"), required=False)
    prefers = forms.ChoiceField(
        label=_("They like best"), choices=[("", _("They did not say")), *choices_of(WAYS)], required=False
    )
    language = forms.ChoiceField(label=_("They speak"), choices=SPOKEN, required=False)
    ask_for = forms.CharField(label=_("Name to ask for"), max_length=80, required=False, validators=[keepable])
    never_mention = forms.CharField(
        label=_("Never mention … to …"), max_length=200, required=False, validators=[keepable],
        help_text=_("In their words, for example what a housemate must not learn. The team sees it before the door."),
    )  # fmt: skip
    said_so = forms.BooleanField(
        label=_("They said so themselves"), required=False,
        help_text=_("Needed to lift “no contact”, “no visits” or “no police”: only the person lifts it."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.initial:  # what stood when the page was read comes back with it
            self.fields[name].show_hidden_initial = True

    def over_what_stands(self) -> dict[str, Any] | None:
        """What was changed on the page, over what stands by now; None where somebody else changed the same meanwhile.

        Then the field says what stands, and keeping it once more is a choice that was made knowing it.
        """
        data, given = dict(self.cleaned_data), dict(self.data.items())
        for name, stands in self.initial.items():
            read = self[name].html_initial_name
            if name not in self.changed_data:
                data[name] = stands
            elif read in given and data[name] != stands and self.fields[name].has_changed(given[read], stands):
                said = gettext("This was changed meanwhile: now it says “{stands}”. Keep it again if yours is right.")
                self.add_error(name, said.format(stands=self._words(name, stands)))
                given[read] = str(stands)
        self.data = given
        return None if self.errors else data

    def _words(self, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        return str(dict(getattr(self.fields[name], "choices", ())).get(value, value))


class FollowUpForm(forms.Form):
    """A day to look in again, and the hours that were promised if any were."""

    due_on = forms.DateField(label=_("Look in again on"), widget=forms.DateInput(attrs={"type": "date"}))
    from_time = forms.TimeField(
        label=_("Promised between"), required=False, widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("Only when you told them an hour. It is on everybody's list, and the route keeps it."),
    )  # fmt: skip
    to_time = forms.TimeField(label=_("and"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))

    def clean(self) -> dict[str, Any]:
        """Both hours or none, the earlier one first."""
        data = super().clean() or {}
        decision = may_promise((data.get("from_time"), data.get("to_time")))
        if not decision and not self.errors:
            self.add_error("from_time", gettext(decision.reason))
        return data


class OutForm(forms.Form):
    """Somebody goes to a visit now. The id is made with the form, so that tapping twice is going once."""

    outing = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    minutes = forms.TypedChoiceField(
        label=_("Back in"), coerce=int, initial=USUAL_MINUTES,
        choices=[(15, _("15 minutes")), (30, _("30 minutes")), (60, _("an hour")), (120, _("two hours"))],
    )  # fmt: skip


class OutcomeForm(forms.Form):
    """How it ended; none of the answers says anything against the person."""

    outcome = forms.ChoiceField(label=_("How did it end?"), choices=[("", _("Choose")), *choices_of(OUTCOMES)])


NOTHING, CARD = "nothing", "syringe_card"


class TodayForm(forms.Form):
    """What would help today, in taps. The draft id is made with the form, so that sending twice is asking once."""

    draft = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    wants = forms.MultipleChoiceField(
        choices=[*choices_of(NEEDS), (NOTHING, _("Nothing today")), (CARD, _("A card for syringe services"))],
        required=False,
    )  # fmt: skip
    ride_to = forms.MultipleChoiceField(choices=choices_of(NEEDS, STAYS), required=False)
    words = forms.CharField(label=_("In their own words"), required=False, max_length=200, validators=[keepable])
    stage = forms.ChoiceField(
        label=_("Where they are with it, as you see it"), required=False,
        choices=[("", _("Leave it open")), *choices_of(STAGES)],
    )  # fmt: skip
    means = forms.ChoiceField(
        label=_("Who drives?"), required=False, choices=[("", _("Whoever drives here")), *choices_of(MEANS)]
    )
    pick_up = forms.CharField(
        label=_("Where to pick them up"), required=False, max_length=120, validators=[keepable],
        help_text=_("The driver learns it only if the person agreed to that."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """At least one tap; “nothing today” is one."""
        data = super().clean() or {}
        if not data.get("wants") and not data.get("ride_to") and not self.errors:
            raise forms.ValidationError(_("Tap what would help. “Nothing today” is a fine answer, too."))
        return data

    def as_today(self) -> Today:
        """The cleaned fields as the action wants them."""
        data = self.cleaned_data
        return Today(data["draft"], tuple(data["wants"]), tuple(data["ride_to"]), data["words"], data["stage"],
                     data["means"], data["pick_up"])  # fmt: skip


class PhoneAnswerForm(forms.Form):
    """What a partner said on the telephone: yes with how long they keep a bed, or no with why."""

    to = forms.ChoiceField(choices=[("accepted", _("They said yes")), ("rejected", _("They said no")),
                                    ("on-hold", _("Only a waiting list"))])  # fmt: skip
    barrier = forms.ChoiceField(label=_("Why not?"), required=False,
                                choices=[("", _("They did not say")), *choices_of(BARRIERS)])  # fmt: skip
    hours = forms.IntegerField(label=_("They keep the bed for … hours"), required=False, min_value=1, max_value=24)


class RideForm(forms.Form):
    """A ride to a place that said yes, or to somewhere else."""

    means = forms.ChoiceField(label=_("How?"), choices=choices_of(MEANS), widget=forms.RadioSelect)
    agency = forms.ModelChoiceField(
        label=_("Who drives?"), queryset=Agency.objects.none(), required=False, empty_label=_("We see to it ourselves")
    )
    pick_up = forms.CharField(
        label=_("Where to pick them up"), required=False, max_length=120, validators=[keepable],
        help_text=_("The driver learns it only if the person agreed to that."),
    )  # fmt: skip
    agreed = forms.BooleanField(
        label=_("The person agreed that this driver learns whom to ask for and where, for 90 days. "
                "They know they can take it back at any time."), required=False,
    )  # fmt: skip
    age = forms.ChoiceField(
        label=_("If they agreed: about how old are they?"), widget=forms.RadioSelect, required=False,
        choices=choices_of(AGES),
    )  # fmt: skip

    def __init__(self, *args: Any, drivers: Sequence[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agency"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # tells the type checker
        field.queryset = Agency.objects.filter(id__in=[agency.id for agency in drivers])


class CountForm(forms.Form):
    """How many beds are free, as somebody said on the telephone."""

    agency = forms.UUIDField()
    kind = forms.ChoiceField(choices=choices_of(NEEDS, STAYS))
    free = forms.IntegerField(label=_("Free beds"), min_value=0, max_value=500)
