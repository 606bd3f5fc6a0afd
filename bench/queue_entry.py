"""Our entry to ../shared/bench/queue_policy.py: `priority` for its --ours, or a file of cases in and one of priorities out.

The peers' script describes what intake knows of an event as one number, blurred by chance: ratios of reasons, multiplied.
Our order takes no number: it takes reasons, as hours that add up. So the number is read as the reasons whose hours it stands
for, twelve days of the order for 1.95 (the published ratio of a recent overdose, Caudarella 2016), in whole days, and no less
than none. That no address is known counts, as with us, only once somebody went there in vain. Nothing of Django is loaded.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from alongside.cases.rules import LEAD_COUNTS, days_fresher

RATIO_OF_24_HOURS = 1.95
NO_REASON = 0.5  # the usual person of the script weighs 1 and has reasons; one without any weighs about half of it


def lead_hours(score: float) -> float:
    """The hours of lead whose reasons a number stands for, in steps that are whole days of the order."""
    hours = 24 * math.log(max(score, NO_REASON) / NO_REASON) / math.log(RATIO_OF_24_HOURS)
    return round(hours * LEAD_COUNTS / 24) * 24 / LEAD_COUNTS


def priority(cases: Mapping[str, Any]) -> Any:
    """The order of our queue for the script's arrays (age in days, tries, noaddr, score): the highest goes first."""
    rows = zip(cases["age"], cases["tries"], cases["noaddr"], cases["score"], strict=True)
    return _like(cases["age"], [
        days_fresher(lead_hours(score), int(tries), place_lost=bool(noaddr) and tries > 0) - age
        for age, tries, noaddr, score in rows
    ])  # fmt: skip


def _like(given: Any, values: Sequence[float]) -> Any:
    """As an array where an array was given."""
    return type(given)(values) if isinstance(given, list) else sys.modules["numpy"].array(values)


def main(source: str, target: str) -> None:
    """One moment of the queue from a JSON file of lists, its priorities into another."""
    Path(target).write_text(json.dumps(priority(json.loads(Path(source).read_text()))))


if __name__ == "__main__":
    main(*sys.argv[1:])
