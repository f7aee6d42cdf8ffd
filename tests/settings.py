"""The application's settings on a data folder that goes with the test run."""

import atexit
import os
import shutil
import tempfile

# Workers of xdist share the folder of the process that started them; nobody's real folder is ever used.
if "PYTEST_XDIST_WORKER" not in os.environ:
    _folder = tempfile.mkdtemp(prefix="medapp-tests-")
    os.environ["MEDAPP_VAR_DIR"] = _folder
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)

from medapp.settings import *  # noqa: F403 - the folder is chosen first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # many logins, no secret
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 - whitenoise warns of a missing folder
# A thread that keeps its connection would keep PostgreSQL from dropping the tests' database.
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
if "sqlite" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    # A file in WAL mode, as on a laptop: the one in memory locks whole tables between threads.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "tests.sqlite3")}  # noqa: F405
