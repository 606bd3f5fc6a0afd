"""A legal desk for tests: counsel, two who approve, a person with everything, and the steps of a request."""

from __future__ import annotations

from datetime import timedelta

from alongside.common.clock import now
from alongside.common.ids import new_id
from alongside.legal import actions
from alongside.legal.rules import NEEDED, Order
from tests.cast import case_with_everything


def order(*fields, basis="2.64", **changed):
    facts = {
        "basis": basis, "findings": NEEDED.get(basis, frozenset()), "mandate": "subpoena",
        "fields": frozenset(fields or ("phone",)), "first_on": now().date() - timedelta(days=30),
        "last_on": now().date() + timedelta(days=1),
    }  # fmt: skip
    return Order(**facts | changed)


class Desk:
    """One program's desk; each step is taken by whoever may."""

    def __init__(self, who):
        self.who = who
        self.counsel, self.reviewer = who.users["counsel"], who.users["privacy_reviewer"]
        self.coordinator = who.users["coordinator"]
        self.case = case_with_everything(who)

    def received(self, kind="court_order", by=None, **more):
        arrival = actions.Arrival(
            draft=new_id(), received_on=more.pop("on", now().date()), asker=more.pop("asker", "prosecution"), kind=kind,
            people_asked=1, **more,
        )  # fmt: skip
        return actions.receive_request(arrival, by=(by or self.counsel).actor())

    def with_counsel(self, kind="court_order", **more):
        request = self.received(kind, **more)
        by = self.counsel.actor()
        actions.acknowledge(request, by=by)
        actions.classify(request, kind, by=by)
        actions.give_to_counsel(request, self.counsel, by=by)
        return request

    def verified(self, *fields, **more):
        request = self.with_counsel()
        actions.verify_order(request, order(*fields, **more), self.case.person, by=self.counsel.actor())
        return request

    def approved(self, *fields, **more):
        request = self.verified(*fields, **more)
        for user in (self.reviewer, self.coordinator):
            actions.approve_release(request, by=user.actor())
        request.refresh_from_db()
        return request

    def built(self, *fields, **more):
        request = self.approved(*fields, **more)
        return request, actions.build_pack(request, by=self.counsel.actor())
