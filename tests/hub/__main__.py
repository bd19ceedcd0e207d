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
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.browser.explorer import ask_kernel
from tests.browser.lab import ROOT, SETTINGS, chromium, free_port, wait_for
from tests.hub.student import EXPLORER, MINE, NOTEBOOK, PICTURES, Student, absent, cell, say
from tools.links import VERSION

import nbformat
import yaml
from playwright.sync_api import Error as PageError

HUB = ROOT / "build" / "hub"
STUDENTS = ("class-ada", "class-ben", "class-eva")
IS_ROOT = os.geteuid() == 0
CANNOT_START = (
    f"Students cannot start {HUB}/bin/python: remove {HUB}, and call "
    "make test-hub PYTHON=/usr/bin/python3, or another that every user of this machine can start."
)


def git(folder, *words):
    """Call git in a folder, as a teacher."""
    who = ("-c", "user.name=teacher", "-c", "user.email=teacher@localhost")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def publish(room: Path) -> Path:
    """What the workflow publishes of a version, in a bare repository; a clone of that."""
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
    """Correct two cells of notebook 4, one of them a cell that every student has changed, and add a file."""
    path = clone / f"{NOTEBOOK}.ipynb"
    lesson = nbformat.read(path, as_version=4)
    lesson.cells[0].source += "\n\nCorrected in the night."
    cell(lesson, "my_momentum = 0.0").source += "  # between 0 and 1"
    nbformat.write(lesson, path)
    (clone / "news.md").write_text("The exam is on Friday.\n")
    git(clone, "add", ".")
    git(clone, "commit", "--message=correction")
    git(clone, "push", "origin", "HEAD")


@contextmanager
def homes_of_students(room: Path):
    """Make their homes; as root, they are users of this machine as long as this lasts."""
    (room / "homes").mkdir()
    add = ["useradd", "--create-home", f"--base-dir={room}/homes", "-K", "HOME_MODE=0700"]
    with ExitStack() as stack:
        for name in STUDENTS:
            if not IS_ROOT:
                (room / "homes" / name).mkdir()
                continue
            subprocess.run([*add, name], check=True)
            stack.callback(subprocess.run, ["userdel", "--remove", name], capture_output=True)
            start = ["runuser", "-u", name, "--", HUB / "bin/python", "-c", ""]
            if subprocess.run(start, capture_output=True).returncode:
                sys.exit(CANNOT_START)
        yield


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


def check_privacy(one: Student, other: Student):
    """One cannot read what is another's: neither through the hub nor, where root has made users, on the machine."""
    answer = one.page.request.get(f"{one.address}/user/{other.name}/api/contents")
    assert answer.status in (403, 404), answer.status
    if IS_ROOT:
        assert stat.S_IMODE(other.home.stat().st_mode) == 0o700
        try:
            said = ask_kernel(one.page, f"__import__('os').listdir({str(other.home)!r})")
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
            student.run("run-all-cells" if student is class_[0] else None)
            student.look("3-explorer")
            student.work()
        installed = ask_kernel(class_[0].page, "__import__('helpers').__file__")
        assert Path(installed).is_relative_to(HUB), installed
        for one, other in zip(class_, class_[1:] + class_[:1]):
            check_privacy(one, other)
            one.say_what_she_uses()
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
            assert (student.folder / "mine.txt").read_text() == "notes"
            assert (student.folder / "news.md").exists()
        say("all three: yesterday's work is there, and so is the correction")
        wait_for(lambda: absent(ada.kernels()))
        ada.page.get_by_text("No Kernel").wait_for()
        ada.look("7-culled")
        say("class-ada: the kernel was left alone, and is gone")
        ada.run("restart-run-all")
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
        stack.enter_context(homes_of_students(room))
        browser = stack.enter_context(chromium())
        first_day(room, browser)
        correct(clone)
        second_day(room, browser)
    say("Nothing is wrong.")


if __name__ == "__main__":
    main()
