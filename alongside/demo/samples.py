"""The real calls and the real services where they are at hand; small made-up ones where they are not, and for the partners."""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from alongside.common.actor import Actor
from alongside.common.clock import now as clock
from alongside.demo.staff import CEDAR, HOUSE, RIDES, SHELTER, SYRINGE, TREATMENT
from alongside.intake.actions import import_calls
from alongside.intake.profiles import load_profile
from alongside.listings.hsds11 import read_package
from alongside.listings.lists import read_list
from alongside.planning.actions import keep_middles
from alongside.planning.places import Point, degrees
from alongside.planning.rules import middle_of
from alongside.services.actions import import_services
from alongside.services.hours_text import parse
from alongside.services.records import Directory, OrganizationRecord, ServiceRecord, features_of

SEED = 911
DAYS, CALLS_A_DAY = 120, 4.9
CALLS_FOR_A_MIDDLE = 30_000  # of the file: enough for every town of it
TOWNS = ("MILL CREEK", "NORTH VALLEY", "RIVERTON", "EAST RIVERTON", "STONE HILL", "OLD FERRY", "WESTER COUNTY")
STREETS = ("MAIN ST", "CHESTNUT ST", "RIVER RD", "CHURCH ST", "STATION AVE", "HIGH ST", "MARKET ST", "MILL RD")
HEADER = ("lat", "lng", "desc", "zip", "title", "timeStamp", "twp", "addr", "e")
SERVICES = (
    ("Riverside Family Shelter", "shelter_tonight", "Beds for adults and families; come before nine in the evening."),
    ("Open Door Detox", "detox", "Withdrawal care, day and night."),
    ("Morning Light Clinic", "medication", "Buprenorphine and methadone, walk in on weekdays."),
    ("Clearwater House", "residential", "Twenty-eight days, with aftercare."),
    ("Bridge Street Counseling", "outpatient", "Groups and single talks."),
    ("Neighbors in Recovery", "recovery_support", "Peers, every evening."),
    ("Valley Community Clinic", "primary_care", "A doctor, with or without insurance."),
    ("Quiet Mind Center", "mental_health", "Somebody to talk to, by phone or in person."),
    ("Table of Plenty", "food", "A hot meal at noon."),
    ("Papers First", "id_papers", "Help with ID, birth certificates, benefits."),
    ("Second Shift", "employment", "Work and training."),
    ("Safe Exchange Van", "syringe_services", "New supplies, testing, naloxone; three stops a day."),
    ("Families Together", "family_support", "For those who love somebody who uses drugs."),
    ("Lift Up Rides", "ride", "A ride to detox or a first appointment."),
)
# The partners' own entries: agency, needs, what it offers, hours, words.
PARTNER_SERVICES = (
    (SHELTER, ("shelter_tonight",), ("walk_in", "low_barrier", "step_free"), "Mon-Sun 5pm-8am", "Thirty beds, supper, lockers."),
    (CEDAR, ("shelter_tonight",), ("pets", "couples", "families"), "Mon-Sun 6pm-9am", "Rooms for couples and families."),
    (TREATMENT, ("detox", "medication"), ("same_day", "buprenorphine", "methadone"), "24/7", "Nurses day and night."),
    (HOUSE, ("residential",), ("women_only", "families"), "Mon-Fri 9am-5pm", "Ninety days; children may stay."),
    (SYRINGE, ("syringe_services", "drug_checking", "wound_care"), ("walk_in", "low_barrier"), "Mon-Sat 10am-6pm",
     "New supplies, test strips, a nurse on Tuesdays."),
    (RIDES, ("ride",), ("same_day",), "Mon-Sun 7am-11pm", "Volunteers with their own cars."),
)  # fmt: skip

REAL_CALLS = "montco911/montco911_2015-12-10_2017-04-13.csv.gz"
PACKAGES = {"miami-211": "hsds-miami/open211_miami_hsds11_2019-07.zip"}
LISTS = {
    "pennsylvania-opioid-treatment": "philadelphia/pa_opioid_treatment_programs_geocoded.csv",
    "philadelphia-medication": "philadelphia/dbhids_mat_walkin_geocoded_2020-02.csv",
    "philadelphia-syringe": "philadelphia/syringe_exchange_sites_geocoded.csv",
}

