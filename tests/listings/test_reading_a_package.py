"""An HSDS package is read without inventing or hiding anything."""

import pytest

from alongside.listings import tables
from alongside.listings.hsds11 import read_package
from alongside.services.records import Unreadable


def test_a_service_is_read_with_all_that_belongs_to_it(made_up_package):
    detox, pantry = read_package(made_up_package).services
    assert (detox.key, detox.name, detox.organization_key, detox.source_organization) == ("10", "DETOX UNIT", "1", "")
    assert detox.description == "Harbor House’s beds."
    assert (detox.phone, detox.address, detox.town) == ("305-555-0100 ext. 7", "1 Pier Road, Miami, FL 33101", "Miami")
    assert (detox.latitude, detox.longitude) == (25.8, -80.2)
    assert (detox.hours_text, detox.languages, detox.eligibility) == ("9am-5pm, Mon-Tue", "English, Spanish", "Adults")
    assert (detox.features, detox.needs) == (" walk_in ", {"detox"})
    assert (pantry.organization_key, pantry.source_organization, pantry.phone) == ("", "99", "305-555-0101")
    assert (pantry.latitude, pantry.hours_text, pantry.needs) == (None, "Friday 1:00pm-2:00pm", {"food"})


def test_everything_odd_is_reported(made_up_package):
    assert read_package(made_up_package).problems_by_kind == {
        "bad_coordinates": 1,
        "broken_row": 1,
        "column_not_kept": 1,
        "damaged_text_left": 1,
        "damaged_text_repaired": 1,
        "duplicate_id": 1,
        "duplicate_term": 1,
        "line_break_restored": 1,
        "listed_but_missing": 1,
        "marker_removed": 1,
        "more_places": 1,
        "no_id_or_name": 1,
        "not_active": 1,
        "not_read": 1,
        "organization_missing": 1,
        "row_of_unknown_service": 1,
        "row_without_service": 1,
        "unknown_term": 1,
    }


def test_no_staff_name_is_read(made_up_package):
    assert "Somebody" not in repr(read_package(made_up_package))


def test_a_folder_reads_like_its_archive(made_up_package, made_up_members, tmp_path):
    folder = tmp_path / "unpacked"
    folder.mkdir()
    for name, text in made_up_members.items():
        (folder / name.rsplit("/", 1)[-1]).write_text(text)
    assert read_package(folder).services == read_package(made_up_package).services


def test_a_link_out_of_the_folder_is_not_followed(made_up_members, tmp_path):
    folder = tmp_path / "unpacked"
    folder.mkdir()
    (tmp_path / "outside.csv").write_text(made_up_members["data/services.csv"])
    (folder / "services.csv").symlink_to(tmp_path / "outside.csv")
    with pytest.raises(Unreadable, match=r"holds no services\.csv"):
        read_package(folder)


def test_a_member_that_grows_beyond_the_limit_is_not_read(made_up_package, monkeypatch):
    monkeypatch.setattr(tables, "MEMBER_LIMIT", 100)
    with pytest.raises(Unreadable, match="larger than"):
        read_package(made_up_package)


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"organizations.csv": "id,name\n"}, r"no services\.csv"),
        ({"services.csv": "id,title\n1,A\n"}, "no column “name”"),
        ({"services.csv": "id,name,organization_id,name\n"}, "two columns of the same name"),
        ({"services.csv": b"id,name,organization_id\n1,caf\xe9,1\n"}, "not UTF-8"),
        ({"a/services.csv": "id", "b/services.csv": "id"}, r"two files named services\.csv"),
        ({"services.csv": "id,name,organization_id\n1," + "x" * 200_000 + ",1\n"}, "not readable as CSV"),
        ({f"{number}.txt": "" for number in range(1001)}, "1001 files"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(zip_of, members, sentence):
    with pytest.raises(Unreadable, match=sentence):
        read_package(zip_of(members))


def test_a_file_that_is_no_archive_or_is_not_there_is_refused(tmp_path):
    (tmp_path / "a.zip").write_text("hello")
    with pytest.raises(Unreadable, match="neither a folder nor"):
        read_package(tmp_path / "a.zip")
    with pytest.raises(Unreadable, match="There is no file"):
        read_package(tmp_path / "b.zip")


def test_a_damaged_archive_is_refused(made_up_package):
    data = bytearray(made_up_package.read_bytes())
    data[60:75] = b"\xff" * 15
    made_up_package.write_bytes(data)
    with pytest.raises(Unreadable):
        read_package(made_up_package)


def test_the_miami_package_is_read_whole(miami):
    directory = miami
    kinds = directory.problems_by_kind
    assert (len(directory.organizations), len(directory.services)) == (1074, 4089)
    assert sum(1 for service in directory.services if service.latitude is not None) == 2260
    assert sum(1 for service in directory.services if service.source_organization) == 447
    assert (kinds["organization_missing"], kinds["row_without_service"], kinds["duplicate_term"]) == (447, 2244, 3)
    assert any("contacts.csv" in problem.sentence for problem in directory.problems)
    left = [
        service.key for service in directory.services if "GÇ" in service.description or "###" in service.description
    ]
    assert left == []
    assert sum(1 for service in directory.services if "detox" in service.needs) >= 20
