"""What a message may be about, how often it is tried, and when nobody tries any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

# Why somebody is told; kept in the outbox for those who run the program, never written into the message.
REASONS = {
    "referral_asked": "a referral waits for an answer",
    "answer_no_longer_needed": "an answer is no longer needed",
    "ride_asked": "a ride waits for an answer",
    "beds_asked": "the number of free beds is asked for",
    "no_answer": "nobody answered in time",
    "answer_came": "an answer came",
    "not_back": "somebody is not back from a visit in time",
    "refill": "kits run short",
    "asked_elsewhere": "another program asked about somebody",
    "signal": "more overdoses than usual",
    "test": "a try",
}
# The whole message, whatever it is about (docs/decisions/0027): it can lie on any desk and show on any lock screen.
SUBJECT = "You have a message in Alongside"
TEXT = "You have a message in Alongside."

CHANNELS = {"console": "console", "email": "e-mail", "sms": "text message", "push": "web push"}
# Why a message did not arrive, in one word of ours: what a mail server or a push service says could name somebody.
FAILURES = {
    "no_address": "there is no address it could go to",
    "no_device": "no device is switched on",
    "not_taken": "the other side did not take it",
    "given_up": "it was tried for a day",
}
SAME_WITHIN_MINUTES = 10
GIVE_UP_HOURS = 24
KEPT_DAYS = 30
_PAUSES_MINUTES = (1, 2, 5, 15, 30, 60, 120)


class NotTaken(Exception):
    """A message was not taken; it is tried again. It says nothing of what the other side answered."""


class Gone(NotTaken):
    """The address will never take a message again."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where one message goes, and how it is called where no address may be printed."""

    name: str
    to: str
    extra: tuple[str, ...] = ()


def pause_after(tries: int) -> timedelta:
    """How long to wait after a number of tries: longer each time, two hours at most."""
    return timedelta(minutes=_PAUSES_MINUTES[min(max(tries, 1), len(_PAUSES_MINUTES)) - 1])


def is_over(made_at: datetime, now: datetime) -> bool:
    """Whether a message was tried for long enough."""
    return now - made_at >= timedelta(hours=GIVE_UP_HOURS)


def text_of(sentence: str, link: str) -> str:
    """The message: `TEXT` in some language, and the address that answers without an account where there is one."""
    return f"{sentence} {link}".strip()


def is_push_service(host: str, services: tuple[str, ...]) -> bool:
    """Whether a host is a named push service or, where the name begins with a dot, stands under one."""
    return any(host == name or (name.startswith(".") and host.endswith(name)) for name in services)


def mail_server(url: str) -> dict[str, Any]:
    """Django's mailer for `smtp://user:password@host:587` (STARTTLS), or `smtps://` (TLS from the start), or none."""
    parts = urlsplit(url)
    if not parts.hostname:
        return {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname, "port": parts.port or (465 if parts.scheme == "smtps" else 587), "timeout": 20,
            "username": unquote(parts.username or ""), "password": unquote(parts.password or ""),
            "use_ssl": parts.scheme == "smtps",
            "use_tls": parts.scheme == "smtp" and parts.hostname not in ("localhost", "127.0.0.1"),
        },
    }  # fmt: skip
