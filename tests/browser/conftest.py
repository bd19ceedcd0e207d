"""One JupyterLab and one Chromium for all browser tests."""

import shutil
from contextlib import contextmanager
from pathlib import Path

from tests.browser.lab import ROOT, chromium, find_chromium, jupyterlab

import pytest

SHUT_DOWN = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.shutdown()"  # the kernel
SCREENSHOTS = ROOT / "build" / "screenshots"


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """What JupyterLab serves: a copy of the notebooks, and room for more."""
    if not find_chromium():
        pytest.skip("no Chromium or Chrome on the PATH: the browser tests cannot run")
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def lab(folder):
    with jupyterlab(folder) as address:
        yield address


@pytest.fixture(scope="session")
def browser(folder):
    with chromium() as context:
        yield context


@pytest.fixture(scope="session")
def context(lab, browser):
    """The window in which JupyterLab is opened; `browser` is the same without JupyterLab."""
    return browser


@pytest.fixture(scope="session")
def new_page(context):
    """Open a page whose uncaught errors fail the test; at its end the kernel is shut down."""

    @contextmanager
    def new_page():
        page = context.new_page()
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        page.evaluate(SHUT_DOWN)
        page.close()
        assert not errors

    return new_page


@pytest.fixture
def page(new_page):
    """A page for one test."""
    with new_page() as page:
        yield page


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures for people to look at are kept."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS
