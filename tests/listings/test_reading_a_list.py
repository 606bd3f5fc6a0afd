"""A plain CSV list is read by its declared mapping."""

import pytest

from alongside.listings.lists import LISTS, read_list
from alongside.services.records import Unreadable

SYRINGE = (
    "site_id,site_name,site_location,address,description,zip,lat,lng\n"
    "1,Mobile,3rd & Main,,Mobile Site,,,\n"
    '2,Headquarters - Friday,"2 High St, Philadelphia, PA 19134","2 High St, Philadelphia, PA 19134",In,19134,39,-75\n'
    "3,Mobile,3rd & Main,,Mobile Site,,,\n"
    "4,Program,Respite,19134,Shelter,19134,39.9,-75.1\n"
    "4,Program,Again,,Shelter,,,\n"
)
MEDICATION = (
    "ProgramName,Address,Zip,Buprenorphine?,Methadone?,Vivitrol?,Same-day induction during walk-in hours?,Phone,Website"
    ",Notes (DBHIDS TAD),IOP,OP,MH Tx,latitude,longitude\n"
    "First Place*,1 High St,19104,Yes,No,No,Yes,215-555-0100,,Spanish; Walk-in: Sa 8a-1:30m,Yes,No,Yes,39.9,-75.1\n"
    "Second Place,2 High St,19104,Crisis response center,No,No,,215-555-0101,,--,No,No,No,0,0\n"
)


@pytest.fixture
def read(tmp_path):
    def reading(text, code):
        path = tmp_path / "list.csv"
        path.write_text(text)
        return read_list(path, code)

    return reading


def test_mobile_sites_have_a_corner_and_no_invented_point(read):
    mobile, headquarters, _, respite = read(SYRINGE, "philadelphia-syringe").services
    assert (mobile.name, mobile.address, mobile.latitude) == (
        "Mobile: 3rd & Main",
        "3rd & Main, Philadelphia, PA",
        None,
    )
    assert (headquarters.name, headquarters.needs) == ("Headquarters - Friday", {"syringe_services"})
    assert headquarters.address == "2 High St, Philadelphia, PA 19134"
    assert (respite.address, respite.needs) == ("Philadelphia, PA 19134", {"shelter_tonight"})


def test_what_a_syringe_list_hides_is_reported(read):
    assert read(SYRINGE, "philadelphia-syringe").problems_by_kind == {
        "address_is_zip": 1, "duplicate_id": 1, "no_coordinates": 3, "same_place_twice": 1,
    }  # fmt: skip


def test_medication_programs_say_what_they_give_and_when(read):
    directory = read(MEDICATION, "philadelphia-medication")
    first, second = directory.services
    assert (first.name, first.needs) == ("First Place", {"medication", "outpatient", "mental_health"})
    assert (first.features, first.hours_text) == (" walk_in same_day buprenorphine ", "Walk-in: Sa 8a-1:30m")
    assert (first.languages, second.languages, second.features) == ("Spanish", "", "")
    assert (second.needs, second.description) == ({"other"}, "Buprenorphine (Crisis response center)")
    assert directory.problems_by_kind == {"bad_coordinates": 1, "odd_hours": 1, "unexpected_answer": 1}


def test_another_list_under_this_name_is_refused(read):
    with pytest.raises(Unreadable, match="no column “site_id”"):
        read(MEDICATION, "philadelphia-syringe")


@pytest.mark.parametrize(
    ("code", "name", "services"),
    [
        ("philadelphia-syringe", "syringe_exchange_sites_geocoded.csv", 26),
        ("philadelphia-medication", "dbhids_mat_walkin_geocoded_2020-02.csv", 40),
        ("pennsylvania-opioid-treatment", "pa_opioid_treatment_programs_geocoded.csv", 96),
    ],
)
def test_the_public_lists_are_read_whole(real_file, code, name, services):
    assert code in LISTS
    assert len(read_list(real_file(f"philadelphia/{name}"), code).services) == services
