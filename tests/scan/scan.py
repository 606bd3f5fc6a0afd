"""`./run scan`: our own static rules, known vulnerabilities, and an attack on the running demonstration.

A step that could not be done is a failed step: a scan that skipped something must not look like one that found nothing.
"""

from __future__ import annotations

import argparse
import csv
import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.journeys.site import Site

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
TOOLS = Path(os.environ.get("ALONGSIDE_SCAN_TOOLS", str(TOP / ".scan" / "bin")))
RULES, PLANTED, EXPLAINED = HERE / "rules", HERE / "planted", HERE / "explained.csv"
LOCKS = ("core.txt",)
# Modules that need nothing from outside; ssrf, xxe and log4shell need somebody else's server to call back.
ATTACKS = "crlf,csrf,exec,file,methods,permanentxss,redirect,shellshock,sql,timesql,upload,xss"
MEDIUM = 2
LEVELS = {0: "info", 1: "low", 2: "medium", 3: "high", 4: "critical"}
FEWEST_PAGES = {"nobody": 3, "coach": 10}

Place = tuple[str, int, str]


@dataclass(frozen=True)
class Finding:
    """Something a tool objects to."""

    tool: str
    category: str
    path: str
    level: int
    words: str


# --- our own rules ------------------------------------------------------------------------------------------------------


