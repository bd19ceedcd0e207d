"""`make links`: addresses from one place, and none without one."""

import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

ROOT = Path(__file__).parents[1]
TOOL = runpy.run_path(str(ROOT / "tools/links.py"))
TEXTS = TOOL["NAMES"]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("hub/*.md")])


@pytest.fixture
def checkout(tmp_path):
    """What the tool reads and writes, as it is before any address was written."""
    for name in (*TEXTS, "tools/links.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    call(tmp_path)
    return tmp_path


def call(checkout, *arguments):
    command = [sys.executable, str(checkout / "tools/links.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def texts(checkout):
    return [(checkout / name).read_bytes().decode() for name in TEXTS]


def urls(checkout):
    return tomllib.loads(texts(checkout)[0])["project"].get("urls", {})


def test_written_again_renamed_and_taken_out(checkout):
    before = texts(checkout)
    assert call(checkout, "a-class/rates").returncode == 0
    written = texts(checkout)
    assert urls(checkout) == TOOL["links"]("a-class/rates")
    for address in urls(checkout).values():
        assert f"({address})" in written[1] or f"git+{address}`" in written[1]
    assert "ADDRESS=https://github.com/a-class/rates\n" in written[2]
    assert TOOL["pull"]("https://github.com/a-class/rates") in written[2]
    call(checkout, "a-class/rates")
    assert texts(checkout) == written
    call(checkout, "school/other.name")
    assert "a-class/" not in "".join(texts(checkout))
    assert TOOL["repository_of"](texts(checkout)[0]) == "school/other.name"
    call(checkout)
    assert texts(checkout) == before
    assert TOOL["repository_of"](before[0]) is None
    assert not re.search(r"https?:[^ )]*ADDRESS/", before[2])


def test_the_addresses():
    to = TOOL["links"]("a-class/rates", "03_the_blobs_problem")
    assert to["Site"] == "https://a-class.github.io/rates/"
    assert to["Colab"].endswith("/github/a-class/rates/blob/colab/03_the_blobs_problem.ipynb")
    assert to["Binder"].startswith("https://mybinder.org/v2/gh/a-class/rates/main?")
    assert to["JupyterHub"].endswith("/a-class/rates/blob/main/hub/README.md")
    assert TOOL["links"](None) == {}
    assert (ROOT / f"notebooks/{TOOL['FIRST']}.ipynb").is_file()


def test_the_link_of_a_class_names_the_version_twice_and_a_notebook():
    link = urlsplit("https://hub.example.org" + TOOL["pull"]("https://a.org/rates.git"))
    version, first = TOOL["VERSION"], TOOL["FIRST"]
    assert (
        version == "v" + tomllib.loads((ROOT / TEXTS[0]).read_text("utf-8"))["project"]["version"]
    )
    assert link.path == "/hub/user-redirect/git-pull"
    assert parse_qs(link.query) == {
        "repo": ["https://a.org/rates.git"],
        "branch": [f"class-{version}"],
        "targetPath": [f"learning-rate-{version}"],
        "urlpath": [f"lab/tree/learning-rate-{version}/{first}.ipynb"],
    }


@pytest.mark.parametrize("name", ["rates", "a/b/c", 'a/b"', "https://github.com/a/b", "a/b c"])
def test_no_name_of_a_repository(name, checkout):
    before = texts(checkout)
    run = call(checkout, name)
    assert run.returncode == 1
    assert run.stderr.startswith(f"No link was written: a repository is OWNER/NAME, not {name}.")
    assert texts(checkout) == before


def test_what_is_written_here_is_whole():
    """In the checkout too: all three speak of the same repository, or of none."""
    here = [(ROOT / name).read_text("utf-8") for name in TEXTS]
    assert list(TOOL["with_links"](*here, TOOL["repository_of"](here[0]))) == here


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document):
    for link in re.findall(r"\]\(([^)#:]+)[^):]*\)", document.read_text("utf-8")):
        assert (document.parent / link).exists(), link
