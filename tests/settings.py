"""The program's own settings, in a throw-away installation with keys of its own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from alongside.common.keyfolder import create_keys

HOME = Path(tempfile.mkdtemp(prefix="alongside-test-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
if "ALONGSIDE_TEST_SHELF" not in os.environ:  # the first process of a run; its workers share the folder (installed.py)
    os.environ["ALONGSIDE_TEST_SHELF"] = tempfile.mkdtemp(prefix="alongside-shelf-")
    atexit.register(shutil.rmtree, os.environ["ALONGSIDE_TEST_SHELF"], ignore_errors=True)
    create_keys(Path(os.environ["ALONGSIDE_TEST_SHELF"]) / "keys")
os.environ["ALONGSIDE_HOME"] = str(HOME)
os.environ.pop("ALONGSIDE_KEYS", None)
# The keys of the run, so that every worker opens the same file of empty tables.
shutil.copytree(Path(os.environ["ALONGSIDE_TEST_SHELF"]) / "keys", HOME / "keys")

from alongside.settings import *  # noqa: E402, F403  # the installation must exist first
from alongside.settings import DATABASES, STORAGES  # noqa: E402

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
if "key" in DATABASES["default"].get("OPTIONS", {}):
    DATABASES["default"]["OPTIONS"]["init_command"] = DATABASES["default"]["OPTIONS"]["init_command"].replace(
        "synchronous=FULL", "synchronous=OFF"
    )
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["tests.hashing.Argon2PasswordHasher"]  # what the program itself uses, tests/accounts/test_access.py says
