"""What all tests share."""

import os
from pathlib import Path

import helpers  # noqa: F401  # before anything that imports TensorFlow: it does so quietly

import matplotlib
import pytest

matplotlib.use("Agg")

BROWSER_TESTS = Path(__file__).parent / "browser"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where REQUIRE_BROWSER is set (CI), a browser test that was skipped has failed."""
    report = yield
    if report.skipped and BROWSER_TESTS in item.path.parents and os.environ.get("REQUIRE_BROWSER"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but REQUIRE_BROWSER is set: {report.longrepr}"
    return report
