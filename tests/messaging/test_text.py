"""Whatever it is about, in whatever language and by whatever way: a message names nobody and nothing."""

import re
from pathlib import Path

import apprise
import pytest
import pywebpush
from django.conf import settings
from django.core import mail
from django.utils import translation

from alongside.accounts.models import Agency
from alongside.common.ids import new_id
from alongside.messaging import sending
from alongside.messaging.actions import switch_on, tell
from alongside.messaging.models import Message
from alongside.messaging.rules import REASONS
from tests.messaging.ways import DEVICE, configured

pytestmark = pytest.mark.django_db
# Safeguard 3 of the domain notes, with what the other languages would say for it.
NEVER = re.compile(
    r"overdos|drug|police|polic[ií]a|treatment|tratamient|tratament|detox|naloxon|narcan|syring|jering|needle|shelter|bed\b|ride|"
    r"recover|addict|referral|person|client|patient|outreach|harbor|eastpoint|droga|dwòg|sobredos|refuge|answer|kit",
    re.IGNORECASE,
)
LINK = re.compile(r"http://localhost:8765/a/[A-Za-z0-9_-]{64}/")
EVERY = [(reason, language) for reason in REASONS for language, _ in settings.LANGUAGES]


class Ears:
    """What would have left the machine, by each way."""

    def __init__(self):
        self.heard = []

    def add(self, url):
        self.heard.append(("service", url))
        return True

    def notify(self, **said):
        self.heard.append(("sms", said))
        return True

    def webpush(self, subscription, data=None, **options):
        self.heard.append(("push", data, options["headers"]))


@pytest.fixture
def ears(monkeypatch):
    made = Ears()
    monkeypatch.setattr(apprise, "Apprise", lambda: made)
    monkeypatch.setattr(pywebpush, "webpush", made.webpush)
    return made


def desk_of(ours):
    Agency.objects.filter(id=ours.agencies["shelter"].id).update(
        email="desk@example.org", phone="+1 555 0100", takes_texts=True
    )
    return Agency.objects.get(id=ours.agencies["shelter"].id)


@pytest.mark.parametrize("way", ["email", "sms", "console", "push"])
def test_a_message_says_nothing_but_that_it_is_there(ours, ears, settings, capsys, way):
    configured(settings, way)
    to = ours.users["coordinator"] if way == "push" else desk_of(ours)
    if way == "push":
        switch_on(**DEVICE, by=ours.actor("coordinator"))
    for reason, language in EVERY:
        settings.LANGUAGE_CODE = language
        with translation.override(language):
            tell(to, reason, by=ours.system, link=new_id())
            assert sending.send_due(by=ours.system) == 1
    assert set(Message.objects.values_list("channel", flat=True)) == {way}
    said = heard_by(way, ears, capsys.readouterr().err)
    assert len(said) == len(EVERY)
    for text in said:
        rest = LINK.sub("", text).replace("Harbor Shelter", "" if way == "console" else "Harbor Shelter")
        assert not NEVER.search(rest), rest
        assert not re.search(r"\d", rest), rest
        assert bool(LINK.search(text)) is (way in ("email", "sms"))


def heard_by(way, ears, printed):
    """Every text that left, one for each message."""
    if way == "console":
        return printed.splitlines()
    if way == "email":
        assert {tuple(letter.to) for letter in mail.outbox} == {("desk@example.org",)}
        assert not any(letter.extra_headers or letter.attachments or letter.cc or letter.bcc for letter in mail.outbox)
        return [f"{letter.subject} {letter.body}" for letter in mail.outbox]
    if way == "sms":
        assert {url for kind, url in ears.heard if kind == "service"} == {"json://sms.example/+15550100"}
        notices = [said for kind, said in ears.heard if kind == "sms"]
        assert all(set(said) == {"body"} for said in notices)
        return [said["body"] for said in notices]
    assert {data for _, data, _ in ears.heard} == {None}
    return [" ".join(headers.values()) for _, _, headers in ears.heard]


def test_the_worker_of_the_browser_knows_one_sentence():
    text = (Path(sending.__file__).parent / "static/messaging/push-worker.js").read_text()
    sentences = re.findall(r'^  \w\w: "(.*)",$', text, re.MULTILINE)
    assert len(sentences) == 4
    assert all("Alongside" in sentence and not NEVER.search(sentence) for sentence in sentences)
    assert "event.data" not in text


def test_the_test_would_notice():
    assert NEVER.search("About the overdose")
    assert NEVER.search("Sobredosis")
