"""T13: somebody turns a package, an asset or a server of ours against us. What is not pinned, vendored or local is not used."""

import re
import socket
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from tests.cast import browser_of, case_with_everything

TOP = Path(__file__).resolve().parents[2]
LOCKS = sorted((TOP / "requirements").glob("*.txt"))
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
PAGES = {
    "coordinator": ("/", "/today/", "/matches/", "/kits/", "/trust/", "/services/"),
    "recovery_coach": ("/today/", "/kits/"),
    "outreach_officer": ("/today/",),
    "epidemiologist": ("/reports/month/",),
    "administrator": ("/",),
}


@pytest.mark.parametrize("lock", LOCKS, ids=[lock.name for lock in LOCKS])
def test_every_package_is_pinned_by_version_and_hash_and_no_place_is_named(lock):
    """pip then refuses whatever is not byte for byte what was looked at; where it comes from does not matter."""
    text = lock.read_text()
    entries = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n?", "", text).strip())
    assert entries
    for entry in entries:
        assert re.match(r"[A-Za-z0-9][\w.\-\[\],]*==\S+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]
    assert not re.search(r"https?://|--index-url|--extra-index-url|--find-links|--trusted-host|\bgit\+", text)


def test_pages_fetch_nothing_from_anybody_else():
    """Templates, style sheets and scripts name no other host; what the browser fetches lies in our own folder."""
    foreign = re.compile(
        r"""(?:src|href|action|srcset)\s*=\s*["']\s*(?:https?:)?//|url\(\s*["']?(?:https?:)?//"""
        r"""|@import|importScripts|fetch\(["']http"""
    )
    found = []
    for kind in ("html", "css", "js"):
        for path in (TOP / "alongside").rglob(f"*.{kind}"):
            if "vendor" not in path.parts:
                found += [f"{path}: {line.strip()[:80]}" for line in path.read_text().splitlines() if foreign.search(line)]
    assert found == []


def test_the_browser_is_told_to_fetch_from_us_alone(ours):
    client = browser_of(ours.users["coordinator"])
    policy = client.get("/today/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert not re.search(r"unsafe|https?:|\*|data:", policy)
    assert settings.SECURE_CSP["object-src"] == ["'none'"]


@pytest.fixture
def no_network(monkeypatch):
    """Every socket of this process may reach this machine and nothing else; what was tried is kept."""
    tried, real = [], socket.socket.connect
    database = {str(connection.settings_dict.get("HOST") or "127.0.0.1")} | LOOPBACK

    def connect(self, address):
        if self.family != socket.AF_UNIX and address[0] not in database:
            tried.append(address)
            raise OSError("no network in this test")
        return real(self, address)

    def look_up(host, *args, **more):
        tried.append(host)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return tried


def test_nothing_reaches_out_while_pages_are_served(ours, no_network):
    case = case_with_everything(ours)
    for role, paths in PAGES.items():
        client = browser_of(ours.users[role])
        for path in (*paths, f"/cases/{case.id}/"):
            assert client.get(path).status_code in {200, 302, 404}, path
    Client().get("/sign-in/")
    assert no_network == []


def test_the_watch_on_the_network_sees_an_attempt(no_network):
    with pytest.raises(OSError, match="no network"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    assert no_network
