"""Addresses in one small form, real outlines of towns, and imports that say what became of every row."""

import csv
import gzip
import json
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from alongside.accounts.models import Town
from alongside.common.decision import Refused
from alongside.journal.models import Entry
from alongside.planning.actions import keep_addresses, keep_middles, keep_outlines, take_back
from alongside.planning.models import AddressPoint, TownShape
from alongside.planning.places import Unreadable, area, center, one_line, read_addresses, read_towns, thinned

MASSACHUSETTS = settings.DATA_FOLDER / "boundaries" / "ma_towns_wgs84.geojson.gz"
SQUARE = [[-71.0, 42.0], [-70.9, 42.0], [-70.9, 42.1], [-71.0, 42.1], [-71.0, 42.0]]
OURS = (42.05, -70.95)


@pytest.mark.parametrize(
    ("written", "town", "line"),
    [
        ("12 Main Street", "Eastpoint", "12 main st eastpoint"),
        ("12 MAIN ST.", "eastpoint", "12 main st eastpoint"),
        ("12 Main St, Apt 4B", "Eastpoint", "12 main st eastpoint"),
        ("12 Main St #4", "Eastpoint", "12 main st eastpoint"),
        ("12 Main St Unit 3", "", "12 main st"),
        ("5 North Pleasant Avenue", "", "5 n pleasant ave"),
        ("under the third plane tree", "", "under the third plane tree"),
        ("Calle Niño 4", "", "calle niño 4"),
        ("", "", ""),
        ("—", "", ""),
    ],
)
def test_an_address_has_one_form_however_it_is_written(written, town, line):
    assert one_line(written, town) == line


def test_an_outline_keeps_its_corners_and_loses_what_no_eye_sees():
    wavy = [[-71 + step / 1000, 42 + (step % 2) * 0.0001] for step in range(101)]
    ring = [*wavy, [-70.9, 42.1], [-71.0, 42.1], [-71.0, 42.0]]
    thin = thinned([ring])[0]
    assert len(thin) < 10
    assert area(thin) == pytest.approx(area(ring), rel=0.01)
    assert thin[0] == thin[-1] == [-71.0, 42.0]


def test_an_islet_that_shrinks_to_nothing_is_left_out_and_the_town_never():
    islet = [[-70.5, 42.5], [-70.4999, 42.5], [-70.4999, 42.5001], [-70.5, 42.5]]
    assert thinned([islet, SQUARE]) == thinned([SQUARE])
    assert len(thinned([islet])) == 1


def test_the_center_of_a_square_is_its_middle():
    assert center(SQUARE) == pytest.approx(OURS, abs=1e-4)
    assert center([[-71, 42], [-71, 42], [-71, 42]]) == (42, -71)


def write_towns(path, *features):
    rows = [
        {"type": "Feature", "properties": {"TOWN2": name}, "geometry": {"type": kind, "coordinates": where}}
        for name, kind, where in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    return path


def write_csv(path, header, *rows, packed=False):
    text = StringIO()
    csv.writer(text).writerows([header, *rows])
    path.write_bytes(gzip.compress(text.getvalue().encode()) if packed else text.getvalue().encode())
    return path


def run(*words, **options):
    out = StringIO()
    call_command("import_places", *map(str, words), stdout=out, **options)
    return out.getvalue()


def test_the_real_towns_of_massachusetts_come_in(ours):
    if not MASSACHUSETTS.exists():
        pytest.skip("the public file is not beside this checkout")
    Town.objects.bulk_create(Town(program=ours.program, name=name) for name in ("Boston", "Plymouth", "Nahant"))
    said = json.loads(run(MASSACHUSETTS, program=ours.program.name, json=True))
    assert (said["rows"], said["added"], len(said["not_ours"]), said["problems"]) == (351, 3, 348, [])
    boston = TownShape.objects.get(town__name="Boston", town__program=ours.program)
    assert (boston.latitude, boston.longitude) == pytest.approx((42.31, -71.10), abs=0.05)
    corners = sum(len(ring) for ring in boston.outline)
    assert 50 < corners < 800
    again = json.loads(run(MASSACHUSETTS, program=ours.program.name, json=True))
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 3)
    assert "3 were taken back" in run(program=ours.program.name, undo="towns")
    assert not TownShape.objects.filter(town__program=ours.program).exists()


def test_a_dry_run_says_what_would_be_and_keeps_nothing(ours, tmp_path, journal):
    towns = write_towns(tmp_path / "t.geojson", ("Eastpoint", "Polygon", [SQUARE]), ("Elsewhere", "Polygon", [SQUARE]))
    said = run(towns, program=ours.program.name, dry_run=True)
    assert "2 rows: 1 added" in said
    assert "1 not towns of this program" in said
    assert "Nothing was kept" in said
    points = write_csv(
        tmp_path / "a.csv", ("address", "town", "latitude", "longitude"), ("1 Main St", "Eastpoint", *OURS)
    )
    assert "1 rows: 1 added" in run(points, program=ours.program.name, dry_run=True)
    assert not TownShape.objects.exists()
    assert not AddressPoint.objects.exists()
    assert journal() == []


