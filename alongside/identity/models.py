"""Keys, names and tokens. Nothing here is readable without the key folder, which lies outside the database."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alongside.common.clock import now as clock
from alongside.common.ids import new_id
from alongside.identity.fields import SealedField
from alongside.identity.rules import PLACE_SAFETY, UNDO_REASONS, safety_age


class ClassKey(models.Model):
    """The key of a program and privacy class, wrapped by the root key: one is current, older ones wait to be destroyed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    privacy_class = models.CharField(max_length=10)
    wrapped = models.BinaryField()
    retired_at = models.DateTimeField(null=True, blank=True)

    PRIVACY: ClassVar = {"id": "none", "program": "none", "privacy_class": "none", "wrapped": "key", "retired_at": "none"}
    RETENTION = "until no data key hangs on it"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program", "privacy_class"], condition=models.Q(retired_at=None), name="one_current_class_key"
            ),
        ]

    def __str__(self) -> str:
        return self.privacy_class


class DataKey(models.Model):
    """One key per holder (a person, or a call without one) and class, wrapped by the class key. Its end is forgetting."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    class_key = models.ForeignKey("identity.ClassKey", on_delete=models.PROTECT)
    holder = models.UUIDField()
    privacy_class = models.CharField(max_length=10)
    wrapped = models.BinaryField()

    PRIVACY: ClassVar = {"id": "none", "class_key": "none", "holder": "code", "privacy_class": "none", "wrapped": "key"}
    RETENTION = "until forgotten"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["holder", "privacy_class"], name="one_data_key_each")]

    def __str__(self) -> str:
        return self.privacy_class


class Forgotten(models.Model):
    """A holder whose keys were destroyed; a restored backup re-applies this list before it serves."""

    holder = models.UUIDField(primary_key=True)
    at = models.DateTimeField()

    PRIVACY: ClassVar = {"holder": "code", "at": "none"}
    RETENTION = "kept"

    def __str__(self) -> str:
        return str(self.holder)


class Identity(models.Model):
    """Who the person is, for recognition only. Not for a visit: that takes `Contact`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.OneToOneField("people.Person", on_delete=models.CASCADE, related_name="+")
    given_name = SealedField(privacy_class="identity", holder="person_id")
    family_name = SealedField(privacy_class="identity", holder="person_id")
    birth_date = SealedField(privacy_class="identity", holder="person_id")
    middle_name = SealedField(privacy_class="identity", holder="person_id")
    suffix = SealedField(privacy_class="identity", holder="person_id")
    aliases = SealedField(privacy_class="identity", holder="person_id")  # one on each line
    born = SealedField(privacy_class="identity", holder="person_id")  # where the date is known in part, or by estimate
    # Of which scheme the person's match tokens are; those of an older one are laid anew by the worker.
    token_scheme = models.PositiveSmallIntegerField(default=0)

    PRIVACY: ClassVar = {
        "id": "none", "person": "code", "given_name": "identity", "family_name": "identity", "birth_date": "identity",
        "middle_name": "identity", "suffix": "identity", "aliases": "identity", "born": "identity",
        "token_scheme": "none",
    }  # fmt: skip
    RETENTION = "until forgotten"

    def __str__(self) -> str:
        return "identity"


class Contact(models.Model):
    """The least a visit needs: the name to ask for, where to meet, how to call."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.OneToOneField("people.Person", on_delete=models.CASCADE, related_name="+")
    ask_for = SealedField(privacy_class="contact", holder="person_id")
    meeting_place = SealedField(privacy_class="contact", holder="person_id")
    phone = SealedField(privacy_class="contact", holder="person_id")
    never_mention = SealedField(privacy_class="contact", holder="person_id")
    safe_to_text = models.BooleanField(default=False)
    language = models.CharField(max_length=12, default="en")
    place_safety = models.JSONField(default=list)
    place_safety_at = models.DateTimeField(null=True, blank=True)
    kept_at = models.DateTimeField()

    PRIVACY: ClassVar = {
        "id": "none", "person": "code", "ask_for": "contact", "meeting_place": "contact", "phone": "contact",
        "never_mention": "contact", "safe_to_text": "code", "language": "code", "place_safety": "code",
        "place_safety_at": "none", "kept_at": "none",
    }  # fmt: skip
    RETENTION = "until forgotten"

    def __str__(self) -> str:
        return "contact"

    @property
    def safety_codes(self) -> list[str]:
        """What was said about the place within ninety days, as codes of the list; nothing once it is older."""
        return [code for code in PLACE_SAFETY if code in self.place_safety] if self.safety_days is not None else []

    @property
    def safety_words(self) -> list[str]:
        """The same in words."""
        return [gettext(PLACE_SAFETY[code]) for code in self.safety_codes]

    @property
    def safety_days(self) -> int | None:
        """How many days ago it was said; None when nothing is said, or no longer."""
        return safety_age(self.place_safety_at or self.kept_at, clock()) if self.place_safety else None


class Suppression(models.Model):
    """A keyed token of somebody who asked never to be contacted and was forgotten: whoever matches it is not kept again.

    128 bits, so that nobody else is met by chance; without the index key it says nothing about anybody.
    """

    id = models.BigAutoField(primary_key=True)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    token = models.CharField(max_length=32)
    made_at = models.DateTimeField()

    PRIVACY: ClassVar = {"id": "none", "program": "none", "kind": "none", "token": "code", "made_at": "none"}
    RETENTION = "kept: it is what keeps the promise"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "kind", "token"], name="one_suppression_of_a_token"),
        ]

    def __str__(self) -> str:
        return self.kind


class MatchToken(models.Model):
    """A keyed, truncated token of compound values; it finds candidates and gives nothing back.

    `token` is the kind and twenty bits in one number (`tokens.stored`), so that one index answers all kinds at once.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    token = models.PositiveIntegerField()

    PRIVACY: ClassVar = {"id": "none", "person": "code", "token": "code"}
    RETENTION = "until forgotten"

    class Meta:
        # Both columns: who shares a token is read from the index alone.
        indexes: ClassVar = [models.Index(fields=["token", "person"], name="token_lookup")]

    def __str__(self) -> str:
        return "token"


