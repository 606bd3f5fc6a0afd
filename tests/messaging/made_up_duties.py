"""Duties that leave a line in a file of the installation: when they began, when they ended, and in which process."""

import os
import time

from django.conf import settings
from django.db import connection


def _line(words):
    with (settings.HOME / "duties.log").open("a") as file:
        file.write(f"{words} {os.getpid()}\n")


def tick(*, by):
    _line("tick begins")
    time.sleep(0.2)
    _line("tick ends")


def hang(*, by):
    """The first time it hangs until it is killed."""
    flag = settings.HOME / "hang"
    if flag.exists():
        flag.unlink()
        _line("hangs")
        time.sleep(120)
    user = ""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            user = cursor.fetchone()[0]
    _line(f"hung no more {user}".strip())


def fail(*, by):
    raise ValueError("Zyxwhale of 4411 Vlimmergate")
