"""The scan cannot pass by looking away: each rule has its planted violation, each exception still names something."""

import json
import re

import pytest

from tests.house.source import TOP
from tests.scan import scan
from tests.scan.scan import PLANTED, RULES, Finding, explained, judged, planted, unexplained

TEXT = (RULES / "house.yml").read_text()
IDS = re.findall(r"^  - id: ([\w-]+)$", TEXT, re.MULTILINE)
EXCEPTIONS = re.findall(r'^        - "/(\S+)"(.*)$', TEXT, re.MULTILINE)


def test_every_rule_has_a_planted_violation_and_a_message():
    assert len(IDS) == len(set(IDS)) > 10
    assert {rule for *_, rule in planted()} == set(IDS)
    assert len(re.findall(r"^    message: .+\.$", TEXT, re.MULTILINE)) == len(IDS)


@pytest.mark.parametrize(("pattern", "comment"), EXCEPTIONS)
def test_an_exception_names_something_that_is_there_and_says_why(pattern, comment):
    assert list(TOP.glob(pattern.removesuffix("/**"))), f"{pattern} is not there any more"
    assert re.fullmatch(r"\s+# \S.+", comment), f"{pattern} does not say why"


def test_the_planted_files_are_run_by_nobody():
    assert {path.name for path in PLANTED.iterdir()} == {"rooms.py", "page.html"}
    assert '"tests/scan/planted"' in (TOP / "pyproject.toml").read_text()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("", "not checked: no advisory service"),
        ("no json", "not checked: no advisory service"),
        ('{"dependencies": []}', "not checked: no advisory service"),
        ('{"dependencies": [{"name": "a", "skip_reason": "not found"}]}', "not checked: no advisory service"),
    ],
)
def test_a_check_that_could_not_be_made_is_no_good_news(answer, says):
    assert says in judged(answer, "core.txt")[0]


def test_a_known_vulnerability_and_a_package_nobody_knows_are_named():
    good = {"name": "a", "version": "1", "vulns": []}
    bad = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["3"]}]}
    answer = json.dumps({"dependencies": [good, bad, {"name": "c", "skip_reason": "not found"}]})
    assert judged(answer, "core.txt") == ["core.txt: not checked: c", "core.txt: b 2: CVE-1, fixed in 3"]
    assert judged(json.dumps({"dependencies": [good]}), "core.txt") == []


def test_going_on_without_advisories_is_said(capsys):
    assert scan.advisories(without=True) == []
    assert "NOT CHECKED" in capsys.readouterr().out


def test_a_finding_is_explained_for_its_place_only():
    one = Finding("wapiti", "Open Redirect", "/sign-in/", 2, "")
    row = {"tool": "wapiti", "category": "Open Redirect", "path": "/sign-in/", "why": "."}
    assert list(unexplained([one], [])) == [one]
    assert list(unexplained([one], [row])) == []
    assert list(unexplained([one], [row | {"path": "/other/"}])) == [one]
    assert list(unexplained([one], [row | {"category": "SQL Injection"}])) == [one]
    assert list(unexplained([Finding("wapiti", "Open Redirect", "/x/", 1, "")], [])) == []


def test_every_explanation_is_a_sentence():
    assert [row for row in explained() if not row["why"].endswith(".") or not row["path"].startswith("/")] == []
