"""What the app for the door asks of the server: JSON both ways, packed, and one plain sentence when something is wrong.

Whoever sends is known by the phone's key and never by a cookie, so there is nothing a foreign page could borrow.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from allauth.core.internal import ratelimit
from django.contrib.auth import logout
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from alongside.accounts.access import SignedIn, public, role_required, two_factors
from alongside.accounts.models import User
from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.common.decision import Refused
from alongside.common.keyfolder import KeyMissing
from alongside.common.walls import acting
from alongside.field import envelopes, phones
from alongside.field.answers import Answer, answers_to
from alongside.field.checking import check_visit
from alongside.field.handover import hand_in
from alongside.field.inbox import take_in
from alongside.field.models import Phone
from alongside.field.pack import add_route, pack_for
from alongside.field.rules import MOST_BYTES, MOST_CHANGES, PROTOCOL

MOST_ENVELOPES = 200
NOBODY = UUID(int=0)
# A token has 256 bits, so the limits only keep the machine free.
LIMITS = {"no_phone": "60/m/ip", "phone": "60/m/key", "hand_over": "30/m/ip"}


class Wrong(Exception):
    """Something is wrong with the request: its status, one sentence, and what else the app is told."""

    def __init__(self, status: int, sentence: str, **more: Any) -> None:
        super().__init__(sentence)
        self.status, self.body = status, {"sentence": sentence, **more}


def spoken(view: Callable[..., dict[str, Any]]) -> Callable[..., HttpResponse]:
    """The view gives a dict and raises `Wrong`; the answer is JSON, packed where the app takes it, and kept nowhere."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any) -> HttpResponse:
        status = 200
        try:
            body = view(request, *args)
        except Wrong as wrong:
            status, body = wrong.status, wrong.body
        except Refused as refused:
            status, body = 409, {"sentence": _(refused.reason)}
        except (KeyMissing, InterfaceError, OperationalError):
            status, body = 503, {"sentence": _("The office can not take this now. It stays on the phone and is sent later.")}
        response = HttpResponse(json.dumps(body, separators=(",", ":")), content_type="application/json", status=status)
        if "gzip" in request.headers.get("Accept-Encoding", "") and len(response.content) > 500:
            response.content = gzip.compress(response.content, 6, mtime=0)
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Cache-Control"] = "no-store"
        return response

    return answered


