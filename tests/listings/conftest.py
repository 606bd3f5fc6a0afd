"""A small made-up package with every fault of the real ones, and the real files where they are."""

import os
import zipfile
from pathlib import Path

import pytest

from alongside.listings.hsds11 import read_package

MADE_UP = {
    "data/organizations.csv": "id,name,description,url,email\n1,Harbor House,,www.example.org,office@example.org\n",
    "data/services.csv": (
        "id,organization_id,name,description,url,application_process,status\n"
        "10,1,DETOX UNIT,Harbor HouseGÇÖs beds.\\n\\n###MON###\\nMON###,www.example.org,Walk-ins welcome,\n"
        "11,99,FOOD PANTRY,ni+¦os,,Call,\n"
        "11,1,FOOD PANTRY AGAIN,,,,\n"
        "12,1,,No name,,,\n"
        "13,1,CLOSED PLACE,,,,defunct\n"
        "14,1\n"
    ),
    "data/locations.csv": "id,latitude,longitude\nL10,25.8,-80.2\nL11,north,\n",
    "data/services_at_location.csv": "id,service_id,location_id\n1,10,L10\n2,10,L11\n3,11,L11\n",
    "data/phones.csv": (
        "id,service_id,location_id,number,extension,type\n1,10,,305-555-0100,7,voice\n2,,L11,305-555-0101,,\n"
    ),
    "data/physical_addresses.csv": (
        "id,location_id,address_1,city,state_province,postal_code\n1,L10,1 Pier Road,Miami,FL ,33101\n"
    ),
    "data/regular_schedules.csv": (
        "id,service_id,weekday,opens_at,closes_at,original_text\n"
        ',10,Monday,9:00am,5:00pm,"9am-5pm, Mon-Tue"\n,10,Tuesday,9:00am,5:00pm,"9am-5pm, Mon-Tue"\n'
        ",11,Friday,1:00pm,2:00pm,\n"
    ),
    "data/languages.csv": "id,service_id,language\n1,10,English\n2,10,Spanish\n3,10,English\n4,77,French\n",
    "data/eligibility.csv": "id,service_id,eligibility\n,,Adults\n1,10,Adults\n",
    "data/taxonomy.csv": "id,name\nT1,Drug Detoxification\nT2,Food Pantries\nT1,Drug Detox\n",
    "data/services_taxonomy.csv": "id,service_id,taxonomy_id\n1,10,T1\n2,11,T9\n",
    "data/contacts.csv": "id,name\n1,Somebody\n",
    "datapackage.json": '{"resources": [{"path": "services.csv"}, {"path": "programs.csv"}]}',
}


def write_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


@pytest.fixture
def made_up_members():
    return dict(MADE_UP)


@pytest.fixture
def made_up_package(tmp_path):
    return write_zip(tmp_path / "made-up.zip", MADE_UP)


@pytest.fixture
def zip_of(tmp_path):
    return lambda members: write_zip(tmp_path / "package.zip", members)


def find(name):
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("ALONGSIDE_DATA", str(beside)))
    if not (folder / name).exists():
        pytest.skip(f"The public file {name} is not in the data folder; set ALONGSIDE_DATA to have this test.")
    return folder / name


@pytest.fixture
def real_file():
    return find


@pytest.fixture(scope="session")
def miami():
    """The largest real directory, read once for all tests: nothing in it can be changed."""
    return read_package(find("hsds-miami/open211_miami_hsds11_2019-07.zip"))