class NearToken(models.Model):
    """A keyed number of a person's, or of a user's, family name, phone or address: equal ones raise an alarm, no more.

    Not for finding or recognizing anybody: a family name alone never does (ADR 15).
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    token = models.BigIntegerField()

    PRIVACY: ClassVar = {"id": "none", "person": "code", "user": "code", "kind": "none", "token": "code"}
    RETENTION = "until forgotten"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="near_token_of_a_person_or_a_user",
                condition=models.Q(person__isnull=False, user__isnull=True)
                | models.Q(person__isnull=True, user__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class MatchState(models.TextChoices):
    """What became of a possible match; a coordinator decides and the clock does not wait."""

    OPEN = "open", _("To be decided")
    SAME = "same", _("One person")
    DIFFERENT = "different", _("Two people")


class Match(models.Model):
    """Two records that may be one person, with the reasons in words (codes of `identity.tokens.REASONS`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    newer = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    older = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=MatchState, default=MatchState.OPEN)
    made_at = models.DateTimeField()
    # After “can't tell”: it is put off until then, or until something new is known.
    ask_again_at = models.DateTimeField(null=True, blank=True)

    PRIVACY: ClassVar = {
        "id": "none", "program": "none", "newer": "code", "older": "code", "reasons": "none", "state": "none",
        "made_at": "none", "ask_again_at": "none",
    }  # fmt: skip
    RETENTION = "until forgotten"

    class Meta:
        indexes: ClassVar = [models.Index(fields=["program", "state", "made_at"], name="open_matches")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["newer", "older"], name="one_match_per_pair")]

    def __str__(self) -> str:
        return self.state


class Merge(models.Model):
    """One record was pointed at another: when, by whom, and what stood before, so that it can be undone weeks later.

    Not for what was written since: that is told, or asked, when it is undone (ADR 33).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT)
    match = models.ForeignKey("identity.Match", on_delete=models.CASCADE, related_name="merges")
    duplicate = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    into = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=12, blank=True, choices=list(UNDO_REASONS.items()))
    # How the kept record was reached before, as one text: it is overwritten while the two are one.
    contact_before = SealedField(privacy_class="contact", holder="into_id")
    # Who it was before, as one text: a correction may be of either.
    identity_before = SealedField(privacy_class="identity", holder="into_id")

    PRIVACY: ClassVar = {
        "id": "none", "program": "none", "match": "code", "duplicate": "code", "into": "code", "made_at": "none",
        "made_by": "staff", "undone_at": "none", "undone_by": "staff", "why": "none", "contact_before": "contact",
        "identity_before": "identity",
    }  # fmt: skip
    RETENTION = "until forgotten"

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["program", "made_at"], name="merges_of_program")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="one_merge_at_a_time", fields=["duplicate"], condition=models.Q(undone_at=None)
            ),
            models.CheckConstraint(
                name="undone_merge_has_a_reason",
                condition=models.Q(undone_at=None, why="") | models.Q(undone_at__isnull=False) & ~models.Q(why=""),
            ),
        ]

    def __str__(self) -> str:
        return "undone" if self.undone_at else "merge"


class MergedRow(models.Model):
    """Where one row stood when two records became one: under which case, need or person, and on whose side.

    Whether or not it was moved then; a row without one was added since.
    """

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey("identity.Merge", on_delete=models.CASCADE, related_name="rows")
    kind = models.CharField(max_length=10)
    row = models.UUIDField()
    was = models.UUIDField()
    of_newer = models.BooleanField()
    state = models.CharField(max_length=12, blank=True, default="")

    PRIVACY: ClassVar = {
        "id": "none", "merge": "code", "kind": "none", "row": "code", "was": "code", "of_newer": "code", "state": "code",
    }  # fmt: skip
    RETENTION = "with the merge"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="one_place_of_a_row", fields=["row", "kind", "merge"]),
        ]

    def __str__(self) -> str:
        return self.kind