def test_a_shape_that_is_not_in_degrees_or_has_no_name_costs_its_own_row(ours, tmp_path):
    meters = [[[236_000.0, 900_000.0], [237_000.0, 900_000.0], [237_000.0, 901_000.0], [236_000.0, 900_000.0]]]
    towns = write_towns(
        tmp_path / "t.geojson", ("Eastpoint", "Polygon", meters), ("", "Polygon", [SQUARE]), ("Westpoint", "Point", [1, 2]),
        ("Westpoint", "MultiPolygon", [[SQUARE]]),
    )  # fmt: skip
    said = run(towns, program=ours.program.name)
    assert "Feature 1 (Eastpoint): the outline is not in degrees." in said
    assert "Feature 2: no name, or no outline." in said
    assert "Feature 3: no name, or no outline." in said
    assert [row.town.name for row in TownShape.objects.all()] == ["Westpoint"]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("t.geojson", "{", "cannot be read as GeoJSON"),
        ("t.geojson", '{"type": "Topology"}', "cannot be read as GeoJSON"),
        ("t.geojson", '{"features": [3]}', "cannot be read as GeoJSON"),
        (
            "t.geojson",
            '{"features": [{"properties": {"NAME": "x"}, "geometry": {"type": "Polygon", "coordinates": [["a"]]}}]}',
            "cannot be read as GeoJSON",
        ),
        ("t.geojson", '{"features": []}', "No town of this program is in the file"),
        ("a.csv", "a,b\n1,2\n", "does not have the columns of an address list"),
        ("a.csv", "", "does not have the columns of an address list"),
        ("a.csv", "address,town,latitude,longitude\n", "holds no address with a point"),
        ("a.csv.gz", "\x1f\x8bnot gzip", "cannot be read as CSV"),
    ],  # fmt: skip
)
def test_a_bad_file_is_one_sentence_and_nothing_is_kept(ours, tmp_path, name, text, sentence):
    file = tmp_path / name
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(CommandError, match=sentence):
        run(file, program=ours.program.name)
    with pytest.raises(CommandError):
        run(tmp_path / f"missing-{name}", program=ours.program.name)


def test_addresses_come_from_the_declared_columns_and_every_other_is_dropped_unread(ours, tmp_path):
    file = write_csv(
        tmp_path / "a.csv.gz", ("LON", "LAT", "NUMBER", "STREET", "UNIT", "CITY", "OWNER_NAME"),
        (-71.01, 42.01, 12, "MAIN STREET", "", "EASTPOINT", "Zyxwhale"), (-71.02, 42.02, 14, "Main St", "", "Eastpoint", "x"),
        ("", 42, 16, "Main St", "", "Eastpoint", "x"), (-71, 42, "", "", "", "Eastpoint", "x"),
        (236_000, 900_000, 1, "A", "", "B", "x"),
        (-71,), packed=True,
    )  # fmt: skip
    said = run(file, program=ours.program.name)
    assert "6 rows: 2 added" in said
    assert "Left out before anything was read: unit, owner_name." in said
    assert "Row 4: no point in degrees." in said
    assert "Row 5: no address." in said
    assert "Row 6: no point in degrees." in said
    assert "Row 7: no point in degrees." in said
    assert list(AddressPoint.objects.order_by("line").values_list("line", "latitude")) == [
        ("12 main st eastpoint", 42.01),
        ("14 main st eastpoint", 42.02),
    ]
    assert "Zyxwhale" not in str(list(AddressPoint.objects.values())) + said


def test_a_newer_list_changes_adds_and_with_replace_removes(ours, journal):
    first = {"1 main st eastpoint": OURS, "2 main st eastpoint": OURS}
    second = {"2 main st eastpoint": (42.06, -70.9), "3 main st eastpoint": OURS}
    by = ours.system
    assert keep_addresses(first, by=by).added == 2
    done = keep_addresses(second, by=by)
    assert (done.added, done.changed, done.unchanged, done.removed) == (1, 1, 0, 0)
    assert AddressPoint.objects.count() == 3
    done = keep_addresses(second, by=by, replace=True)
    assert (done.added, done.changed, done.unchanged, done.removed) == (0, 0, 2, 1)
    assert sorted(AddressPoint.objects.values_list("line", flat=True)) == sorted(second)
    keep_addresses(second, by=by)
    assert take_back("addresses", by=by) == 2
    assert take_back("addresses", by=by) == 0
    assert journal() == ["places_imported", "places_imported", "places_imported", "import_undone"]
    assert Entry.objects.order_by("-seq").first().detail == {"places": "addresses", "removed": 2}


def test_one_program_never_touches_the_points_of_another(cast):
    keep_addresses({"1 main st": OURS}, by=cast.other.system)
    keep_outlines({"midvale": [SQUARE]}, by=cast.other.system)
    keep_addresses({"9 main st": OURS}, by=cast.ours.system, replace=True)
    with pytest.raises(Refused):
        keep_outlines({"midvale": [SQUARE]}, by=cast.ours.system)
    assert take_back("addresses", by=cast.ours.system) == 1
    assert take_back("towns", by=cast.ours.system) == 0
    assert AddressPoint.objects.get().line == "1 main st"
    assert TownShape.objects.get().town.name == "Midvale"


def test_a_middle_never_takes_the_place_of_an_outline(ours):
    keep_outlines({"eastpoint": [SQUARE]}, by=ours.system)
    keep_middles({"EASTPOINT": (1.0, 2.0), "Westpoint": (42.2, -71.2), "Elsewhere": (3.0, 4.0)}, by=ours.system)
    kept = {row.town.name: (row.latitude, bool(row.outline)) for row in TownShape.objects.select_related("town")}
    assert kept == {"Eastpoint": (pytest.approx(42.05), True), "Westpoint": (42.2, False)}


def test_a_broken_file_is_unreadable_to_the_readers_too(tmp_path):
    for read in (read_addresses, read_towns):
        with pytest.raises(Unreadable):
            read(tmp_path / "nothing")
