"""The program's settings with made-up duties, and with short patience."""

from alongside.settings import *  # noqa: F403
from alongside.settings import TASKS

# A worker has no pages.
ROOT_URLCONF = "tests.messaging.worker_settings"
urlpatterns = []

_DUTIES = "tests.messaging.made_up_duties"
DUTIES = {
    "messages": ("* * * * *", "steps", "alongside.messaging.sending.send_due"),
    "tick": ("* * * * *", "program", f"{_DUTIES}.tick"),
    "hang": ("0 0 1 1 *", "program", f"{_DUTIES}.hang"),
    "fail": ("0 0 1 1 *", "program", f"{_DUTIES}.fail"),
}
DUTY_SECONDS = 2
OPTIONS = TASKS["default"]["OPTIONS"]
TASKS = {
    "default": {
        **TASKS["default"],
        "OPTIONS": OPTIONS | {
            "LOCK_TIMEOUT": 2, "BACKOFF_INITIAL": 1, "BACKOFF_MAX": 1,
            "SCHEDULES": {
                name: {"task": "alongside.messaging.duties.run_duty", "every": 1, "args": [name]}
                for name in ("tick", "messages")
            },
        },
    }
}  # fmt: skip
