"""Writes are verbs that say who, in one transaction, with their line in the journal. Reads say who asks."""

import ast

import pytest

from alongside.common.ids import new_id
from alongside.journal.actions import record
from alongside.journal.rules import VERBS
from tests.house.source import decorators, modules, parameter

# Public functions of an actions.py that write nothing by themselves, or are atomic in another way.
NOT_A_WRITE = {
    "people.strictest": "compares two answers",
    "incidents.digests_of": "computes",
    "incidents.known_digests": "reads, for one pass over a file",
    "consent.active_consent": "reads, inside an action",
    "cases.set_next_due": "a step of the actions beside it, never called from outside a transaction",
    "journal.hold_the_chain": "takes the lock of the line that follows",
    "journal.record": "refuses to run outside a transaction; it is the line itself",
    "services.import_services": "opens its transaction inside, after the file was judged",
}
# Writes without `by`.
NOBODY_THERE_YET = {
    "accounts.set_up_program": "before it there is no program to act for; it journals as the system",
    "demo.make_demo": "makes the program and the users themselves",
    "demo.tell_story": "acts as one made-up user after the other",
}
# Queries that take no viewer.
NO_VIEWER = {
    "journal.programs_in_journal": "for the command line, which acts as each program itself",
    "journal.lines_in_order": "the check of the chain: no content, no person",
    "incidents.one_event_pairs": "pure, over rows the viewer already has",
    "people.records_of": "ids of a person the caller already has",
    "people.held": "which of the ids the caller already has are frozen",
    "legal.quarterly_counts": "for the public page: counts of requests, no person",
    "legal.missing_months": "for the public page: months, no person",
    "accounts.the_program": "for the command line, which acts as the program itself",
    "accounts.nobody": "at the door nobody is signed in yet",
    "accounts.local_words": "the names of the user's own program, for judging a password",
}


def atomic(node):
    return any(name.startswith("transaction.atomic") for name in decorators(node))


def public_actions():
    for module in modules():
        for node in module.public_functions():
            if module.kind == "actions" or atomic(node):
                yield module, node, f"{module.room}.{node.name}"


def test_every_action_is_atomic_and_says_who():
    """Prevents half a write, and a write nobody can be asked about."""
    wrong = []
    for module, node, name in public_actions():
        if name in NOT_A_WRITE:
            continue
        if not atomic(node):
            wrong.append(f"{module.place}:{node.name} is not @transaction.atomic")
        annotation, keyword_only, _ = parameter(node, "by") or ("", False, 0)
        is_door = module.kind == "firewall"  # asked by a viewer; journals as them
        if not is_door and name not in NOBODY_THERE_YET and (annotation != "Actor" or not keyword_only):
            wrong.append(f"{module.place}:{node.name} does not end in keyword-only `by: Actor`")
    assert not wrong, "\n".join(wrong)


def test_the_exceptions_are_still_there():
    """Prevents a list of exceptions that outlives its reasons."""
    actions = {name for _, _, name in public_actions()}
    queries = {f"{m.room}.{node.name}" for m in modules() if m.kind == "queries" for node in m.public_functions()}
    assert sorted((set(NOT_A_WRITE) | set(NOBODY_THERE_YET)) - actions) == []
    assert sorted(set(NO_VIEWER) - queries) == []


def test_every_query_asks_who_looks():
    """Prevents a list that shows a row to whoever finds the address."""
    wrong = []
    for module in modules():
        if module.kind != "queries":
            continue
        for node in module.public_functions():
            annotation, _, position = parameter(node, "viewer") or ("", False, 1)
            if (annotation != "Actor" or position != 0) and f"{module.room}.{node.name}" not in NO_VIEWER:
                wrong.append(f"{module.place}:{node.name} must take `viewer: Actor` first")
    assert not wrong, "\n".join(wrong)


def test_only_actions_write():
    """Prevents a screen or a query that changes something on its own."""
    writes = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
    wrong = [
        f"{module.place}:{node.lineno}: {ast.unparse(node.func)}"
        for module in modules()
        if module.kind in {"queries", "views", "rules", "forms"}
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writes
        and (node.func.attr != "update" or ".objects" in ast.unparse(node.func))
    ]  # fmt: skip
    assert not wrong, "\n".join(wrong)


def test_every_verb_is_written_somewhere():
    """Prevents a journal that promises lines which nobody writes."""
    spoken = {
        node.value
        for module in modules()
        if module.name != "alongside.journal.rules" and "record(" in module.text
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert sorted(set(VERBS) - spoken) == []


def test_every_written_verb_is_known():
    """Prevents an action that fails on the day it is first used because its verb was mistyped."""
    unknown = [
        f"{module.place}:{node.lineno} {node.args[0].value}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record" and node.args
        and isinstance(node.args[0], ast.Constant) and node.args[0].value not in VERBS
    ]  # fmt: skip
    assert unknown == []


def test_an_unknown_verb_is_an_error(ours):
    """Prevents a line in the journal that no reviewer can look up."""
    with pytest.raises(KeyError):
        record("glanced_at", kind="person", target=new_id(), by=ours.system)
