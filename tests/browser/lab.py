"""A real JupyterLab in a headless Chromium: start it, open notebooks, run them, move what is there."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},  # cells out of sight exist as well
}


def find_chromium() -> str | None:
    """Any Chromium or Chrome on the PATH."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    return next((path for path in map(shutil.which, names) if path), None)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def jupyterlab(folder: Path):
    """Serve a folder; yields the address of the running JupyterLab, and its token."""
    settings = folder / ".settings"
    for name, content in SETTINGS.items():
        file = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content))
    port, token = _free_port(), secrets.token_hex(16)
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *(
            f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={folder}",
        ),
        *(f"--IdentityProvider.token={token}", f"--LabApp.user_settings_dir={settings}"),
        *(
            f"--LabApp.workspaces_dir={folder / '.workspaces'}",
            "--LabApp.expose_app_in_browser=True",
        ),
    ]
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(settings)}
    environment.pop("MPLBACKEND", None)  # the kernel sets its own
    with open(folder / "lab.log", "wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(lambda: urllib.request.urlopen(f"{address}/api/status?token={token}").close())
        yield address, token
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(attempt, seconds: float = 300):
    end = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


@contextmanager
def chromium(width: int = 1280, height: int = 1000, **context):
    """Open a headless Chromium; yields a Playwright browser context."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        viewport = {"width": width, "height": height}
        yield browser.new_context(viewport=viewport, **context)
        browser.close()


def open_notebook(page: Page, lab: tuple[str, str], name: str):
    """Open a notebook alone (no other tabs, no side bar) and wait until its kernel answers."""
    address, token = lab
    page.goto(f"{address}/lab/workspaces/{Path(name).stem}/tree/{name}?token={token}&reset")
    page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.context", timeout=60_000)
    page.evaluate(
        """async () => {
            const app = window.jupyterapp;
            await app.restored;
            const panel = app.shell.currentWidget;
            await panel.context.ready;
            await panel.context.sessionContext.ready;
            await panel.context.sessionContext.session.kernel.info;
            app.shell.collapseLeft();
        }"""
    )


def write_notebook(folder: Path, name: str, *cells: str) -> str:
    """Write a notebook of these code cells, without outputs; its name."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(notebook, folder / name)
    return name


def run_all(page: Page, seconds: float = 600):
    """Run all cells and wait until the last one is done and the kernel idle."""
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    page.wait_for_function(
        """() => {
            const panel = window.jupyterapp.shell.currentWidget;
            const cells = Array.from(panel.content.model.cells);
            const code = cells.filter(cell => cell.type === 'code' && cell.sharedModel.source.trim());
            return code.every(cell => cell.executionCount !== null && cell.executionState !== 'running')
                && panel.sessionContext.session.kernel.status === 'idle';
        }""",
        timeout=seconds * 1000,
    )


def outputs(page: Page) -> list[dict]:
    """All outputs of the notebook, as nbformat has them."""
    return page.evaluate(
        """() => Array.from(window.jupyterapp.shell.currentWidget.content.model.cells)
            .filter(cell => cell.type === 'code')
            .flatMap(cell => cell.outputs.toJSON())"""
    )


class Explorer:
    """One explorer on a page: its controls, its picture, its sentence."""

    def __init__(self, page: Page, number: int = 0):
        self.page = page
        self.root = page.locator(".explorer").nth(number)
        self.root.scroll_into_view_if_needed()

    def part(self, name: str) -> Locator:
        """What carries the class explorer-NAME."""
        return self.root.locator(f".explorer-{name}").first

    @property
    def picture(self) -> str:
        """The address of the picture that is shown; a new one for every new picture."""
        return self.part("figure").get_attribute("src")

    @property
    def pixels(self) -> str:
        """The picture itself, as a data address."""
        return self.part("figure").evaluate(
            """async image => {
                const blob = await (await fetch(image.src)).blob();
                return await new Promise(done => {
                    const reader = new FileReader();
                    reader.onload = () => done(reader.result);
                    reader.readAsDataURL(blob);
                });
            }"""
        )

    @property
    def sentence(self) -> str:
        """What the status line says."""
        return self.part("status").inner_text()

    def handle(self, field: str) -> Locator:
        """The handle of a field's slider."""
        return self.root.locator(f".control-{field} .noUi-handle").first

    def box(self, field: str) -> Locator:
        """The number box beside a slider."""
        return self.root.locator(f".box-{field} input").first

    def wait_until(self, condition, what: str, seconds: float = 60):
        """Wait until a condition holds."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"{what}, but after {seconds} s: {self.sentence}"
            self.page.wait_for_timeout(50)

    def press(self, field: str, *keys: str):
        """Press keys on a slider's handle and wait until the picture and the sentence follow."""
        picture, sentence = self.pixels, self.sentence
        self.handle(field).focus()
        for key in keys:
            self.page.keyboard.press(key)
        self.wait_until(lambda: self.pixels != picture, f"{keys} on {field} changes the picture")
        self.wait_until(
            lambda: self.sentence != sentence, f"{keys} on {field} changes the sentence"
        )

    def type(self, field: str, text: str):
        """Type into a number box and leave it with Enter."""
        self.box(field).fill(text)
        self.box(field).press("Enter")

    def settle(self):
        """Wait until no new picture has come for a while."""
        last = None
        while last != self.picture:
            last = self.picture
            self.page.wait_for_timeout(400)
