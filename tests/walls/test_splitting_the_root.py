"""The root key among five people: any three make it again, two know nothing, and nothing is written that was not asked for."""

import itertools
import stat

import pytest

pytestmark = [pytest.mark.covers("R34", "R64"), pytest.mark.slow]  # about files, whatever the database is
NAMES = ("ann", "ben", "cyd", "dan", "eve")
SEAL = """
from alongside.accounts.models import Program
from alongside.common.actor import Actor
from alongside.identity.actions import keep_contact
from alongside.people.actions import add_person
by = Actor.system(Program.objects.get().id)
keep_contact(add_person(by=by), by=by, ask_for="Maria")
"""


def test_three_of_five_make_the_root_and_two_do_not(site, tmp_path):
    site.python(SEAL)
    files = [str(tmp_path / f"{name}.txt") for name in NAMES]
    assert site.run_json("keys", "split", *files) == {"shares": 5, "needed": 3}
    assert {stat.S_IMODE((tmp_path / f"{name}.txt").stat().st_mode) for name in NAMES} == {0o600}
    root_file = site.home / "keys" / "root.key"
    root = root_file.read_text()
    assert root.strip() not in "".join((tmp_path / f"{name}.txt").read_text() for name in NAMES)
    root_file.unlink()
    code, _, complaint = site.try_to("keys", "status")
    assert code == 1
    assert "root.key" in complaint
    for two in itertools.islice(itertools.combinations(files, 2), 2):
        code, out, complaint = site.try_to("keys", "combine", *two)
        assert (code, "do not make a key" in complaint) == (1, True)
        assert root.strip() not in out + complaint
    answer = site.run("keys", "combine", *files[1:4])
    assert "class keys opened: 1" in answer
    assert root.strip() not in answer
    assert not root_file.exists()  # only when asked
    site.run("keys", "combine", "--write", given="\n".join((tmp_path / f"{n}.txt").read_text() for n in NAMES[2:]))
    assert root_file.read_text() == root
    assert stat.S_IMODE(root_file.stat().st_mode) == 0o600
    code, _, complaint = site.try_to("keys", "combine", *files[:3], "--write")
    assert (code, "left alone" in complaint) == (1, True)
    site.run("keys", "status")


def test_shares_of_another_root_are_refused(site, tmp_path):
    site.python(SEAL)
    files = [str(tmp_path / f"{name}.txt") for name in NAMES]
    site.run("keys", "split", *files)
    site.run("keys", "rotate-root")
    site.run("keys", "destroy")
    code, _, complaint = site.try_to("keys", "combine", *files[:3], "--write")
    assert (code, "does not open the keys" in complaint) == (1, True)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("rotate", "warrants"), "no privacy class"),
        (("split", "--shares", "2", "--needed", "3"), "at most all"),
        (("split", "--needed", "1"), "At least 2"),
        (("split", "one.txt"), "Name 5 files"),
        (("combine", "/nowhere/ann.txt"), "cannot be read"),
        (("status", "--program", "Nowhere"), "program"),
    ],
)
def test_a_wrong_word_is_answered_in_one_sentence(site, words, why):
    code, _, complaint = site.try_to("keys", *words)
    assert code == 1
    assert why in complaint
    assert "Traceback" not in complaint
