"""Two real workers beside each other, on the embedded database and behind the wall of PostgreSQL; one of them is killed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.installed import create_with_tables, set_up

TOP = Path(__file__).resolve().parents[2]
MANY = 6
ENQUEUE = "from alongside.messaging.duties import run_duty; run_duty.enqueue('{name}')"
TELL = """
from alongside.accounts.models import Agency, Program
from alongside.common.actor import Actor
from alongside.common.ids import new_id
from alongside.common.walls import acting
from alongside.messaging.actions import tell
program = Program.objects.get()
with acting(program.id):
    desk = Agency.objects.create(program=program, name="Harbor Shelter", kind="shelter")
    for _ in range({many}):
        tell(desk, "referral_asked", by=Actor.system(program.id), link=new_id())
"""
LEFT = """
from alongside.accounts.models import Program
from alongside.common.walls import acting
from alongside.messaging.models import Message
with acting(Program.objects.get().id):
    print(Message.objects.filter(sent_at=None).count())
"""
BEGIN = "import django; django.setup()\n"


class Site:
    """An installation of its own, and the workers it runs."""

    def __init__(self, home: Path, owner: str = "", app: str = "") -> None:
        self.home, self.workers = home, []
        without = ("DATABASE_URL", "ALONGSIDE_KEYS", "ALONGSIDE_MAIL", "ALONGSIDE_SMS")
        self.env = {key: value for key, value in os.environ.items() if key not in without}
        self.env |= {"ALONGSIDE_HOME": str(home), "PYTHONPATH": str(TOP)}
        self.env["DJANGO_SETTINGS_MODULE"] = "tests.messaging.worker_settings"
        if owner:
            self.run("-m", "alongside", "setup", "--program", "Try", DATABASE_URL=owner)
        else:
            set_up(home, self.env, "--program", "Harbor Outreach")
        if app:
            self.env["DATABASE_URL"] = app

    def run(self, *words, **more):
        done = subprocess.run(
            [sys.executable, *words], env=self.env | more, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def python(self, code):
        return self.run("-c", BEGIN + code)

    def start(self):
        command = [sys.executable, "-m", "alongside", "worker"]
        with (self.home / f"worker{len(self.workers)}.log").open("w") as log:
            self.workers.append(subprocess.Popen(command, env=self.env, stdout=log, stderr=subprocess.STDOUT))

    def stop(self):
        for worker in self.workers:
            worker.send_signal(signal.SIGTERM)
        for worker in self.workers:
            try:
                worker.wait(timeout=10)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()

    def lines(self, words=""):
        file = self.home / "duties.log"
        return [line for line in file.read_text().splitlines() if line.startswith(words)] if file.exists() else []

    def said(self):
        return "".join(file.read_text() for file in sorted(self.home.glob("worker*.log")))

    def until(self, wanted, seconds=40):
        end = time.monotonic() + seconds
        while not (found := wanted()):
            assert time.monotonic() < end, f"{self.lines()[-6:]} {self.said()[-2000:]}"
            time.sleep(0.1)
        return found


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path / "home")
    yield made
    made.stop()


@pytest.fixture
def server_site(db):
    if connection.vendor != "postgresql":
        pytest.skip("about PostgreSQL")
    about, name = connection.settings_dict, f"workers_{os.getpid()}"
    home = Path(tempfile.mkdtemp(prefix="alongside-workers-"))
    at = f"{about['HOST']}:{about['PORT']}/{name}"
    with psycopg.connect(
        dbname=about["NAME"], user=about["USER"], host=about["HOST"], port=about["PORT"], autocommit=True
    ) as link:
        create_with_tables(link, name, settings.DATABASE_URL)
        try:
            made = Site(home, f"postgres://{about['USER']}@{at}", f"postgres://alongside_app@{at}")
            yield made
            made.stop()
        finally:
            link.execute(f"DROP DATABASE {name} WITH (FORCE)")
            shutil.rmtree(home)


def two_workers(site):
    site.python(TELL.format(many=MANY))
    (site.home / "hang").touch()
    site.start()
    site.start()
    site.python(ENQUEUE.format(name="hang"))
    site.python(ENQUEUE.format(name="fail"))
    first = int(site.until(lambda: site.lines("hangs"))[0].split()[-1])
    assert first in [worker.pid for worker in site.workers]
    os.kill(first, signal.SIGKILL)
    after = len(site.lines("tick"))
    hung = site.until(lambda: site.lines("hung"))
    assert int(hung[0].split()[-1]) in [worker.pid for worker in site.workers if worker.pid != first]
    site.until(lambda: len(site.lines("tick")) > after + 4)  # the clock of the other one goes on
    site.until(lambda: site.said().count("The duty failed and is tried again: fail: ValueError") > 1)
    site.until(lambda: site.python(LEFT).strip() == "0")
    return hung[0]


def held_what_was_promised(site):
    ticks = [line.rsplit(" ", 1) for line in site.lines("tick")]
    for (begun, who), (ended, same) in zip(ticks[::2], ticks[1::2], strict=False):
        assert (begun, ended, who) == ("tick begins", "tick ends", same)  # one at a time
    assert "Zyxwhale" not in site.said()
    assert "Harbor" not in site.said()


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_no_duty_runs_twice_at_once(site):
    two_workers(site)
    held_what_was_promised(site)


@pytest.mark.postgres
def test_the_workers_need_no_more_than_the_app_role(server_site):
    assert "alongside_app" in two_workers(server_site)
    held_what_was_promised(server_site)


BESIDE = """
import time
from alongside.accounts.management.commands.serve import worker_beside
with worker_beside():
    time.sleep({seconds})
"""


def workers_of(server):
    seen = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in seen.splitlines() if line.endswith(f"--for-server {server}")]


@pytest.mark.slow
def test_the_worker_beside_a_server_ends_with_it_whether_it_is_stopped_or_killed(site):
    for seconds, ends in ((4, lambda server: server.wait(timeout=40)), (90, lambda server: server.kill())):
        with (site.home / "server.log").open("w") as log:
            code = BEGIN + BESIDE.format(seconds=seconds)
            server = subprocess.Popen([sys.executable, "-c", code], env=site.env, stdout=log, stderr=log)
        site.until(lambda pid=server.pid: workers_of(pid))
        ends(server)
        server.wait()
        site.until(lambda pid=server.pid: not workers_of(pid))
