"""Minutes from place to place: the straight line by default, a site's own server when it answers, and always said which."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from alongside.planning import roads
from alongside.planning.roads import BY_ROAD, SILENT, STRAIGHT, UNKNOWN_MINUTES, WRONG, kilometers, minutes_between

BOSTON, WORCESTER, LOWELL = (42.3601, -71.0589), (42.2626, -71.8023), (42.6334, -71.3162)


@pytest.fixture(autouse=True)
def _nobody_was_silent():
    roads._silent_until.clear()


@pytest.fixture
def server():
    """A road server of one test: it answers what the test says and remembers what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            size = int(self.headers.get("Content-Length") or 0)
            made.asked.append((self.path, self.rfile.read(size)))
            time.sleep(made.wait)
            self.send_response(made.status)
            self.end_headers()
            self.wfile.write(made.body)

        do_POST = do_GET

        def log_message(self, *args):
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.asked, made.wait, made.status, made.body = [], 0, 200, b"{}"
    made.handle_error = lambda *args: None  # whoever asked has gone already: that is what one of the tests is about
    made.where = f"http://127.0.0.1:{made.server_address[1]}"
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def test_a_straight_line_has_its_detour_and_the_time_to_park():
    assert kilometers(BOSTON, WORCESTER) == pytest.approx(62.1, abs=0.5)
    found = minutes_between([BOSTON, WORCESTER])
    assert found.minutes == ((0, 124), (124, 0))  # 62.1 km * 1.3 / 40 km/h, and two minutes
    assert found.model == (STRAIGHT,)
    assert "1.3" in STRAIGHT
    assert "40 km/h" in STRAIGHT


def test_two_visits_at_one_place_still_take_a_moment():
    assert minutes_between([BOSTON, BOSTON]).minutes == ((0, 2), (2, 0))


def test_a_place_that_nobody_can_put_on_a_map_is_a_stated_way_from_everywhere():
    found = minutes_between([BOSTON, None, WORCESTER])
    assert found.minutes[1] == (UNKNOWN_MINUTES, 0, UNKNOWN_MINUTES)
    assert [row[1] for row in found.minutes] == [UNKNOWN_MINUTES, 0, UNKNOWN_MINUTES]
    assert found.minutes[0][2] == 124


def test_osrm_is_given_points_and_nothing_else(server):
    server.body = json.dumps({"code": "Ok", "durations": [[0, 3000.0], [2940.5, 0]]}).encode()
    found = minutes_between([BOSTON, None, WORCESTER], f"osrm:{server.where}")
    assert found.model == (BY_ROAD,)
    assert (found.minutes[0][2], found.minutes[2][0]) == (52, 52)
    assert server.asked == [("/table/v1/driving/-71.0589,42.3601;-71.8023,42.2626?annotations=duration", b"")]


def test_valhalla_is_given_points_and_nothing_else(server):
    table = [[{"time": 0}, {"time": 3000}], [{"time": 2940}, {"time": 0}]]
    server.body = json.dumps({"sources_to_targets": table}).encode()
    found = minutes_between([BOSTON, WORCESTER], f"valhalla:{server.where}/")
    assert found.model == (BY_ROAD,)
    assert found.minutes == ((0, 52), (51, 0))
    path, body = server.asked[0]
    points = [{"lat": 42.3601, "lon": -71.0589}, {"lat": 42.2626, "lon": -71.8023}]
    assert path == "/sources_to_targets"
    assert json.loads(body) == {"sources": points, "targets": points, "costing": "auto"}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"), (302, b"{}"), (200, b"not json"), (200, b"{}"), (200, b'{"durations": [[0, 1]]}'),
        (200, b'{"durations": [[0, null], [1, 0]]}'), (200, b'{"durations": [[0, -5], [1, 0]]}'),
        (200, b'{"durations": [[0, NaN], [1, 0]]}'), (200, b'{"durations": 7}'), (200, b"[]"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_falls_back_to_the_straight_line_and_says_so(server, status, body):
    server.status, server.body = status, body
    found = minutes_between([BOSTON, WORCESTER], f"osrm:{server.where}")
    assert found.model == (SILENT, STRAIGHT)
    assert found.minutes == ((0, 124), (124, 0))


def test_a_server_that_is_slow_is_not_waited_for_and_not_asked_again_at_once(server, monkeypatch):
    monkeypatch.setattr(roads, "ANSWER_SECONDS", 0.05)
    server.wait = 0.3
    for _ in range(2):
        assert minutes_between([BOSTON, WORCESTER], f"osrm:{server.where}").model == (SILENT, STRAIGHT)
    assert len(server.asked) == 1
    assert roads.SILENT_SECONDS == 60


def test_a_server_that_is_not_there_falls_back():
    assert minutes_between([BOSTON, WORCESTER], "valhalla:http://127.0.0.1:9").model == (SILENT, STRAIGHT)


def test_nobody_waits_longer_than_three_seconds():
    assert roads.ANSWER_SECONDS == 3


@pytest.mark.parametrize(
    "wrong", ["http://localhost", "osrm:ftp://x", "osrm:", "graphhopper:http://x", "osrm:file:///etc"]
)
def test_an_address_that_is_not_understood_is_said_and_not_called(wrong):
    assert minutes_between([BOSTON, WORCESTER], wrong).model == (WRONG, STRAIGHT)


def test_no_server_is_asked_about_a_single_place(server):
    assert minutes_between([LOWELL, LOWELL, None], f"osrm:{server.where}").model == (STRAIGHT,)
    assert server.asked == []
