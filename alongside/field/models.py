"""Phones, what each sent once, what could not be done as it was sent, and fields with two answers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from alongside.common.ids import new_id
from alongside.field.rules import CLASH_STATES, KINDS, PARKED_STATES, REVOKED, STATES
from alongside.identity.fields import SealedField


class Phone(models.Model):
    """One app store of one user on one phone. Its token is kept as a digest; its end is a revocation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    token_digest = models.CharField(max_length=64)
    # The user's `session_stamp` when it was made: what ends every session of a user ends their phones, at the next request.
    stamp = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    signed_in_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    unsent = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_why = models.CharField(max_length=8, blank=True, choices=list(REVOKED.items()))

    PRIVACY: ClassVar = {
        "id": "none", "user": "staff", "token_digest": "key", "stamp": "none", "made_at": "none", "signed_in_at": "none",
        "seen_at": "none", "unsent": "none", "revoked_at": "none", "revoked_why": "none",
    }  # fmt: skip
    RETENTION = "90 days after its end"

    def __str__(self) -> str:
        return "phone"


class Change(models.Model):
    """One change a phone sent, under the id made there: whatever is repeated, its answer stays the first one."""

    id = models.UUIDField(primary_key=True, editable=False)
    phone = models.ForeignKey("field.Phone", on_delete=models.CASCADE, related_name="changes")
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.SET_NULL, related_name="+")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=list(KINDS.items()))
    made_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=list(STATES.items()))
    sentence = models.CharField(max_length=300, blank=True)
    # Of a field that was written: which, and the version it left behind, so that a phone's next word is no second answer.
    field = models.CharField(max_length=20, blank=True)
    became = models.CharField(max_length=12, blank=True)

    PRIVACY: ClassVar = {
        "id": "none", "phone": "code", "case": "code", "seq": "none", "kind": "code", "made_at": "none",
        "received_at": "none", "state": "none", "sentence": "none", "field": "none",
        "became": "none",
    }  # fmt: skip
    RETENTION = "90 days"

    class Meta:
        ordering: ClassVar = ["seq"]
        indexes: ClassVar = [models.Index(fields=["phone", "seq"], name="changes_of_phone")]

    def __str__(self) -> str:
        return KINDS.get(self.kind, self.kind)


class Inbox(models.Model):
    """A batch that came faster than it can be filed: sealed and unread, for minutes, with a key that is not the vault's.

    It may hold anything a change may hold, of many people at once, so no one person's key can close it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    phone = models.ForeignKey("field.Phone", on_delete=models.CASCADE, related_name="waiting")
    received_at = models.DateTimeField()
    body = models.BinaryField()
    filed = models.PositiveIntegerField(default=0)
    unreadable_at = models.DateTimeField(null=True, blank=True)

    PRIVACY: ClassVar = {
        "id": "none", "phone": "code", "received_at": "none", "body": "key", "filed": "none", "unreadable_at": "none",
    }  # fmt: skip
    RETENTION = "minutes: until it is filed"

    class Meta:
        indexes: ClassVar = [models.Index(fields=["phone", "received_at"], name="inbox_of_phone")]

    def __str__(self) -> str:
        return "inbox"


class Parked(models.Model):
    """What was sent and could not be done: the case was closed, the visit is somebody else's now. A coordinator decides.

    `words` holds the change when it is about a person, `call` when it is a contact of somebody not yet known.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    change = models.OneToOneField("field.Change", on_delete=models.CASCADE, related_name="parked")
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", null=True, on_delete=models.CASCADE, related_name="+")
    words = SealedField(privacy_class="health", holder="person_id")
    call = SealedField(privacy_class="origin", holder="id")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=list(PARKED_STATES.items()), default="open")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    PRIVACY: ClassVar = {
        "id": "none", "change": "none", "program": "none", "person": "code", "words": "health", "call": "origin",
        "made_at": "none", "state": "none", "decided_at": "none", "decided_by": "staff",
    }  # fmt: skip
    RETENTION = "until forgotten; call: 90 days"

    class Meta:
        ordering: ClassVar = ["made_at"]
        indexes: ClassVar = [models.Index(fields=["program", "state", "made_at"], name="parked_open")]

    def __str__(self) -> str:
        return PARKED_STATES[self.state]


class Clash(models.Model):
    """One field that was changed in two places since the phone read it: both answers are kept until a person decides."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    change = models.OneToOneField("field.Change", on_delete=models.CASCADE, related_name="clash")
    program = models.ForeignKey("accounts.Program", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=20)
    said = SealedField(privacy_class="contact", holder="person_id")
    # What stood here when a person decided, whichever they chose: neither answer is ever lost.
    stood = SealedField(privacy_class="contact", holder="person_id")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=list(CLASH_STATES.items()), default="open")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    PRIVACY: ClassVar = {
        "id": "none", "change": "none", "program": "none", "person": "code", "field": "none", "said": "contact",
        "stood": "contact", "made_at": "none", "state": "none", "decided_at": "none", "decided_by": "staff",
    }  # fmt: skip
    RETENTION = "until forgotten"

    class Meta:
        ordering: ClassVar = ["made_at"]
        indexes: ClassVar = [models.Index(fields=["program", "state", "made_at"], name="clash_open")]

    def __str__(self) -> str:
        return CLASH_STATES[self.state]
