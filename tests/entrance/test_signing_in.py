"""Two factors before anything is shown; what locks; what is answered to whom."""

import statistics
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import get_hasher
from django.core.cache import cache
from django.urls import reverse

from alongside.accounts import actions
from alongside.accounts.models import User, WrongTry
from alongside.common.clock import now
from alongside.journal.models import Entry
from tests.entrance.conftest import PHRASE, Door, code_at
from tests.house.test_addresses import ADDRESSES

pytestmark = pytest.mark.django_db


@pytest.mark.covers("R56")
def test_a_password_alone_shows_nothing_and_a_code_opens(door, journal):
    first = door.password()
    assert first["Location"] == reverse("mfa_authenticate")
    assert not door.is_in
    assert door.get("desk:today").status_code == 302
    assert journal() == []
    assert door.code()["Location"] == reverse("home")
    assert door.is_in
    assert journal() == ["signed_in"]
    assert Entry.objects.last().detail["how"] == "password+totp"


@pytest.mark.covers("R56")
def test_a_code_works_once_for_anybody(door, elsewhere):
    code = code_at()
    door.password()
    door.code(code)
    assert door.is_in
    elsewhere.password()
    for again in (code, f"{code[:3]} {code[3:]}"):
        assert b"does not fit" in elsewhere.code(again).content
    cache.clear()
    assert b"does not fit" in elsewhere.code(code).content
    assert not elsewhere.is_in
    elsewhere.code(step=1)
    assert elsewhere.is_in


@pytest.mark.covers("R56")
def test_a_code_that_was_passed_over_does_not_work_later(door, elsewhere):
    door.enter(step=1)
    assert door.is_in
    elsewhere.enter(step=0)
    assert not elsewhere.is_in


@pytest.mark.covers("R56")
def test_without_a_second_factor_every_page_leads_to_setting_one_up(half_in, ours):
    plain = [(name, view) for name, view, parts in ADDRESSES if not parts and view.permissions != ("public",)]
    open_pages = {"set_up", "choose_password", "mfa_add_webauthn", "mfa_activate_totp"}
    assert open_pages < {name for name, _ in plain}
    for name, _ in plain:
        for answer in (half_in.get(name), half_in.post(name)):
            if name in open_pages:
                assert answer.status_code in {200, 422}, name
            else:
                assert answer["Location"] == reverse("set_up"), name
    page = half_in.get("set_up").content.decode()
    assert reverse("reports:month") not in page
    assert f'"{reverse("mfa_index")}"' not in page


