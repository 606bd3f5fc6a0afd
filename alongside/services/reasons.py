"""Why a service stands where it stands, in the words of somebody who reads it aloud."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alongside.services.hours import next_change, opens_tonight
from alongside.services.models import Service
from alongside.services.needs import FEATURES
from alongside.services.ranking import Standing

# Said without being asked for: they decide whether somebody can come today.
ALWAYS_SAID = ("walk_in", "same_day")


def opening(service: Service, state: str, at: datetime) -> str:
    """Whether it is open, until or from when, by the prefetched schedules."""
    schedules = service.schedules.all()
    if state == "unknown":
        return _("hours not known: call first")
    if state == "tonight" and (night := opens_tonight(schedules, at)):
        return _("open tonight, %(start)s to %(end)s") % {"start": _clock(night[0]), "end": _clock(night[1])}
    change = next_change(schedules, at)
    if state == "now":
        return _("open now, until %(end)s") % {"end": _soon(change, at)} if change else _("open now")
    return _("closed, opens %(start)s") % {"start": _soon(change, at)} if change else _("closed")


def place(line: Standing, town: str) -> str:
    """How far it is, or that it is in the town; empty when nobody asked or nobody knows."""
    if line.in_town:
        return _("in %(town)s") % {"town": town}
    if line.km is None:
        return ""
    if line.km < 1:
        return _("less than 1 km")
    return _("%(km)d km") % {"km": round(line.km)}


def offers(service: Service, features: tuple[str, ...], language: str) -> list[str]:
    """What it says of what was asked for, and what it is silent about."""
    held = service.features.split()
    said = [code for code in FEATURES if code in held and (code in features or code in ALWAYS_SAID)]
    words = [_(FEATURES[code]) for code in said]
    if language and language.lower() in service.languages.lower():
        words.append(_("speaks %(language)s") % {"language": _(language)})
    silent = [_(FEATURES[code]) for code in features if code not in held]
    if language and language.lower() not in service.languages.lower():
        silent.append(_(language))
    if silent:
        words.append(_("does not say: %(what)s") % {"what": ", ".join(silent)})
    return words


def confirmed(ago: timedelta | None) -> str:
    """How long ago somebody said that it is as listed."""
    if ago is None:
        return ""
    days = max(ago.days, 0)
    if not days:
        return _("confirmed today")
    return ngettext("confirmed %(days)d day ago", "confirmed %(days)d days ago", days) % {"days": days}


def _clock(moment: datetime) -> str:
    return date_format(moment, "g:i a")


def _soon(moment: datetime, at: datetime) -> str:
    """The hour, with its day unless it is today."""
    if moment.date() == at.date():
        return _clock(moment)
    return date_format(moment, "D g:i a" if moment - at < timedelta(days=6) else "D j M, g:i a")
