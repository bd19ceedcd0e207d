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
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
PANEL = "window.jupyterapp.shell.currentWidget"  # the notebook that is open
PATIENCE = 180  # seconds until something that should happen has failed, on a machine however busy
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},  # cells out of sight exist as well
}


def find_chromium() -> str | None:
    """Any Chromium or Chrome on the PATH."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    return next((path for path in map(shutil.which, names) if path), None)


def free_port() -> int:
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
    extensions = settings / "jupyter_server_config.d"  # what an installation brings
    extensions.mkdir(exist_ok=True)
    shutil.copy(ROOT / "reopened" / "reopened.json", extensions)
    port, token = free_port(), secrets.token_hex(16)
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
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(settings), "PYTHONPATH": str(ROOT)}
    environment.pop("MPLBACKEND", None)  # the kernel sets its own
    environment["LESSON_CLASS"] = (
        "busy=never"  # nothing is left for later, however busy this machine is
    )
    with open(folder / "lab.log", "wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(lambda: urllib.request.urlopen(f"{address}/api/status?token={token}").close())
        yield address, token
    finally:
        server.terminate()
        server.wait(PATIENCE)


def wait_for(attempt):
    end = time.monotonic() + PATIENCE
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
        opened = browser.new_context(viewport=viewport, **context)
        opened.set_default_timeout(PATIENCE * 1000)
        yield opened
        browser.close()


def open_notebook(page: Page, lab: tuple[str, str], name: str):
    """Open a notebook alone (no other tabs, no side bar) and wait until its kernel answers."""
    address, token = lab
    page.goto(f"{address}/lab/workspaces/{Path(name).stem}/tree/{name}?token={token}&reset")
    wait_for_notebook(page)


def wait_for_notebook(page: Page):
    """Wait until the kernel of the notebook that is open answers, and close the side bar."""
    page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.context")
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


def run_all(page: Page):
    """Run all cells and wait until the last one is done and the kernel idle."""
    run(page, "run-all-cells", "() => true")


def run_cells(page: Page, *numbers: int):
    """Run some cells, by their numbers in the file, and wait for them."""
    for number in numbers:
        page.evaluate(f"() => {{ {PANEL}.content.activeCellIndex = {number}; }}")
        run(page, "run-cell", f"(_, number) => number === {number}")


def run(page: Page, command: str, which: str):
    """Give a command that runs cells, and wait until those with which(cell, number) are done."""
    chosen = f"""[...{PANEL}.content.model.cells].filter({which})
        .filter(cell => cell.type === 'code' && cell.sharedModel.source.trim())"""
    page.evaluate(
        f"""() => {{
            for (const cell of {chosen}) cell.sharedModel.execution_count = null;
            window.jupyterapp.commands.execute('notebook:{command}');
        }}"""
    )
    page.wait_for_function(
        f"""() => {chosen}.every(
            cell => cell.executionCount !== null && cell.executionState !== 'running'
        ) && {PANEL}.sessionContext.session.kernel.status === 'idle'"""
    )


def outputs(page: Page) -> list[dict]:
    """All outputs of the notebook, as nbformat has them."""
    return page.evaluate(
        """() => Array.from(window.jupyterapp.shell.currentWidget.content.model.cells)
            .filter(cell => cell.type === 'code')
            .flatMap(cell => cell.outputs.toJSON())"""
    )