@pytest.mark.covers("R56")
def test_setting_up_a_generator_opens_and_shows_recovery_codes_once(half_in, journal):
    half_in.get("mfa_activate_totp")
    secret = half_in.client.session["mfa.totp.secret"]
    answer = half_in.post("mfa_activate_totp", {"code": code_at(secret=secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    assert half_in.is_in
    assert journal() == ["factor_changed"]
    page = half_in.get("mfa_view_recovery_codes").content.decode()
    codes = [text.split("<")[0] for text in page.split("<li>")[1:] if text[:8].isdigit()]
    assert len(codes) == 10
    again = half_in.get("mfa_view_recovery_codes").content.decode()
    assert not any(code in again for code in codes)
    kept = str(list(Authenticator.objects.filter(user=half_in.user).values_list("data", flat=True)))
    assert secret not in kept

    later = Door(half_in.user)
    later.password()
    later.code(codes[0])
    assert later.is_in
    third = Door(half_in.user)
    third.password()
    assert b"does not fit" in third.code(codes[0]).content


@pytest.mark.covers("R56")
def test_a_session_from_before_the_factor_has_to_show_it(half_in):
    half_in.get("mfa_activate_totp")
    secret = half_in.client.session["mfa.totp.secret"]
    stolen = Door(half_in.user)
    stolen.password()
    assert stolen.get("set_up").status_code == 200
    half_in.post("mfa_activate_totp", {"code": code_at(secret=secret)})
    assert stolen.get("mfa_activate_totp").status_code == 302
    assert stolen.get("set_up")["Location"].startswith(reverse("login"))
    assert "_auth_user_id" not in stolen.client.session


@pytest.mark.covers("R56")
def test_there_is_no_way_in_by_mail_or_text_message(settings):
    names = {name for name, _, _ in ADDRESSES}
    assert not names & {"account_signup", "account_reset_password", "account_email", "account_request_login_code"}
    assert set(settings.MFA_SUPPORTED_TYPES) == {"totp", "webauthn", "recovery_codes"}
    assert not [field.name for field in User._meta.fields if "mail" in field.name or "phone" in field.name]


@pytest.mark.covers("R56")
def test_the_last_factor_stays(door):
    door.client.force_login(door.user)
    assert b"Add another factor first" in door.post("mfa_deactivate_totp").content
    assert Authenticator.objects.filter(user=door.user, type="totp").exists()
    passkey = Authenticator.objects.create(user=door.user, type="webauthn", data={"name": "my phone"})
    Authenticator.objects.filter(user=door.user, type="totp").delete()
    door.post("mfa_remove_webauthn", pk=passkey.pk)
    assert Authenticator.objects.filter(pk=passkey.pk).exists()


# --- what locks -----------------------------------------------------------------------------------------------------


def wrong_tries(door, count=5):
    for _ in range(count):
        cache.clear()  # the limits by address are another test's
        answer = door.password("not the phrase at all, not at all")
    return answer


@pytest.mark.covers("R58")
def test_five_wrong_passwords_lock_until_an_administrator_releases(door, office, journal):
    wrong_tries(door, 4)
    assert User.objects.get(pk=door.user.pk).password_locked_at is None
    wrong_tries(door, 1)
    assert journal() == ["sign_in_failed"] * 5 + ["password_locked"]
    cache.clear()
    assert door.password().status_code == 200
    assert not door.is_in
    office.post("user_release", user_id=door.user.pk)
    assert journal()[-1] == "password_released"
    door.enter()
    assert door.is_in


@pytest.mark.covers("R58")
def test_wrong_passwords_over_a_longer_time_do_not_lock(door):
    wrong_tries(door, 4)
    WrongTry.objects.update(at=now() - timedelta(minutes=16))
    wrong_tries(door, 4)
    assert User.objects.get(pk=door.user.pk).password_locked_at is None
    door.enter()
    assert not WrongTry.objects.exists()


@pytest.mark.covers("R58")
def test_wrong_codes_lock_like_wrong_passwords(door):
    door.password()
    for _ in range(5):
        cache.clear()
        door.code("000000" if code_at() != "000000" else "111111")
    assert User.objects.get(pk=door.user.pk).password_locked_at
    cache.clear()
    assert b"does not fit" in door.code(step=1).content
    assert not door.is_in


@pytest.mark.covers("R58")
def test_unknown_wrong_locked_and_suspended_answer_alike(door, ours):
    locked, suspended = ours.users["clinician"], ours.users["partner"]
    for user in (locked, suspended):
        user.set_password(PHRASE)
    locked.password_locked_at = now()
    suspended.is_active = False
    locked.save()
    suspended.save()
    answers = {}
    for who, name, phrase in (
        ("wrong", door.user.username, "not the phrase at all, no"), ("unknown", "nobody-like-this", PHRASE),
        ("locked", locked.username, PHRASE), ("suspended", suspended.username, PHRASE),
    ):  # fmt: skip
        cache.clear()
        answer = Door(door.user).password(phrase, name=name)
        text = answer.content.decode().replace(name, "NAME")
        token = text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        answers[who] = (answer.status_code, text.replace(token, ""), sorted(answer.headers))
    bodies = {text for _, text, _ in answers.values()}
    assert len({"".join(body.split()) for body in map(without_tokens, bodies)}) == 1
    assert len({status for status, _, _ in answers.values()}) == 1


def without_tokens(text):
    parts = text.split('name="csrfmiddlewaretoken" value="')
    return parts[0] + "".join(part.split('"', 1)[1] for part in parts[1:])


@pytest.mark.covers("R58")
def test_unknown_and_wrong_cost_the_same_work(door, monkeypatch):
    """The one thing that takes long is done once for each, so that the time of an answer tells nothing."""
    hasher, work = get_hasher(), []
    for name in ("encode", "verify"):
        real = getattr(type(hasher), name)
        monkeypatch.setattr(type(hasher), name, lambda *args, real=real, name=name: work.append(name) or real(*args))
    for name, wanted in (("nobody-at-all", ["encode"]), (door.user.username, ["verify"])):
        work.clear()
        cache.clear()
        Door(door.user).password("not the phrase at all, no", name=name)
        assert work == wanted, name


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.covers("R58")
def test_unknown_and_wrong_take_the_same_time(door):
    taken = {"unknown": [], "wrong": []}
    for number in range(12):
        for who, name in (("unknown", f"nobody-{number}"), ("wrong", door.user.username)):
            cache.clear()
            start = time.perf_counter()
            Door(door.user).password("not the phrase at all, no", name=name)
            taken[who].append(time.perf_counter() - start)
    unknown, wrong = statistics.median(taken["unknown"]), statistics.median(taken["wrong"])
    assert 0.5 < unknown / wrong < 2


@pytest.mark.covers("R58")
def test_the_journal_never_keeps_what_was_typed_as_a_name(door, journal):
    door.password(name="my secret phrase typed too early")
    assert journal() == ["sign_in_failed"]
    entry = Entry.objects.last()
    assert entry.target == "unknown"
    assert "secret phrase" not in str(entry.detail)


@pytest.mark.covers("R58")
def test_many_tries_from_one_address_are_slowed_down(door):
    said = [Door(door.user).password(name=f"somebody-{number}") for number in range(22)]
    assert b"Too many tries" in said[-1].content
    assert b"Too many tries" not in said[0].content


# --- asleep ---------------------------------------------------------------------------------------------------------


@pytest.mark.covers("R59")
def test_an_account_that_slept_for_sixty_days_is_suspended_at_the_door(door, journal):
    day = now().date() - timedelta(days=61)
    User.objects.filter(pk=door.user.pk).update(last_login=now() - timedelta(days=61), reviewed_on=day)
    assert door.password().status_code == 200
    assert not User.objects.get(pk=door.user.pk).is_active
    assert journal() == ["user_changed", "sessions_ended", "sign_in_failed"]


@pytest.mark.covers("R61")
def test_every_night_suspends_the_unreviewed_and_the_sleeping(ours, journal):
    today = now().date()
    for role, reviewed, seen in (("coordinator", 107, 0), ("clinician", 106, 0), ("partner", 80, 61), ("counsel", 59, 90)):
        User.objects.filter(pk=ours.users[role].pk).update(
            reviewed_on=today - timedelta(days=reviewed), last_login=now() - timedelta(days=seen)
        )
    assert actions.suspend_unreviewed(today, by=ours.system) == 2
    assert actions.suspend_unreviewed(today, by=ours.system) == 0
    left = {role for role, user in ours.users.items() if User.objects.get(pk=user.pk).is_active}
    assert set(ours.users) - left == {"coordinator", "partner"}
