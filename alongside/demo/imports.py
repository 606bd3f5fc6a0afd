"""The real calls and the real services where they are at hand, small made-up ones where they are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.demo import samples
from alongside.intake.actions import import_calls
from alongside.intake.profiles import load_profile
from alongside.listings.hsds11 import read_package
from alongside.listings.lists import read_list
from alongside.services.actions import import_services

CALLS = "montco911/montco911_2015-12-10_2017-04-13.csv.gz"
PACKAGES = {"miami-211": "hsds-miami/open211_miami_hsds11_2019-07.zip"}
LISTS = {
    "pennsylvania-opioid-treatment": "philadelphia/pa_opioid_treatment_programs_geocoded.csv",
    "philadelphia-medication": "philadelphia/dbhids_mat_walkin_geocoded_2020-02.csv",
    "philadelphia-syringe": "philadelphia/syringe_exchange_sites_geocoded.csv",
}

Say = Callable[[str], None]


def import_real_calls(data: Path, by: Actor, say: Say) -> int:
    """Import the calls, moved by whole days so that the last one is today. Gives how many incidents there are."""
    file, profile = data / CALLS, load_profile("montgomery")
    if file.is_file():
        summary = import_calls(file, profile, by=by, last_day_is_today=True)
        say(f"Imported {summary.rows:,} real 911 calls of Montgomery County: {summary.incidents:,} overdoses.")
    else:
        summary = import_calls(samples.call_file(clock()), profile, by=by, last_day_is_today=True)
        say(f"The real 911 calls are not on this machine, so {summary.incidents:,} made-up ones stand in for them.")
    return summary.incidents


def import_real_services(data: Path, by: Actor, say: Say) -> int:
    """Import the directories that are at hand. Gives how many services there are."""
    count = 0
    for name, place in PACKAGES.items():
        if (data / place).exists():
            count += import_services(read_package(data / place), name, by=by).services
    for name, place in LISTS.items():
        if (data / place).is_file():
            count += import_services(read_list(data / place, name), name, by=by).services
    if count:
        say(f"Imported {count:,} real services of Miami and Pennsylvania.")
        return count
    count = import_services(samples.directory(), "made-up", by=by).services
    say(f"The real directories of services are not on this machine, so {count} made-up ones stand in for them.")
    return count
