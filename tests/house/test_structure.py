"""The shape of the house. Each test says in its first line which failure it prevents."""

import ast

import pytest
from django.apps import apps

from tests.house.source import floors, length, modules, room_of_label, rooms, waived

MOST_OF_OURS = 12
FUNCTION_LINES = 40
FILE_LINES = 400
ROOM_LINES = 1500
ROOM_FILES = 12


def our_models():
    return [model for model in apps.get_models(include_auto_created=True) if room_of_label(model._meta.app_label)]


def test_every_foreign_key_points_down():
    """Prevents a circle between rooms that hides in a string: import-linter cannot see `ForeignKey("cases.Case")`."""
    wrong = []
    for model in our_models():
        here = model._meta.app_label
        for field in model._meta.get_fields(include_hidden=True):
            if field.auto_created or not field.is_relation or field.related_model is None:
                continue
            there = field.related_model._meta.app_label
            if there != here and floors().get(there, -1) >= floors()[here]:
                wrong.append(f"{model._meta.label}.{field.name} points at {there}, which is not below {here}")
    assert not wrong, "\n".join(wrong)


def test_every_room_stands_on_a_floor_and_every_installed_room_exists():
    """Prevents a room that no import contract covers."""
    assert [room for room in rooms() if room not in floors() and room not in {"templates", "static"}] == []
    assert {config.label for config in apps.get_app_configs() if config.name.startswith("alongside.")} <= set(rooms())


@pytest.mark.parametrize("room", rooms())
def test_a_room_says_what_it_is_for(room):
    """Prevents a folder that grows into a drawer: each room says what it is for and what it refuses to know."""
    text = ast.get_docstring(next(module.tree for module in modules() if module.name == f"alongside.{room}")) or ""
    assert text.count(".") >= 2, f"alongside/{room}/__init__.py needs its paragraph"
    assert len(text) >= 80, f"alongside/{room}/__init__.py: what does it own, what does it refuse to know?"


def test_no_module_leans_on_more_than_twelve_of_ours():
    """Prevents the module that knows everybody: to change anything, one has to read it."""
    # The ground everybody stands on is not counted: an id, the clock and a Decision tie nobody to anybody (ADR 11).
    counts = {
        module: len({name for name in module.imports() - {module.name} if not name.startswith("alongside.common")})
        for module in modules()
    }
    wide = [
        f"{module.place}: {count} (more than {MOST_OF_OURS})"
        for module, count in counts.items()
        if count > MOST_OF_OURS and not waived(f"fan-out of {module.name}")
    ]
    assert not wide, "\n".join(wide)


def test_functions_and_files_fit_on_a_screen():
    """Prevents the function nobody dares to touch; prints the five largest of each, so that the eye stays on them."""
    sizes = sorted(
        ((length(node), f"{m.place}:{node.name}") for m in modules() for node in m.functions()), reverse=True
    )
    files = sorted(((len(module.text.splitlines()), module.place) for module in modules()), reverse=True)
    for lines, place in sizes[:5] + files[:5]:
        print(f"{lines:5} {place}")
    long = [f"{place}: {lines} lines" for lines, place in sizes if lines > FUNCTION_LINES]
    long += [f"{place}: {lines} lines" for lines, place in files if lines > FILE_LINES]
    assert [entry for entry in long if not waived(f"length of {entry.split(': ')[0]}")] == []


def test_a_large_room_has_an_adr():
    """Prevents a room that silently becomes the whole house; prints the five largest."""
    totals = {}
    for module in modules():
        if module.room:
            lines, files = totals.get(module.room, (0, 0))
            totals[module.room] = lines + len(module.text.splitlines()), files + (module.kind != "__init__")
    for room, (lines, files) in sorted(totals.items(), key=lambda item: -item[1][0])[:5]:
        print(f"{room:12} {lines:5} lines in {files} files")
    large = [
        f"{room}: {lines} lines in {files} files"
        for room, (lines, files) in totals.items()
        if (lines > ROOM_LINES or files > ROOM_FILES) and not waived(f"size of room {room}")
    ]
    assert not large, "\n".join(large)


BANNED = {
    "_base_manager": "a way around the managers",
    ".raw(": "SQL that no rule sees",
    "cursor(": "SQL that no rule sees",
    "apps.get_model": "an import that no contract sees",
    "+__": "a join back over a hidden relation",
    "RawSQL": "SQL that no rule sees",
    ".extra(": "SQL that no rule sees",
}
ALLOWED = {
    ("cursor(", "alongside/common/walls.py"): "roles, rights and row security on PostgreSQL",
    ("apps.get_model", "alongside/common/walls.py"): "lists the tables to lay row security on; reads none of them",
    ("cursor(", "alongside/journal/actions.py"): "the lock of the chain on PostgreSQL",
    ("cursor(", "alongside/common/sqlcipher/base.py"): "the back end itself",
}


def test_nobody_goes_around_the_wall():
    """Prevents a read that neither the floors nor the firewall would notice."""
    found = {
        (banned, module.place)
        for module in modules()
        for banned in BANNED
        if banned in module.text and module.room != "identity"
    }
    assert sorted(found - set(ALLOWED)) == []
    assert set(ALLOWED) <= found, "an allowance that is no longer needed: take it out"
