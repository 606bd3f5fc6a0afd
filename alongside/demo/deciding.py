"""The made-up coordinator's answers in match review."""

from __future__ import annotations

from uuid import UUID

from alongside.demo.arrivals import Crew
from alongside.identity.matching import decide_match
from alongside.identity.queries import open_matches_for


def decide_other_matches(waiting: set[UUID], crew: Crew) -> int:
    """The coordinator told apart those who only happen to be alike; the planned ones wait. Gives how many wait."""
    coordinator = crew.actor("coordinator")
    matches = open_matches_for(coordinator)
    for match in matches:
        if match.newer_id not in waiting:
            decide_match(match, "different", by=coordinator)
    return sum(match.newer_id in waiting for match in matches)
