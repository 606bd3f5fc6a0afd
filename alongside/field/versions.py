"""The version of a field, and what becomes of a value that was changed in two places since a phone read it."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from alongside.common.decision import Refused
from alongside.consent import firewall
from alongside.field.checks import UNREADABLE, Done, Sent
from alongside.field.models import Change
from alongside.field.rules import CONTACT_FIELDS, WISHES
from alongside.identity.actions import keep_contact
from alongside.identity.fields import Sealed
from alongside.identity.models import Contact
from alongside.identity.queries import contacts_of
from alongside.people.models import Person
from alongside.visits.wishes import Wishes, keep_all_wishes

DIGITS = 12
NEWER = "You changed this again since; the newer words stand."
TWO_ANSWERS = "Somebody else changed this too. Both answers are kept, and a person decides."


def version_of(value: Any) -> str:
    """The version of one value: of the ciphertext where it is sealed, so that nothing is told about the words."""
    if value is None:
        return ""
    return sha256(value.ciphertext if isinstance(value, Sealed) else str(value).encode()).hexdigest()[:DIGITS]


def versions_for(contact: Contact | None, person: Person) -> dict[str, str]:
    """The versions of everything about a person that a phone may change."""
    sealed = {name: version_of(getattr(contact, name) if contact else None) for name in CONTACT_FIELDS}
    return sealed | {name: version_of(getattr(person, name)) for name in WISHES}


def current_version(sent: Sent, name: str) -> str:
    """The version of one field of the person a change is about, as it stands now."""
    person = Person.objects.get(id=sent.case.person_id)
    return versions_for(contacts_of(sent.by, [person.id]).get(person.id), person).get(name, "")


def contact_field(sent: Sent) -> Done:
    """Keep one of the words about reaching somebody, unless it was changed in two places."""
    name, value = sent.data["field"], sent.data["value"]
    person = sent.case.person
    stands = getattr(contacts_of(sent.by, [person.id]).get(person.id), name, None)

    def same() -> bool:
        plain = firewall.open(sent.by, "outreach_visit", stands)[0]
        return isinstance(plain, str) and plain == value

    answer = _judge(sent, name, version_of(stands), same)
    if answer is not None:
        return answer
    keep_contact(person, by=sent.by, **{name: value})
    return Done(field=name, became=version_of(getattr(Contact.objects.get(person=person), name)))


def wish(sent: Sent) -> Done:
    """Keep one wish about contact, unless it was changed in two places."""
    name, value = sent.data["field"], sent.data["value"]
    if isinstance(value, bool) != (name != "prefers"):
        raise Refused(UNREADABLE)
    person = Person.objects.get(id=sent.case.person_id)
    stands = getattr(person, name)
    current = "" if stands == "" else version_of(stands)  # nothing was said yet
    answer = _judge(sent, name, current, lambda: bool(stands == value))
    if answer is not None:
        return answer
    setattr(person, name, value)
    told = Wishes(person.stop, person.no_police, person.come_back_after_new_event, sent.data["said_so"],
                  (person.text_only, person.not_at_home, person.prefers))  # fmt: skip
    keep_all_wishes(person, told, by=sent.by)
    return Done(field=name, became=version_of(value))


def _judge(sent: Sent, name: str, current: str, same: Any) -> Done | None:
    """None when the value may be written. The phone's own earlier word is no second answer; its later one stands."""
    if sent.over:
        return None
    rows = Change.objects.filter(case_id=sent.case.id, field=name, state="kept")
    own = rows.filter(phone_id=sent.phone).order_by("-seq").first() if sent.phone else None
    if own is not None and own.seq > sent.seq:
        return Done(NEWER)
    if current in ("", str(sent.base.get(name) or ""), own.became if own else None):
        return None
    if same():
        return Done(field=name, became=current)
    return Done(TWO_ANSWERS, "clash", name, said=str(sent.data["value"]))
