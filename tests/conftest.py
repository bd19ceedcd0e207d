"""What all tests share."""

import asyncio
import os
import signal
from pathlib import Path

from helpers import Experiment, History  # before anything that imports TensorFlow: quietly
from helpers.widgets import in_class
from tests.going_back import pytest_collection_modifyitems  # noqa: F401 - a hook
from tests.test_kernel import new_kernel

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")
# A shell starts what it has in the background with the stop button's signal ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

BROWSER_TESTS = Path(__file__).parent / "browser"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where REQUIRE_BROWSER is set (CI), a browser test that was skipped has failed."""
    report = yield
    if report.skipped and BROWSER_TESTS in item.path.parents and os.environ.get("REQUIRE_BROWSER"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but REQUIRE_BROWSER is set: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def no_event_loop(request):
    """Playwright leaves its event loop running in this thread: tests without a browser see none."""
    loop = asyncio._get_running_loop()
    if BROWSER_TESTS not in request.path.parents:
        asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


@pytest.fixture(autouse=True)
def quiet_machine(monkeypatch):
    """However busy this machine is, explorers leave nothing for later."""
    monkeypatch.setattr(in_class, "SETTINGS", in_class.Settings(busy="never"))


@pytest.fixture(scope="session")
def kernel():
    """One real kernel for all tests of this process that talk to one."""
    with new_kernel() as kernel:
        yield kernel


@pytest.fixture
def made_up_history():
    """Make a History of 100 epochs without a run; curves not named are flat."""

    def make(**curves):
        names = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
        values = [curves.get(name, np.full(100, 0.5)) for name in names]
        return History(Experiment(epochs=100), *values, [])

    return make