def within(request: HttpRequest, action: str, key: str = "") -> None:
    """Count one try; one too many is told to come later."""
    if not ratelimit.consume(request, app="alongside.field", action=action, config=LIMITS, key=key, limit_get=True):
        raise Wrong(429, _("Too often. The phone tries again in a minute."))


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON of a request, unpacked; never more than so many bytes, whatever they unpack to."""
    try:
        raw = request.body
        if request.headers.get("Content-Encoding") == "gzip":
            unpacked = zlib.decompressobj(wbits=31)
            raw = unpacked.decompress(raw, MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise RequestDataTooBig
        found = json.loads(raw)
    except RequestDataTooBig:
        raise Wrong(413, _("That is too much at once. The phone sends it in parts.")) from None
    except (zlib.error, RecursionError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise Wrong(400, _("That could not be read. It stays on the phone."))
    return found


def phone_of(request: HttpRequest) -> tuple[Phone, Actor]:
    """The phone whose key was shown, and who stands behind it; `Wrong` for one that is unknown or has ended."""
    key = phones.read_header(request.headers.get("Authorization", ""))
    over, phone = False, None
    with acting(key.program if key else NOBODY):
        if (phone := phones.holder_of(key) if key else None) is not None:
            by = phone.user.actor()
            over = phones.end_if_over(phone, by=by)
    if phone is None:
        within(request, "no_phone")
        raise Wrong(401, _("This phone is not known here any more. Add it again."), gone="unknown")
    within(request, "phone", str(phone.id))
    if over:
        raise Wrong(401, _("This phone was ended. What it held is erased; add it again."), gone="revoked")
    return phone, by


@public
@require_safe
@spoken
def who(request: HttpRequest) -> dict[str, Any]:
    """Whether somebody is signed in here with both factors, and what joining takes."""
    key = envelopes.public_key()
    user = request.user
    if not user.is_authenticated or not two_factors(request):
        return {"signed_in": False, "role": "", "name": "", "csrf": get_token(request), "key": key}
    return {"signed_in": True, "role": user.role, "name": user.display_name, "csrf": get_token(request), "key": key}


@role_required("report_incident")
@require_POST
@spoken
def join(request: SignedIn) -> dict[str, Any]:
    """A new phone for whoever is signed in; or, with the id of one's own phone, one more day with it.

    From then on the phone has a key of its own, and the session of the pages ends: whoever holds a shared phone next does
    not find it open.
    """
    asked = body_of(request) if request.body else {}
    user = cast(User, request.user)
    told = {"user": {"name": user.display_name, "role": user.role}, "key": envelopes.public_key()}
    if asked.get("phone"):
        told |= {"phone": str(phones.renew(_id(asked["phone"]), by=request.actor).id)}
        logout(request)
        return told
    phone, token = phones.join(user, by=request.actor)
    logout(request)
    return told | {"phone": str(phone.id), "token": token}


@public
@csrf_exempt  # no cookie counts here
@require_POST
@spoken
def sync(request: HttpRequest) -> dict[str, Any]:
    """One way up and one way down: what was done at doors, each change once, and the day's visits when they changed."""
    phone, by = phone_of(request)
    asked = body_of(request)
    if asked.get("v") != PROTOCOL:
        raise Wrong(426, _("This app is older than the office. Open it once with signal, so that it renews itself."))
    changes = _list(asked.get("changes"))
    taken, left = changes[:MOST_CHANGES], len(changes[MOST_CHANGES:])
    answers = take_in(taken, phone, asked.get("now"), by=by)
    with acting(by.program_id):
        answers += answers_to(_list(asked.get("taken"))[:MOST_CHANGES], phone)
        phones.note_seen(phone, left, by=by)
        given = pack_for(by, phone, str(asked.get("have") or ""), clock())
    with acting(by.program_id):
        add_route(by, given, clock())
    return {
        "v": PROTOCOL, "now": int(clock().timestamp() * 1000), "left": left,
        "answers": list({answer.id: _said(answer) for answer in answers}.values()), "pack": given.pack,
        "pack_version": given.version, "sign_in": given.sign_in, "stands": given.stands,
    }  # fmt: skip


def _list(value: Any) -> list[Any]:
    if not isinstance(value or [], list):
        raise Wrong(400, _("That could not be read. It stays on the phone."))
    return value or []


def _said(answer: Answer) -> dict[str, str]:
    return {"id": answer.id, "state": answer.state, "sentence": answer.sentence}


@public
@csrf_exempt  # no cookie counts here
@require_POST
@spoken
def check(request: HttpRequest) -> dict[str, Any]:
    """“Start visit”: what the person said, and where they are, as of this moment."""
    _phone, by = phone_of(request)
    case_id = _id(body_of(request).get("case"))
    with acting(by.program_id):
        return check_visit(by, case_id, clock())


@public
@csrf_exempt  # no cookie counts here
@require_POST
@spoken
def leave(request: HttpRequest) -> dict[str, Any]:
    """Somebody signed out on the phone: its key ends with it."""
    phone, by = phone_of(request)
    with acting(by.program_id):
        phones.revoke(phone, "self", by=by)
    return {}


@public
@csrf_exempt  # no cookie counts here
@require_POST
@spoken
def hand_over(request: HttpRequest) -> dict[str, Any]:
    """Work that a phone closed for us before it was erased, or had to be: nobody signs in, and nothing comes back but what
    became of it.
    """
    within(request, "hand_over")
    given = body_of(request).get("envelopes")
    if not isinstance(given, list):
        raise Wrong(400, _("That could not be read. It stays on the phone."))
    answers = [_said(answer) for one in given[:MOST_ENVELOPES] if (answer := hand_in(one)) is not None]
    return {"answers": answers, "left": len(given[MOST_ENVELOPES:])}


def _id(value: Any) -> UUID:
    try:
        return UUID(value if isinstance(value, str) else "")
    except ValueError:
        raise Wrong(400, _("That could not be read. It stays on the phone.")) from None
