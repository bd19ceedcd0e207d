"""Two days of a class on a real JupyterHub, in a real browser: `make test-hub`.

Three students click the link of the class, log in, run notebook 4, move its slider, save and log out. In the
night the teacher corrects the notebook and restarts the hub; in the morning work and correction are there, and
a kernel that was left alone for too long is gone and comes back. As root each of them is a user of this
machine, as with The Littlest JupyterHub; else one user serves all three, and who reads whose files is not tried.
"""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.browser.explorer import Explorer, ask_kernel
from tests.browser.lab import (
    PANEL,
    ROOT,
    SETTINGS,
    chromium,
    free_port,
    run_all,
    run_cells,
    wait_for,
    wait_for_notebook,
)
from tools.links import VERSION, pull

import nbformat
import yaml
from playwright.sync_api import Error as PageError

HUB = ROOT / "build" / "hub"
PICTURES = ROOT / "build" / "screenshots"
STUDENTS = ("class-ada", "class-ben", "class-eva")
IS_ROOT = os.geteuid() == 0
NOTEBOOK = "04_learning_rate_and_momentum"
EXPLORER = 'explore("learning_rate", "momentum", "nesterov"'
MINE = "# Your turn: change the momentum\nmy_momentum = 0.9  # mine"
CANNOT_START = (
    f"Students cannot start {HUB}/bin/python: remove {HUB}, and call "
    "make test-hub PYTHON=/usr/bin/python3, or another that every user of this machine can start."
)
START = time.monotonic()


def say(*words):
    """Write a line of the log of these days."""
    print(f"{time.monotonic() - START:6.0f} s ", *words, flush=True)


def git(folder, *words):
    """Call git in a folder, as a teacher."""
    who = ("-c", "user.name=teacher", "-c", "user.email=teacher@localhost")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def publish(room: Path) -> Path:
    """What the workflow publishes of a version, in a bare repository."""
    origin, clone = room / "lesson.git", room / "clone"
    git(room, "init", "--bare", "--initial-branch=main", origin)
    git(room, "clone", origin, clone)
    for name in ("notebooks", "tools"):
        shutil.copytree(ROOT / name, clone / name)
    (clone / ".gitignore").write_text("build/\n")
    git(clone, "add", ".")
    git(clone, "commit", "--message=all")
    jobs = yaml.safe_load((ROOT / ".github/workflows/class.yml").read_text("utf-8"))["jobs"]
    step = jobs["class"]["steps"][-1]["run"]
    named = os.environ | {"GITHUB_REF_NAME": VERSION}
    subprocess.run(["bash", "-e", "-c", step], cwd=clone, env=named, check=True)
    return clone


def correct(clone: Path):
    """Correct two cells of notebook 4, one of them a cell that a student has changed, and add a file."""
    path = clone / f"{NOTEBOOK}.ipynb"
    lesson = nbformat.read(path, as_version=4)
    lesson.cells[0].source += "\n\nCorrected in the night."
    cell(lesson, "my_momentum = 0.0").source += "  # between 0 and 1"
    nbformat.write(lesson, path)
    (clone / "news.md").write_text("The exam is on Friday.\n")
    git(clone, "add", ".")
    git(clone, "commit", "--message=correction")
    git(clone, "push", "origin", "HEAD")


def cell(lesson, text: str):
    """The one code cell that says this."""
    (found,) = (c for c in lesson.cells if c.cell_type == "code" and text in c.source)
    return found


@contextmanager
def students(room: Path):
    """Their homes; as root, they are users of this machine as long as this lasts."""
    homes = room / "homes"
    homes.mkdir()
    with ExitStack() as stack:
        for name in STUDENTS:
            if IS_ROOT:
                add = [
                    "useradd",
                    "--create-home",
                    "--base-dir",
                    homes,
                    "-K",
                    "HOME_MODE=0700",
                    name,
                ]
                subprocess.run(add, check=True)
                stack.callback(subprocess.run, ["userdel", "--remove", name], capture_output=True)
                can = subprocess.run(["runuser", "-u", name, "--", HUB / "bin/python", "-V"])
                if can.returncode:
                    sys.exit(CANNOT_START)
            else:
                (homes / name).mkdir()
        yield homes


