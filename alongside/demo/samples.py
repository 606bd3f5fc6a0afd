"""A small made-up call file and a small made-up list of services, for a machine without the real ones."""

from __future__ import annotations

import csv
import io
import random
from datetime import datetime, timedelta

from alongside.services.records import Directory, OrganizationRecord, ServiceRecord, features_of

SEED = 911
DAYS, CALLS_A_DAY = 120, 4.9
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


def call_file(today: datetime) -> io.BytesIO:
    """Made-up 911 calls in the layout of the Montgomery County feed, the last one an hour before midnight of yesterday."""
    rng = random.Random(SEED)  # noqa: S311  # nosec B311  # made-up calls, not secrets
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    last = (today - timedelta(days=1)).replace(hour=23, minute=0, second=0, microsecond=0, tzinfo=None)
    moments = sorted(last - timedelta(seconds=rng.randrange(DAYS * 86_400)) for _ in range(int(DAYS * CALLS_A_DAY)))
    for number, moment in enumerate([*moments, last], 1):
        town, stamp = rng.choice(TOWNS), moment.strftime("%Y-%m-%d %H:%M:%S")
        address = f"{rng.choice(STREETS)} & {rng.choice(STREETS)}"
        words = f"{address};  {town}; Station {300 + number % 70}; {stamp[:10]} @ {stamp[11:]};"
        writer.writerow(("40.1", "-75.4", words, "19400", "EMS: OVERDOSE", stamp, town, address, "1"))
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
