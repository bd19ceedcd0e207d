"""What stands around the lesson: licences, how to cite it, and the workflows."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.test_notebooks import NAMES, read

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
WORKFLOWS = sorted((ROOT / ".github/workflows").iterdir())
LAST_LINE = (
    "Text and figures: [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); code: MIT."
)
HOLDER = 'Copyright (c) 2026 the contributors of "The learning rate, live"'


def steps_of(path):
    jobs = yaml.safe_load(path.read_text("utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


def check(schema, path):
    """Hold a file against a schema that check-jsonschema brings along."""
    command = [sys.executable, "-m", "check_jsonschema", f"--builtin-schema=vendor.{schema}", path]
    return subprocess.run(command, capture_output=True, text=True)


def test_both_licences_are_whole():
    code, content = ((ROOT / name).read_text("utf-8") for name in PROJECT["license-files"])
    assert HOLDER in code
    assert HOLDER in content
    assert "without restriction, including without limitation" in code
    assert re.findall(r"^Section (\d) --", content, re.MULTILINE) == list("12345678")
    assert PROJECT["license"] == "MIT AND CC-BY-4.0"
    readme = (ROOT / "README.md").read_text("utf-8")
    assert readme.startswith("# The learning rate, live\n")
    assert all(f"({name})" in readme for name in PROJECT["license-files"])


@pytest.mark.parametrize("name", NAMES)
def test_the_last_line_of_a_notebook_names_the_licences(name):
    *_, last = (cell.source for cell in read(name).cells if cell.cell_type == "markdown")
    assert last.splitlines()[-1] == LAST_LINE


def test_one_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    changes = re.findall(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert PROJECT["version"] == citation["version"] == changes[0]
    assert citation["license"] == PROJECT["license"].split(" AND ")[0]


def test_the_citation_has_its_form(tmp_path):
    assert check("citation-file-format", ROOT / "CITATION.cff").returncode == 0
    without_authors = tmp_path / "CITATION.cff"
    without_authors.write_text("cff-version: 1.2.0\nmessage: cite\ntitle: none\n")
    assert (
        "'authors' is a required property" in check("citation-file-format", without_authors).stdout
    )


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_its_form(path, tmp_path):
    assert check("github-workflows", path).returncode == 0
    broken = tmp_path / path.name
    broken.write_text(path.read_text("utf-8").replace("runs-on:", "runs-at:", 1))
    assert check("github-workflows", broken).returncode == 1


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_an_action_is_one_commit_with_its_version(path):
    lines = re.findall(r"^.*\buses:.*$", path.read_text("utf-8"), re.MULTILINE)
    assert lines
    for line in lines:
        assert re.fullmatch(r"\s+- uses: actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_one_version_of_each_action():
    used = {step["uses"] for path in WORKFLOWS for step in steps_of(path) if "uses" in step}
    assert len(used) == len({action.split("@")[0] for action in used})


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_do_no_more_than_it_says(path):
    workflow = yaml.safe_load(path.read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())
    assert not re.search(r"run:.*\$\{\{", path.read_text("utf-8")), "a value becomes a program"


def test_every_goal_of_a_workflow_is_in_the_makefile():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for path in WORKFLOWS:
        for step in steps_of(path):
            for goal in re.findall(r"^make (\w+)", step.get("run", ""), re.MULTILINE):
                assert re.search(rf"^{goal}:", makefile, re.MULTILINE), (path.name, goal)


def test_colab_gets_the_notebooks_of_the_site_alone(tmp_path):
    """The step that publishes them, in a clone with the changes that the steps before it make."""

    def git(folder, *arguments):
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@localhost", *arguments]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        return run.stdout.split()

    origin, clone = tmp_path / "origin", tmp_path / "clone"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(origin))
    (origin / "README.md").write_text("before")
    (origin / ".gitignore").write_text("build/\n")
    git(origin, "add", ".")
    git(origin, "commit", "--message=all")
    git(tmp_path, "clone", "--quiet", str(origin), str(clone))
    (clone / "README.md").write_text("after make links")
    carried = clone / "build/site/carried"
    carried.mkdir(parents=True)
    (step,) = (
        s["run"]
        for s in steps_of(ROOT / ".github/workflows/site.yml")
        if "colab" in s.get("run", "")
    )
    for text in ("{}", "{ }"):  # and once more, over the first
        (carried / "01.ipynb").write_text(text)
        subprocess.run(["bash", "-e", "-c", step], cwd=clone, capture_output=True, check=True)
        assert git(origin, "ls-tree", "--name-only", "colab") == ["01.ipynb"]
        assert git(origin, "show", "colab:01.ipynb") == text.split()
        assert git(origin, "rev-list", "--count", "colab") == ["1"]
        git(clone, "switch", "--quiet", "main")
        git(clone, "branch", "--delete", "--force", "colab")