@contextmanager
def hub(room: Path, **variables):
    """Run the hub of config.py for a day; yields its address."""
    port = free_port()
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    own |= {"HUB_ROOM": str(room), "HUB_PORT": str(port), **variables}
    command = [HUB / "bin/jupyterhub", "--config", Path(__file__).with_name("config.py")]
    with open(ROOT / "build" / "hub.log", "ab") as log:
        server = subprocess.Popen(command, cwd=room, env=own, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(lambda: urllib.request.urlopen(f"{address}/hub/login").close())
        yield address
    finally:
        server.terminate()
        server.wait(60)


class Student:
    """A student in a browser of her own."""

    def __init__(self, name: str, address: str, room: Path, browser):
        self.name, self.address = name, address
        self.home = room / "homes" / name
        self.page = browser.browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        self.page.set_default_timeout(600_000)
        self.link = address + pull(f"file://{room}/lesson.git", NOTEBOOK)

    def look(self, station: str):
        """Keep a picture of what she sees."""
        self.page.screenshot(path=PICTURES / f"hub-{station}-{self.name}.png")

    def log_in(self, password: str):
        """Click the link of the class and give a password."""
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

    def run(self, everything: bool = False):
        """Run all cells, or those of one explorer; move its slider until the picture has followed."""
        start = time.monotonic()
        if everything:
            run_all(self.page)
        else:
            cells = self.notebook().cells
            run_cells(self.page, 1, cells.index(cell(self.notebook(), EXPLORER)))
        which = "all => all.findIndex(e => e.querySelector('.control-nesterov'))"
        self.page.wait_for_selector(".control-nesterov")
        explorer = Explorer(self.page, self.page.locator(".explorer").evaluate_all(which))
        explorer.canvas().wait_for()
        before, seconds = (explorer.picture, explorer.sentence), time.monotonic() - start
        for _ in range(3):
            explorer.handle("learning_rate").press("ArrowRight")
        explorer.wait_until(
            lambda: explorer.picture > before[0] and explorer.sentence != before[1],
            "the slider moves no picture",
        )
        what = "all cells" if everything else "the explorer's cells"
        say(f"{self.name}: {what} in {seconds:.0f} s; slider moved: {explorer.sentence}")

    def work(self):
        """Change a cell, save, and write a file of her own."""
        change = f"""async text => {{
            const panel = {PANEL}, cells = [...panel.content.model.cells];
            cells.find(cell => cell.sharedModel.source.includes('my_momentum = 0.0'))
                .sharedModel.setSource(text);
            await panel.context.save();
        }}"""
        self.page.evaluate(change, MINE)
        ask_kernel(self.page, "open('mine.txt', 'w').write('notes')")

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

    def memory(self):
        """Say how much memory is hers: in all, and what is shared divided among those who share it."""
        for what, folder in sorted(self.processes().items()):
            lines = (
                line.split() for line in (folder / "smaps_rollup").read_text().splitlines()[1:]
            )
            sizes = {words[0]: int(words[1]) / 1024 for words in lines}
            private = sizes["Private_Clean:"] + sizes["Private_Dirty:"]
            ticks = sum(map(int, (folder / "stat").read_text().rsplit(")")[-1].split()[11:13]))
            seconds = ticks / os.sysconf("SC_CLK_TCK")
            used = (
                f"{sizes['Pss:']:.0f} MiB PSS, {private:.0f} MiB private, {seconds:.0f} s of a core"
            )
            say(f"{self.name}: {what} {used}")

    def log_out(self):
        """Log out; her server ends."""
        self.page.goto(f"{self.address}/hub/logout")
        self.look("5-logout")
        self.page.context.clear_cookies()
        wait_for(lambda: absent(self.processes()))

    def kernels(self) -> list:
        """The kernels that her server has."""
        answer = self.page.request.get(f"{self.address}/user/{self.name}/api/kernels")
        assert answer.ok, answer.status
        return answer.json()

    def notebook(self):
        """Her notebook 4, as it is in her home."""
        path = self.home / f"learning-rate-{VERSION}" / f"{NOTEBOOK}.ipynb"
        lesson = nbformat.read(path, as_version=4)
        nbformat.validate(lesson)
        return lesson


def absent(things):
    """OSError as long as there are any, to be waited for."""
    if things:
        raise OSError(f"still there: {things}")


def check_privacy(one: Student, other: Student):
    """One cannot read what is another's: neither through the hub nor, as root has made users, on the machine."""
    answer = one.page.request.get(f"{one.address}/user/{other.name}/api/contents")
    assert answer.status in (403, 404), answer.status
    if IS_ROOT:
        assert stat.S_IMODE(other.home.stat().st_mode) == 0o700
        read = f"__import__('os').listdir({str(other.home)!r})"
        try:
            said = ask_kernel(one.page, read)
        except PageError as error:
            said = str(error)
        assert "Permission denied" in said, said
    say(f"{one.name} cannot read what is {other.name}'s")


def first_day(room: Path, browser):
    """Come, work, save, go."""
    with hub(room) as address:
        class_ = [Student(name, address, room, browser) for name in STUDENTS]
        for student in class_:
            student.log_in(f"secret of {student.name}")
        for student in class_:
            student.open("2-notebook")
            student.run(everything=student is class_[0])
            student.look("3-explorer")
            student.work()
        installed = ask_kernel(class_[0].page, "__import__('helpers').__file__")
        assert Path(installed).is_relative_to(HUB), installed
        for one, other in zip(class_, class_[1:] + class_[:1]):
            check_privacy(one, other)
            one.memory()
        for student in class_:
            student.log_out()


def second_day(room: Path, browser):
    """Come back, find work and correction, lose a kernel, and go on."""
    with hub(room, HUB_CULL="40") as address:
        ada, ben, eva = (Student(name, address, room, browser) for name in STUDENTS)
        ben.log_in("a guess")
        ben.page.get_by_text("Invalid username or password").wait_for()
        for student in (ada, ben, eva):
            student.log_in(f"secret of {student.name}")
            student.open("6-next-day")
            lesson = student.notebook()
            assert cell(lesson, "my_momentum = ").source == MINE
            assert "Corrected in the night." in lesson.cells[0].source
            assert cell(lesson, EXPLORER).execution_count
            folder = student.home / f"learning-rate-{VERSION}"
            assert (folder / "mine.txt").read_text() == "notes"
            assert (folder / "news.md").exists()
        say("all three: yesterday's work is there, and so is the correction")
        wait_for(lambda: absent(ada.kernels()))
        ada.look("7-culled")
        say("class-ada: the kernel was left alone, and is gone")
        ada.page.reload()
        wait_for_notebook(ada.page)
        ada.run()
        ada.look("8-back")


def main():
    """Both days; an assertion that fails ends them."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        room = Path(folder)
        room.chmod(0o755)  # its users are others
        settings = {f"@jupyterlab/{k.replace('/', ':')}": v for k, v in SETTINGS.items()}
        (room / "overrides.json").write_text(json.dumps(settings))
        clone = publish(room)
        stack.enter_context(students(room))
        browser = stack.enter_context(chromium())
        first_day(room, browser)
        correct(clone)
        second_day(room, browser)
    say("Nothing is wrong.")


if __name__ == "__main__":
    sys.exit(main())
