"""The menu: short ones as they are, long ones in a few rooms, and every address still in it once."""

from __future__ import annotations

import pytest

from alongside.accounts.navigation import ENTRIES, ROOMS, SHORT, Entry, in_rooms
from alongside.accounts.roles import ROLES, may


def shape(menu):
    return [[one.url for one in place.entries] if hasattr(place, "entries") else place.url for place in menu]


def entries(*rooms):
    return [Entry(f"/{place}/", str(place), room) for place, room in enumerate(rooms)]


def test_a_short_menu_stays_as_it_is():
    assert shape(in_rooms(entries("people", "people", "help", ""))) == ["/0/", "/1/", "/2/", "/3/"]


def test_a_long_menu_gets_rooms_where_their_first_entry_stood():
    menu = in_rooms(entries("", "people", "", "help", "people", "numbers", "help", "people"))
    assert shape(menu) == ["/0/", ["/1/", "/4/", "/7/"], "/2/", ["/3/", "/6/"], "/5/"]


def test_a_room_knows_that_the_viewer_is_in_it():
    menu = in_rooms([*entries(*["help"] * SHORT), Entry("/here/", "Here", "help", current=True)])
    assert [room.current for room in menu] == [True]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_a_menu_read_at_a_glance(role):
    found = {name: (label, room) for permission, name, label, room in ENTRIES if may(role, permission)}
    menu = in_rooms([Entry(name, label, room) for name, (label, room) in found.items()])
    assert len(menu) <= 9
    flat = [url for place in shape(menu) for url in (place if isinstance(place, list) else [place])]
    assert sorted(flat) == sorted(found)
    assert {room for _label, room in found.values()} <= {"", *ROOMS}
