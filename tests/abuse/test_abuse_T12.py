"""T12: ransomware or a wiper takes the live database. The drill: restore the last backup, and nothing forgotten returns."""

import json
import re

import pytest

from tests.rights.site import Site


@pytest.mark.slow
@pytest.mark.covers("R42", "R44", "R50")
def test_the_drill_after_the_live_database_was_destroyed(tmp_path):
    site = Site(tmp_path / "home")
    site.seed(people=3)
    gone, *stay = site.people
    counts = site.months()
    folder = tmp_path / "elsewhere"  # a disk the machine cannot overwrite
    folder.mkdir()
    head = re.search(r"Head (\S+)", site.run("journal", "verify")).group(1)  # kept outside
    site.run("backup", folder / "night.backup")
    assert site.forget(gone) == "forgotten"  # between the backup and the attack
    secrets, code = site.secrets_of(gone)

    # The attack: the file is encrypted by somebody else, and the log with it.
    site.database.write_bytes(b"\xffPAY US" * 4096)
    for tail in ("-wal", "-shm"):
        site.database.with_name(site.database.name + tail).unlink(missing_ok=True)
    assert site.ask("serve", "--port", "1").returncode != 0
    assert "already" in site.ask("restore", folder / "night.backup").stderr  # nothing is overwritten, not even this
    site.database.rename(tmp_path / "evidence.db")

    # Somebody in a hurry only copies the file back: it is not served.
    site.database.write_bytes((folder / "night.backup").read_bytes())
    site.database.chmod(0o600)
    refused = site.ask("serve", "--port", "1")
    assert refused.returncode != 0
    assert "older than the list" in refused.stderr
    assert "Traceback" not in refused.stderr
    site.database.unlink()

    summary = json.loads(site.run("restore", folder / "night.backup", "--json"))
    assert summary["forgotten_again"] >= 2
    site.run("restore", "--check")
    assert site.months() == counts
    verified = site.run("journal", "verify")
    assert "unbroken" in verified
    site.run("journal", "verify", "--head", head)
    assert site.traces(secrets, [code]) == {}
    for person in stay:
        assert site.traces(site.secrets_of(person)[0]) != {}
    assert json.loads(site.run("restore", "--json"))["forgotten_again"] == 0