def semgrep(*targets: Path) -> set[Place]:
    """File, line and rule of everything our rules find; a fault of the tool or a file it cannot read is an error."""
    words = [TOOLS / "semgrep", "scan", "--metrics=off", "--disable-version-check", "--no-git-ignore", "--json", "-q",
             "--disable-nosem", "--config", RULES, *(os.path.relpath(target, TOP) for target in targets)]  # fmt: skip
    done = subprocess.run(words, cwd=TOP, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or not done.stdout:
        raise RuntimeError(f"semgrep did not run: {done.stderr[-500:]}")
    said = json.loads(done.stdout)
    if said["errors"]:
        raise RuntimeError(f"semgrep could not read everything: {said['errors'][0]}")
    return {(found["path"], found["start"]["line"], found["check_id"].rpartition(".")[2]) for found in said["results"]}


def planted() -> set[Place]:
    """What the planted files say must be found."""
    return {
        (str(path.relative_to(TOP)), number, found[1])
        for path in sorted(PLANTED.iterdir())
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if (found := re.search(r"finds: ([\w-]+)", line))
    }


def own_rules() -> list[str]:
    """First that every planted violation is found and nothing else is, then the house."""
    should, does = planted(), semgrep(*sorted(PLANTED.iterdir()))
    wrong = [f"{path}:{line}: {rule}: planted and not found" for path, line, rule in sorted(should - does)]
    wrong += [f"{path}:{line}: {rule}: found where none was planted" for path, line, rule in sorted(does - should)]
    house = [f"{path}:{line}: {rule}" for path, line, rule in sorted(semgrep(TOP / "alongside"))]
    print(f"rules: {len({rule for *_, rule in should})} rules, {len(should)} planted violations, "
          f"{len(should & does)} of them found; {len(house)} in the house")  # fmt: skip
    return wrong + house


# --- known vulnerabilities ----------------------------------------------------------------------------------------------


def advisories(*, without: bool) -> list[str]:
    """Every locked package against an advisory service; when none answers, that is said and is a failure."""
    if without:
        print("advisories: NOT CHECKED, as asked (--without-advisories)")
        return []
    wrong: list[str] = []
    for lock in LOCKS:
        words = [TOOLS / "pip-audit", "--require-hashes", "--disable-pip", "--progress-spinner=off", "-f", "json",
                 "-r", TOP / "requirements" / lock]  # fmt: skip
        done = subprocess.run(words, cwd=TOP, capture_output=True, text=True, check=False)
        wrong += judged(done.stdout, lock)
    return wrong


def judged(answer: str, lock: str) -> list[str]:
    """What pip-audit said, strictly: a package nobody knows anything about was not checked."""
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        packages = []
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    if len(skipped) == len(packages):
        return [f"{lock}: not checked: no advisory service within reach (say --without-advisories to go on without)"]
    print(f"advisories: {lock}: {len(packages)} packages, {len(skipped)} of them unknown to the service")
    known = [
        f"{lock}: {package['name']} {package['version']}: {one['id']}, fixed in {', '.join(one['fix_versions']) or 'none'}"
        for package in packages
        for one in package.get("vulns", ())
    ]
    return [f"{lock}: not checked: {name}" for name in skipped] + known


# --- the running demonstration ------------------------------------------------------------------------------------------

COOKIE = """
import django; django.setup()
from django.conf import settings
from django.test import Client
from alongside.accounts.models import User
from tests.cast import force_two_factors
import sys
client = Client()
force_two_factors(client, User.objects.get(username=sys.argv[1]))
print(settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value, sep="=")
"""


def attack(site: Site, folder: Path, who: str) -> tuple[int, list[Finding]]:
    """Walk and attack the site as nobody or as one login: pages seen, and what was found."""
    report = folder / f"{who}.json"
    words = [TOOLS / "wapiti", "-u", f"{site.address}/", "--scope", "folder", "-m", ATTACKS, "-l", "1", "-d", "6",
             "--max-files-per-dir", "15", "--max-links-per-page", "40", "--max-parameters", "25", "-S", "aggressive",
             "--max-scan-time", "60", "--max-attack-time", "10", "--flush-session", "--store-session", folder / who,
             "--store-config", folder / "config", "--no-bugreport", "-v", "0", "-f", "json", "-o", report,
             "-x", f"{site.address}/sign-out/"]  # fmt: skip
    for start in ("trust/", "sign-in/", "today/"):
        words += ["-s", f"{site.address}/{start}"]
    if who != "nobody":
        words += ["-H", f"Cookie: {site._python('-c', COOKIE, who).strip()}"]
    done = subprocess.run([str(word) for word in words], cwd=folder, capture_output=True, text=True, check=False)
    if not report.exists():
        raise RuntimeError(f"wapiti gave no report: {done.stdout[-500:]}{done.stderr[-500:]}")
    said = json.loads(report.read_text())
    found = [
        Finding("wapiti", category, urlsplit(one["path"]).path, one["level"], f"{one['method']} {one['info']}")
        for part in ("vulnerabilities", "anomalies", "additionals")
        for category, several in said[part].items()
        for one in several
    ]
    return int(said["infos"]["crawled_pages_nbr"]), found


def explained() -> list[dict[str, str]]:
    """The findings somebody has looked at, each with its reason."""
    with EXPLAINED.open(newline="") as file:
        return list(csv.DictReader(file))


def unexplained(found: list[Finding], known: list[dict[str, str]]) -> Iterator[Finding]:
    """Findings of medium level or more that no row of the list explains."""
    for one in found:
        rows = [row for row in known if (row["tool"], row["category"]) == (one.tool, one.category)]
        if one.level >= MEDIUM and not any(fnmatch.fnmatch(one.path, row["path"]) for row in rows):
            yield one


def running_demo() -> list[str]:
    """The demonstration in a temporary home, served and attacked as nobody and as the coach."""
    folder = Path(tempfile.mkdtemp(prefix="alongside-scan-"))
    wrong: list[str] = []
    try:
        site = Site(folder / "home")
        site.home.mkdir()
        site.run("demo", "--no-serve", "--json")
        with site.served():
            for who, fewest in FEWEST_PAGES.items():
                pages, found = attack(site, folder, who)
                loud = list(dict.fromkeys(unexplained(found, explained())))
                levels = ", ".join(f"{sum(f.level == n for f in found)} {name}" for n, name in LEVELS.items())
                print(f"attack as {who}: {pages} pages and forms, findings: {levels}; {len(loud)} unexplained")
                if pages < fewest:
                    wrong.append(f"wapiti as {who} saw {pages} pages; at least {fewest} are there")
                wrong += [f"wapiti as {who}: {LEVELS[f.level]}: {f.category}: {f.path}: {f.words}" for f in loud]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return wrong


# --- all of it ----------------------------------------------------------------------------------------------------------


def main() -> None:
    """Run the steps, print what was found, fail when anything was found or left out."""
    asked = argparse.ArgumentParser(prog="./run scan", description=__doc__)
    asked.add_argument("--without-advisories", action="store_true", help="go on although known vulnerabilities were not checked")
    asked.add_argument("--only", choices=("rules", "advisories", "attack"), help="one step alone")
    said = asked.parse_args()
    steps: dict[str, Callable[[], list[str]]] = {
        "rules": own_rules,
        "advisories": lambda: advisories(without=said.without_advisories),
        "attack": running_demo,
    }
    failed = False
    for name, step in steps.items():
        if said.only in (None, name):
            began = time.monotonic()
            wrong = step()
            failed = failed or bool(wrong)
            print("\n".join(f"  {line}" for line in wrong), end="\n" if wrong else "")
            print(f"-- {name}: {'FAILED' if wrong else 'ok'}, {time.monotonic() - began:.0f} s", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
