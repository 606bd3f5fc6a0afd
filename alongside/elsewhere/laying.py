"""The worker's duty: lay the tokens of each pact that stands, and take away those of people who no longer answer.

What has changed is read from the journal: every line about a person since the last time. So the first run lays everybody,
in short steps each whole by itself, and a correction, a wish or a merge reaches the tokens within a minute. Whether
somebody answers is decided anew when it is asked; the tokens are only what there is to compare with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import monotonic
from uuid import UUID

from django.db import transaction

from alongside.common.actor import Actor
from alongside.common.walls import acting
from alongside.elsewhere.actions import end_again
from alongside.elsewhere.models import Pact, PactToken
from alongside.elsewhere.queries import families_of, standing_pacts, standings_of
from alongside.elsewhere.rules import may_answer
from alongside.identity.elsewhere import pact_key, whole_tokens_of
from alongside.journal.actions import hold_the_chain, record
from alongside.journal.models import Entry

AT_A_TIME = 200  # lines of the journal: a step of a fraction of a second, in which others wait to write
SECONDS_OF_A_DUTY = 30.0
# Said about a person, and changing nothing about them.
NO_CHANGE = ("elsewhere_told", "arrival_suppressed", "own_copy_made")


def lay_tokens(*, by: Actor, seconds: float = SECONDS_OF_A_DUTY) -> int:
    """Bring the tokens of the program's pacts up to its journal, until the time is up. Gives the number of people looked at."""
    until, count = monotonic() + seconds, 0
    with acting(by.program_id):
        end_again(by=by)
        pacts = [pact.id for pact in standing_pacts(by)]
    for pact_id in pacts:
        while monotonic() < until:
            with acting(by.program_id):
                done = _lay_some(pact_id, by)
            count += done
            if not done:
                break
    return count


@transaction.atomic
def _lay_some(pact_id: UUID, by: Actor) -> int:
    hold_the_chain()  # whoever is forgotten from here on is forgotten after this
    pact = next((one for one in standing_pacts(by) if one.id == pact_id), None)
    if pact is None:
        return 0
    rows = Entry.objects.filter(program=str(by.program_id), kind="person", seq__gt=pact.laid_to).exclude(
        verb__in=NO_CHANGE
    )
    lines = list(rows.order_by("seq").values_list("seq", "target")[:AT_A_TIME])
    if not lines:
        return 0
    families = families_of(by, set(_ids(target for _, target in lines)))
    laid = _lay(pact, families, by)
    Pact.objects.filter(id=pact.id).update(laid_to=lines[-1][0])
    record("elsewhere_laid", kind="pact", target=pact.id, by=by, people=len(families), tokens=laid)
    return max(len(families), 1)


def _ids(targets: Iterable[str]) -> Iterator[UUID]:
    for target in targets:
        try:
            yield UUID(target)
        except ValueError:  # “nobody”: an arrival of which nothing was kept
            continue


def _lay(pact: Pact, families: dict[UUID, list[UUID]], by: Actor) -> int:
    """Lay the tokens of each record of some people anew, or none where nothing may be said of them."""
    standings = standings_of(by, families, pact)
    everybody = [one for records in families.values() for one in records]
    answering = [
        one
        for living, records in families.items()
        if may_answer(standings[living], guarded=pact.is_guarded)
        for one in records
    ]
    PactToken.objects.filter(pact=pact, person_id__in=everybody).delete()
    found = whole_tokens_of(answering, pact_key(pact.pair, bytes(pact.secret or b"")))
    rows = [
        PactToken(pact=pact, person_id=one, kind=kind, token=token)
        for one, tokens in found.items()
        for kind, token in sorted(tokens)
    ]
    PactToken.objects.bulk_create(rows)
    return len(rows)
