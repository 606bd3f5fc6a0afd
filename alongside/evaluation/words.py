"""A result in sentences that a board member can read aloud, and no sentence that the numbers do not carry."""

from __future__ import annotations

from django.utils.translation import gettext as _

from alongside.evaluation.rules import Effect

TWICE = 2.0


def title_of(effect: Effect) -> str:
    """The answer in three or four words."""
    words = {"fewer": _("Fewer than expected"), "more": _("More than expected"), "unclear": _("Too little to tell")}
    return words[effect.verdict]


def difference(factor: float) -> str:
    """A factor as “24 % fewer”, “18 % more”, “2.3 times as many” or “as many”."""
    percent = round(100 * (factor - 1))
    if percent == 0:
        return _("as many")
    if percent < 0:
        return _("%(percent)d %% fewer") % {"percent": -percent}
    return _("%(percent)d %% more") % {"percent": percent} if factor < TWICE else _("%(times)s times as many") % {
        "times": f"{factor:.1f}"}  # fmt: skip


def paragraph(effect: Effect, *, compared: bool, own: bool) -> list[str]:
    """What was found, what chance could have made, what follows from it and what does not; one sentence each or two."""
    values = {"found": difference(effect.factor), "low": difference(effect.low), "high": difference(effect.high)}
    if compared:
        found = [_("Since then there were about %(found)s than expected from the months before and the comparison.") % values]
    else:
        found = [_("Since then there were about %(found)s than expected, had everything gone on as before.") % values]
    if round(100 * (effect.factor - 1)) == 0:
        found = [_("Since then there were about as many as expected.")]
    found.append(_("The range that fits these numbers goes from %(low)s to %(high)s (95 %%).") % values)
    if effect.verdict == "unclear":
        least = round(100 * (1 - effect.tells_below))
        found.append(
            _("No difference lies within it, so nobody can say from these numbers whether anything changed. "
              "Only a fall of about %(least)d %% or more could have been told from chance here.") % {"least": least}
        )  # fmt: skip
        return found
    if own and effect.verdict == "more":
        found.append(_("A program that hears of more overdoses counts more. That alone may be the reason."))
    return [*found, _no_cause()]


def without_numbers(smallest: int) -> list[str]:
    """What stands in place of the paragraph where a small month could be worked out from a percent."""
    return [
        _("By how much is for those who see the cases: some months have fewer than %(smallest)d, and such a number could be "
          "worked out from it.") % {"smallest": smallest},
        _no_cause(),
    ]  # fmt: skip


def _no_cause() -> str:
    return _(
        "This does not show that outreach was the reason: whatever else changed at that time, such as the drugs that are sold, "
        "the law or how events are counted, is in it too."
    )
