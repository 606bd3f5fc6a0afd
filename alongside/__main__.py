"""The command line: `alongside setup`, `alongside import calls FILE`, `alongside journal verify` …"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from alongside.common.keyfolder import KeyMissing, create_keys

# Two words on the command line are one command of a room.
PAIRS = {"import": ("calls", "services", "fhir", "places"), "export": ("hsds", "fhir", "measures"), "listings": ("duplicates",),
         "plan": ("what-if",)}  # fmt: skip
MAKES_KEYS = {"setup", "demo", "contest"}


def words_to_command(words: list[str]) -> list[str]:
    """`import calls FILE` → `import_calls FILE`; anything else stays as it is."""
    if len(words) > 1 and words[1] in PAIRS.get(words[0], ()):
        return [f"{words[0]}_{words[1].replace('-', '_')}", *words[2:]]
    return words


def main() -> None:
    """Run one command; a fault is one sentence on standard error and a non-zero exit."""
    os.umask(0o077)  # what this program writes is for its own user alone
    words = words_to_command(sys.argv[1:]) or ["help"]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alongside.settings")
    if words[0] in MAKES_KEYS:
        home = Path(os.environ.get("ALONGSIDE_HOME", "home"))
        create_keys(Path(os.environ.get("ALONGSIDE_KEYS", str(home / "keys"))))
    try:
        execute(words)
    except KeyMissing as missing:
        sys.exit(str(missing))


def execute(words: list[str]) -> None:
    """Hand the words to Django's own command runner."""
    from django.core.management import execute_from_command_line  # noqa: PLC0415  # settings need the keys first

    execute_from_command_line(["alongside", *words])


if __name__ == "__main__":
    main()
