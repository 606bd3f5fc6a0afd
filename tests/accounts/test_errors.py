"""What an error leaves in a log: where it happened, never what it was about."""

import logging
import sys

from django.conf import settings

from alongside.accounts.errors import FramesOnly


def test_a_name_in_an_exceptions_message_is_not_logged():
    try:
        raise ValueError("cannot read Zyxwhale")
    except ValueError:
        record = logging.LogRecord("django.request", logging.ERROR, "", 0, "Internal Server Error", (), sys.exc_info())
    text = FramesOnly().format(record)
    assert "ValueError" in text
    assert "test_errors.py" in text
    assert "cannot read" not in text.replace('raise ValueError("cannot read Zyxwhale")', "")


def test_the_log_uses_it():
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "quiet"
    assert settings.LOGGING["formatters"]["quiet"]["()"].endswith("FramesOnly")
