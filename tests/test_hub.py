"""What `hub/` promises: values that the chart knows, numbers that agree, and one version everywhere."""

import json
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

from tests.test_repository import steps_of
from tools.copies import without_outputs
from tools.links import VERSION, pull

import pytest
import yaml

ROOT = Path(__file__).parents[1]
VALUES = yaml.safe_load((ROOT / "hub/values.yaml").read_text("utf-8"))
STUDENT = VALUES["singleuser"]
PAGE = (ROOT / "hub/README.md").read_text("utf-8")
TEACHING = (ROOT / "TEACHING.md").read_text("utf-8")
CLASS = TEACHING[TEACHING.index("## A class") : TEACHING.index("## What to do with every figure")]
PINS = dict(
    line.split("==") for line in (ROOT / "tests/hub/versions.txt").read_text("utf-8").split()
)
KERNEL, SERVER = 550, 120  # MiB: after notebook 4, as TEACHING.md says; a server of JupyterLab

# From jupyterhub/values.schema.yaml of the chart, which refuses every other name: the leaves that are used here, with
# their types. Below a name with a star everything is allowed.
KNOWN = {
    "hub.config.*": object,
    "proxy.https.enabled": bool,
    "proxy.https.hosts": list,
    "proxy.https.letsencrypt.contactEmail": str,
    "singleuser.image.name": str,
    "singleuser.image.tag": str,
    "singleuser.cmd": str,
    "singleuser.defaultUrl": str,
    "singleuser.memory.guarantee": str,
    "singleuser.memory.limit": str,
    "singleuser.cpu.guarantee": float,
    "singleuser.extraEnv.*": str,
    "singleuser.extraFiles.kernels.mountPath": str,
    "singleuser.extraFiles.kernels.data.*": object,
    "singleuser.storage.capacity": str,
    "prePuller.hook.enabled": bool,
    "prePuller.continuous.enabled": bool,
    "scheduling.podPriority.enabled": bool,
    "scheduling.userPlaceholder.enabled": bool,
    "scheduling.userPlaceholder.replicas": int,
    "scheduling.userScheduler.enabled": bool,
    "cull.enabled": bool,
    "cull.timeout": int,
    "cull.every": int,
}


def leaves(values, path=""):
    """Every value with its dotted name."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{name}.")
        else:
            yield path + name, value


@pytest.mark.parametrize(("name", "value"), list(leaves(VALUES)))
def test_the_chart_knows_every_value(name, value):
    known = [k for k in KNOWN if name == k or (k.endswith("*") and name.startswith(k[:-1]))]
    assert len(known) == 1
    assert isinstance(value, KNOWN[known[0]])


def mebibytes(text):
    """What KubeSpawner makes of 700M or 1G."""
    return int(text[:-1]) * {"M": 1, "G": 1024}[text[-1]]


def test_a_student_has_room_for_two_kernels_and_no_limit_of_cores():
    guarantee, limit = (mebibytes(STUDENT["memory"][name]) for name in ("guarantee", "limit"))
    assert guarantee >= KERNEL + SERVER
    assert limit >= 2 * KERNEL + SERVER
    assert "limit" not in STUDENT["cpu"]


def test_what_teaching_says_of_a_class():
    guarantee, limit = (mebibytes(STUDENT["memory"][name]) for name in ("guarantee", "limit"))
    assert f"{KERNEL} MiB for the kernel after notebook 4" in CLASS
    assert f"{guarantee} MiB for each student at the same time, {limit} at most" in CLASS
    assert f"300 × {guarantee} MiB, {300 * guarantee / 1024:.0f} GiB" in CLASS
    assert "four nodes of 64 GB" in CLASS  # each keeps a tenth for itself
    assert 300 * guarantee * 2**20 < 0.9 * 4 * 64e9
    assert "64 cores in all" in CLASS
    assert 300 * STUDENT["cpu"]["guarantee"] <= 64
    data = STUDENT["extraFiles"]["kernels"]["data"]
    assert data == json.loads((ROOT / "hub/jupyter_server_config.json").read_text("utf-8"))
    name = STUDENT["extraFiles"]["kernels"]["mountPath"].split("/")[-1]
    assert name == "jupyter_server_config.json"  # a folder of that name only switches extensions
    kernels = data["MappingKernelManager"]
    assert kernels["cull_idle_timeout"] == 1800
    assert VALUES["cull"]["timeout"] == 3600
    assert "half an hour ends, a server after one" in CLASS
    assert kernels["cull_connected"]


def test_what_the_page_says():
    limit = STUDENT["memory"]["limit"]
    assert f"limits.memory {limit};" in PAGE
    assert f"services.cull.timeout {VALUES['cull']['timeout']};" in PAGE
    assert "limits.cpu" not in PAGE
    assert f"nbgitpuller=={PINS['nbgitpuller']}" in PAGE
    assert "--replicas=300" in PAGE
    assert f"{STUDENT['image']['name']}:$TAG" in PAGE
    assert PAGE.count("\n") <= 80


def test_the_small_hub_sets_the_same_variables():
    config = SimpleNamespace(Spawner=SimpleNamespace())
    exec((ROOT / "hub/jupyterhub_config.py").read_text("utf-8"), {"c": config})
    assert config.Spawner.environment == STUDENT["extraEnv"]


def test_one_version_everywhere():
    assert STUDENT["image"]["tag"] == VERSION
    assert f"\nTAG={VERSION}\n" in PAGE
    assert f"branch=class-{VERSION}&targetPath=learning-rate-{VERSION}&" in pull("ADDRESS")


def test_the_pins_are_exact_and_leave_those_of_the_lesson_alone():
    lesson = (ROOT / "constraints.txt").read_text("utf-8").split()
    assert all(re.fullmatch(r"\d+(\.\d+)*", version) for version in PINS.values())
    assert not PINS.keys() & {line.split("==")[0] for line in lesson}
    assert re.search(
        r"configurable-http-proxy@\d+\.\d+\.\d+$", (ROOT / "Makefile").read_text("utf-8"), re.M
    )


def test_the_branch_of_a_version_has_the_notebooks_without_results(tmp_path):
    """The step that publishes it, in a clone."""

    def git(folder, *arguments):
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@localhost", *arguments]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        return run.stdout

    origin, clone = tmp_path / "origin", tmp_path / "clone"
    git(tmp_path, "init", "--quiet", "--bare", str(origin))
    git(tmp_path, "clone", "--quiet", str(origin), str(clone))
    (name,) = (path.name for path in (ROOT / "notebooks").glob("03*.ipynb"))
    lesson = (ROOT / "notebooks" / name).read_text("utf-8")
    files = {
        f"notebooks/{name}": lesson,
        ".gitignore": "build/\n",
        "tools/copies.py": (ROOT / "tools/copies.py").read_text("utf-8"),
    }
    for path, text in files.items():
        (clone / path).parent.mkdir(exist_ok=True)
        (clone / path).write_text(text, "utf-8")
    git(clone, "add", ".")
    git(clone, "commit", "--message=all")
    step = steps_of(ROOT / ".github/workflows/class.yml")[-1]["run"]
    command = ["env", f"GITHUB_REF_NAME={VERSION}", "bash", "-e", "-c", step]
    subprocess.run(command, cwd=clone, capture_output=True, check=True)
    (branch,) = re.findall("branch=(.*?)&", pull("ADDRESS"))
    assert git(origin, "ls-tree", "--name-only", branch).split() == [name]
    published = git(origin, "show", f"{branch}:{name}")
    assert published == without_outputs(lesson) != lesson
