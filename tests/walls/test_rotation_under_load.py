"""Keys are exchanged while others read and write, in real processes over a real database; and whoever is killed goes on."""

import json
import random
import time

import pytest

from tests.walls.site import copy_of, remove

pytestmark = [pytest.mark.slow, pytest.mark.covers("R64")]
WORK = "import runpy, sys; runpy.run_module('tests.walls.working', run_name='__main__', alter_sys=True)"
PEOPLE = 400


def work(site, *words):
    return site.start("-c", "import django; django.setup()\n" + WORK, *words)


def answer(process):
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, out + err
    return json.loads(out.splitlines()[-1])


@pytest.fixture(scope="module")
def filled_once(site_template):
    site = copy_of(site_template)
    filling = work(site, "fill", str(PEOPLE))
    out, err = filling.communicate(timeout=300)
    assert filling.returncode == 0, out + err
    yield site
    remove(site)


@pytest.fixture
def filled(filled_once):
    """An installation full of people, with which a test may do anything."""
    site = copy_of(filled_once)
    yield site
    remove(site)


def state(site):
    return answer(work(site, "state"))


def test_nobody_notices_while_keys_are_exchanged(filled):
    """Two readers and two writers, in processes of their own, through three exchanges of a class key and one of the root."""
    seconds = 14.0
    others = [work(filled, what, str(seconds)) for what in ("read", "read", "write", "write")]
    moved = sum(filled.run_json("keys", "rotate", "contact", "--batch", "40")["contact"] for _ in range(2))
    assert filled.run_json("keys", "rotate-root")["class keys"] >= 1
    moved += filled.run_json("keys", "rotate", "contact", "--batch", "40")["contact"]
    results = [answer(process) for process in others]
    assert [result["faults"] for result in results] == [[], [], [], []]
    assert min(result["done"] for result in results) > 20
    assert moved >= 3 * PEOPLE
    assert filled.run_json("keys", "destroy")["old root"] is True
    after = state(filled)
    assert after["bad"] == after["on_old"] == 0
    assert after["good"] == PEOPLE + sum(result["done"] for result in results[2:])
    assert after["class_keys"] == 1


def test_killed_at_any_point_it_goes_on_and_every_row_opens(filled):
    chance, killed = random.Random(64), 0
    for _ in range(6):
        process = filled.start("-m", "alongside", "keys", "rotate", "contact", "--batch", "3")
        time.sleep(chance.uniform(0.5, 2.2))
        killed += process.poll() is None
        process.kill()
        process.communicate()
        after = state(filled)
        assert (after["good"], after["bad"]) == (PEOPLE, 0)
        assert after["class_keys"] <= 2
    assert killed >= 3, "the exchange was over before it could be killed"
    filled.run("keys", "rotate", "contact")
    assert state(filled) | {"vendor": ""} == {
        "good": PEOPLE, "bad": 0, "class_keys": 1, "on_old": 0, "vendor": "",
    }  # fmt: skip


def test_the_root_is_exchanged_in_steps_each_of_which_may_be_the_last(filled):
    """Stopped after each step in turn, everything opens, and the same command finishes."""
    old = (filled.home / "keys" / "root.key").read_text()
    stop = """
from unittest import mock
from alongside.identity import rotating
from alongside.accounts.models import Program
from alongside.common.actor import Actor
import os, sys
steps = {"written": "rewrap_class_keys", "wrapped": "_exchange", "linked": None}
name = steps[sys.argv[1]]
by = Actor.system(Program.objects.get().id)
real_link = os.link
def linked(*args):
    real_link(*args)
    os._exit(9)
def die(*args, **more):
    os._exit(9)
with mock.patch.object(rotating, name, die) if name else mock.patch.object(os, "link", linked):
    rotating.rotate_root_key(by=by)
"""
    for step in ("written", "wrapped", "linked"):
        process = filled.start("-c", "import django; django.setup()\n" + stop, step)
        process.communicate(timeout=120)
        assert process.returncode == 9, step
        assert state(filled)["bad"] == 0, step
        code, _, complaint = filled.try_to("keys", "destroy")
        assert (code, "not finished" in complaint) == (1, True), step
    filled.run("keys", "rotate-root")
    assert (filled.home / "keys" / "root.key").read_text() != old
    assert (filled.home / "keys" / "root.old.key").read_text() == old
    assert state(filled)["bad"] == 0
    code, _, complaint = filled.try_to("keys", "rotate-root")  # the one before must go first
    assert (code, "keys destroy" in complaint) == (1, True)
    filled.run("keys", "destroy")
    assert sorted(path.name for path in (filled.home / "keys").glob("root*")) == ["root.key"]
    assert state(filled) | {"vendor": ""} == {"good": PEOPLE, "bad": 0, "class_keys": 1, "on_old": 0, "vendor": ""}


def test_an_old_root_that_is_needed_is_not_destroyed(filled):
    keys = filled.home / "keys"
    filled.run("keys", "rotate-root")
    (keys / "root.key").write_text("ab" * 32 + "\n")
    code, _, complaint = filled.try_to("keys", "destroy")
    assert (code, "still needs the old root" in complaint) == (1, True)
    assert (keys / "root.old.key").exists()
