"""A student of the class: what she does in her browser, and what of her is found on the machine."""

import os
import time
from contextlib import suppress
from pathlib import Path

from tests.browser.explorer import Explorer, ask_kernel
from tests.browser.lab import PANEL, ROOT, run, run_cells, wait_for, wait_for_notebook
from tools.links import VERSION, pull

import nbformat

PICTURES = ROOT / "build" / "screenshots"
NOTEBOOK = "04_learning_rate_and_momentum"
EXPLORER = 'explore("learning_rate", "momentum", "nesterov"'
MINE = "# Your turn: change the momentum\nmy_momentum = 0.9  # mine"
WHICH = "all => all.findIndex(explorer => explorer.querySelector('.control-nesterov'))"
CHANGE = f"""async text => {{
    const cells = [...{PANEL}.content.model.cells].map(cell => cell.sharedModel);
    cells.find(cell => cell.source.includes('my_momentum = 0.0')).setSource(text);
    await {PANEL}.context.save();
}}"""
START = time.monotonic()


def say(*words):
    """Write a line of the log of these days."""
    print(f"{time.monotonic() - START:6.0f} s ", *words, flush=True)


def absent(things):
    """OSError as long as there are any, to be waited for."""
    if things:
        raise OSError(f"still there: {things}")


def cell(lesson, text: str):
    """The one code cell of a notebook that says this."""
    (found,) = (c for c in lesson.cells if c.cell_type == "code" and text in c.source)
    return found


class Student:
    """A student in a browser of her own, with the link of the class."""

    def __init__(self, name: str, address: str, room: Path, browser):
        self.name, self.address = name, address
        self.home = room / "homes" / name
        self.folder = self.home / f"learning-rate-{VERSION}"
        self.page = browser.browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        self.page.set_default_timeout(600_000)
        self.link = address + pull(f"file://{room}/lesson.git", NOTEBOOK)

    def look(self, station: str):
        """Keep a picture of what she sees."""
        self.page.screenshot(path=PICTURES / f"hub-{station}-{self.name}.png")

    def log_in(self, password: str):
        """Click the link and give a password."""
        self.page.goto(self.link)
        self.page.locator("#username_input").fill(self.name)
        self.page.locator("#password_input").fill(password)
        self.look("1-login")
        self.page.locator("#login_submit").click()

    def open(self, station: str):
        """Wait until the notebook of the link is open and its kernel answers."""
        start = time.monotonic()
        self.page.wait_for_url("**/lab/tree/**")
        wait_for_notebook(self.page)
        self.look(station)
        say(f"{self.name}: logged in, notebook open after {time.monotonic() - start:.0f} s")

    def run(self, command: str | None = None):
        """Run all cells by a command, or those of one explorer; move its slider until the picture has followed."""
        start = time.monotonic()
        if command:
            run(self.page, command, "() => true")
        else:
            lesson = self.notebook()
            run_cells(self.page, 1, lesson.cells.index(cell(lesson, EXPLORER)))
        self.page.wait_for_selector(".control-nesterov")
        explorer = Explorer(self.page, self.page.locator(".explorer").evaluate_all(WHICH))
        explorer.canvas().wait_for()
        picture, sentence, seconds = explorer.picture, explorer.sentence, time.monotonic() - start
        for _ in range(3):
            explorer.handle("learning_rate").press("ArrowRight")
        explorer.wait_until(
            lambda: explorer.picture > picture and explorer.sentence != sentence,
            "the slider moves no picture",
        )
        what = command or "the explorer's cells"
        say(f"{self.name}: {what} in {seconds:.0f} s; slider moved: {explorer.sentence}")

    def work(self):
        """Change a cell, save, and write a file of her own."""
        self.page.evaluate(CHANGE, MINE)
        ask_kernel(self.page, "open('mine.txt', 'w').write('notes')")

    def log_out(self):
        """Log out; her server ends."""
        self.page.goto(f"{self.address}/hub/logout")
        self.look("5-logout")
        self.page.context.clear_cookies()
        wait_for(lambda: absent(self.processes()))

    def notebook(self):
        """Her notebook 4, as it is in her home."""
        lesson = nbformat.read(self.folder / f"{NOTEBOOK}.ipynb", as_version=4)
        nbformat.validate(lesson)
        return lesson

    def kernels(self) -> list:
        """The kernels that her server has."""
        answer = self.page.request.get(f"{self.address}/user/{self.name}/api/kernels")
        assert answer.ok, answer.status
        return answer.json()

    def processes(self) -> dict[str, Path]:
        """Her server and her kernel, among all processes of this machine."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                variables = (folder / "environ").read_bytes().split(b"\0")
                if f"JUPYTERHUB_USER={self.name}".encode() in variables:
                    is_kernel = b"ipykernel" in (folder / "cmdline").read_bytes()
                    found["kernel" if is_kernel else "server"] = folder
        return found

    def say_what_she_uses(self):
        """The memory of server and kernel (PSS divides what is shared among those who share it), and their seconds of a core."""
        for what, folder in sorted(self.processes().items()):
            lines = [line.split() for line in (folder / "smaps_rollup").read_text().splitlines()]
            size = {words[0]: int(words[1]) // 1024 for words in lines[1:]}
            private = size["Private_Clean:"] + size["Private_Dirty:"]
            ticks = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
            seconds = sum(map(int, ticks)) // os.sysconf("SC_CLK_TCK")
            used = f"{size['Pss:']} MiB PSS, {private} MiB private, {seconds} s of a core"
            say(f"{self.name}: {what} {used}")