Say = Callable[[str], None]


def call_file(today: datetime) -> io.BytesIO:
    """Made-up 911 calls in the layout of the Montgomery County feed, the last one an hour before midnight of yesterday."""
    rng = random.Random(SEED)  # noqa: S311  # nosec B311  # made-up calls, not secrets
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    last = (today - timedelta(days=1)).replace(hour=23, minute=0, second=0, microsecond=0, tzinfo=None)
    moments = sorted(last - timedelta(seconds=rng.randrange(DAYS * 86_400)) for _ in range(int(DAYS * CALLS_A_DAY)))
    for number, moment in enumerate([*moments, last], 1):
        place = rng.randrange(len(TOWNS))
        town, stamp = TOWNS[place], moment.strftime("%Y-%m-%d %H:%M:%S")
        address = f"{rng.choice(STREETS)} & {rng.choice(STREETS)}"
        words = f"{address};  {town}; Station {300 + number % 70}; {stamp[:10]} @ {stamp[11:]};"
        latitude, longitude = f"{40.1 + place % 3 * 0.05:.2f}", f"{-75.4 + place // 3 * 0.06:.2f}"
        writer.writerow((latitude, longitude, words, "19400", "EMS: OVERDOSE", stamp, town, address, "1"))
    return io.BytesIO(text.getvalue().encode())


def directory() -> Directory:
    """Made-up services, one or two for each common need."""
    owner = OrganizationRecord("demonstration", "Two Rivers Directory (made up)")
    records = tuple(
        ServiceRecord(
            key=f"made-up-{number}", name=name, organization_key=owner.key, description=words, town="Mill Creek",
            phone=f"610-555-01{number:02d}", features=features_of(["walk_in"] * (number % 2 == 0)),
            needs=frozenset({need}),
        )
        for number, (name, need, words) in enumerate(SERVICES)
    )  # fmt: skip
    return Directory((owner,), records, ())


def partner_directory() -> Directory:
    """The entries of the made-up partners, with hours."""
    records = tuple(
        ServiceRecord(
            key=agency, name=agency, organization_key=agency, description=words, town="Mill Creek", hours_text=hours,
            phone=f"610-555-01{60 + number}", features=features_of(offers), languages="English, Spanish",
            needs=frozenset(needs), schedules=parse(hours) or (),
        )
        for number, (agency, needs, offers, hours, words) in enumerate(PARTNER_SERVICES)
    )  # fmt: skip
    return Directory(
        tuple(OrganizationRecord(record.key, f"{record.name} (made up)") for record in records), records, ()
    )


def import_real_calls(data: Path, by: Actor, say: Say) -> int:
    """Import the calls, moved by whole days so that the last one is today. Gives how many incidents there are."""
    file, profile = data / REAL_CALLS, load_profile("montgomery")
    if file.is_file():
        summary = import_calls(file, profile, by=by, last_day_is_today=True)
        say(f"Imported {summary.rows:,} real 911 calls of Montgomery County: {summary.incidents:,} overdoses.")
    else:
        summary = import_calls(call_file(clock()), profile, by=by, last_day_is_today=True)
        say(f"The real 911 calls are not on this machine, so {summary.incidents:,} made-up ones stand in for them.")
    keep_middles(middles_of_towns(data), by=by)
    return summary.incidents


def middles_of_towns(data: Path) -> dict[str, Point]:
    """The middle of each town by where its calls were; the places of single calls are let go here."""
    file, found = data / REAL_CALLS, dict[str, list[Point]]()
    made_up = io.TextIOWrapper(call_file(clock()), encoding="utf-8", newline="")
    with gzip.open(file, "rt", encoding="utf-8", errors="replace", newline="") if file.is_file() else made_up as lines:
        for row in csv.DictReader(islice(lines, CALLS_FOR_A_MIDDLE)):
            if point := degrees(row["lat"], row["lng"]):
                found.setdefault(row["twp"].casefold(), []).append(point)
    return {town: middle for town, points in found.items() if (middle := middle_of(points))}


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
    count = import_services(directory(), "made-up", by=by).services
    say(f"The real directories of services are not on this machine, so {count} made-up ones stand in for them.")
    return count
