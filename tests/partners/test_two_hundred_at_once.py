"""Two hundred partners answer at once, each twice, against a real server; and three say yes to the same at the same time."""

from __future__ import annotations

import http.client
import json
import os
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg
import pytest

from alongside.common import walls
from tests.journeys.site import free_port
from tests.walls.site import make_site, remove

pytestmark = pytest.mark.slow
ALONE, CONTESTED = 200, 60
AT_ONCE = 24
SCRIPT = "import runpy; runpy.run_module('tests.partners.seeding_load', run_name='__main__', alter_sys=True)"


def as_app_role(site):
    """On PostgreSQL the server runs as it should, without power, where the cluster lets that role in."""
    if not site.url:
        return site
    parts = urlsplit(site.url)
    name = walls.APP + (f":{os.environ['PGAPPPASSWORD']}" if os.environ.get("PGAPPPASSWORD") else "")
    url = urlunsplit(parts._replace(netloc=f"{name}@{parts.netloc.rpartition('@')[2]}"))
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return site
    return replace(site, url=url)


@pytest.fixture(scope="module")
def served():
    """A served installation with its links, and where its server writes what it has to say."""
    site = make_site()
    try:
        paths = json.loads(site.python(SCRIPT, str(ALONE), str(CONTESTED)).splitlines()[-1])
        port, log = free_port(), site.home / "server.log"
        with log.open("wb") as file:
            running = as_app_role(site)
            server = running.start("-m", "alongside", "serve", "--port", str(port))
            try:
                wait_for(port, server)
                yield site, port, paths, running
            finally:
                server.terminate()
                out, err = server.communicate(timeout=30)
                file.write((out + err).encode())
        assert_quiet(log.read_text())
    finally:
        remove(site)


def assert_quiet(said):
    assert "Traceback" not in said
    assert not re.search(r"/a/[\w-]{16,}", said), "the log holds an address that is a key"


def wait_for(port, server):
    for _ in range(300):
        if server.poll() is not None:
            raise AssertionError("".join(server.communicate()))
        try:
            if ask(port, "GET", "/answer/")[0].status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


def ask(port, method, path, body=None, headers=None):
    with closing(http.client.HTTPConnection("localhost", port, timeout=90)) as link:
        link.request(method, path, body, headers or {})
        answer = link.getresponse()
        return answer, answer.read()


def first_look(port):
    """One telephone's cookie and the token of its form."""
    answer, page = ask(port, "GET", "/answer/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.decode())
    return answer.headers["Set-Cookie"].split(";")[0], token.group(1)


def tap(port, path, cookie, token, again=3):
    """One yes; the status, and whether the kind sentence was on the page.

    Of two taps on one link in the same moment a slow server may tell the second to come later; whoever is told so does.
    """
    body = urlencode({"csrfmiddlewaretoken": token, "to": "accepted", "hours": "4"})
    answer, page = ask(port, "POST", path, body, {
        "Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie, "Origin": f"http://localhost:{port}",
    })  # fmt: skip
    if answer.status == 429 and again:
        time.sleep(1)
        return tap(port, path, cookie, token, again - 1)
    return answer.status, b"said yes a moment before" in page


def all_at_once(port, paths):
    cookie, token = first_look(port)
    start = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda path: tap(port, path, cookie, token), paths))
    print(f"\n{len(paths)} answers by {AT_ONCE} at once: {len(paths) / (time.monotonic() - start):.0f} a second")
    return answers


def outcome(site):
    return json.loads(site.python(SCRIPT, "outcome").splitlines()[-1])


def test_two_hundred_answer_twice_and_none_is_lost_and_none_counts_twice(served):
    site, port, paths, _ = served
    alone = [path for (path,) in paths["alone"]]
    assert len(set(alone)) == ALONE
    twice = [path for path in alone for _ in range(2)]  # neighbours, so that both are on their way at once
    answers = all_at_once(port, twice)
    assert Counter(status for status, _ in answers) == {302: 2 * ALONE}
    after = outcome(site)
    assert (after["won"] - after["contested_won"], after["won_twice"], after["held_twice"]) == (ALONE, 0, 0)
    assert after["answered_by_link"] >= ALONE


def test_of_three_who_say_yes_at_once_exactly_one_is_first(served):
    site, port, paths, _ = served
    trios = paths["contested"]
    assert len(trios) == CONTESTED
    answers = all_at_once(port, [path for trio in trios for path in trio])
    assert Counter(status for status, _ in answers) == {302: CONTESTED, 200: 2 * CONTESTED}
    assert sum(kind for _, kind in answers) == 2 * CONTESTED
    after = outcome(site)
    assert (after["contested_won"], after["won_twice"], after["held_twice"]) == (CONTESTED, 0, 0)
    assert after["statuses"]["cancelled"] == 2 * CONTESTED
    site.run("journal", "verify")


def test_on_postgresql_the_pages_ran_without_power(served):
    site, _, _, running = served
    if not site.url:
        pytest.skip("about PostgreSQL")
    if running is site:
        pytest.skip(f"this cluster lets {walls.APP} in only with a password: put it into PGAPPPASSWORD")
    assert running.url.split("//")[1].startswith(walls.APP)
