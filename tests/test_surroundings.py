"""What the user's variables, files and packages do to the helpers: they run right, or one sentence says what is wrong."""

import json
import os
import subprocess
import sys

from helpers import Experiment, fit_keras, machine, start, train
from tests.test_kernel import ROOT, new_kernel

import joblib
import pytest

LEFT = ("XLA_FLAGS", "MPLBACKEND", "OPENBLAS_NUM_THREADS", "TF_CPP_MIN_LOG_LEVEL")
LEFT += ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
SAY = """
import json, os, threadpoolctl
from pathlib import Path
from tests.test_surroundings import numbers
tasks = Path("/proc/self/task")
pools = threadpoolctl.threadpool_info()
print(json.dumps({
    "numbers": numbers(),
    "flags": os.environ["XLA_FLAGS"],
    "numpy": [pool["num_threads"] for pool in pools if pool["internal_api"] == "openblas"],
    "tensorflow": [(task / "comm").read_text() for task in tasks.glob("*")].count("tf_XLAEigen\\n"),
}))
"""


def numbers():
    """What both readings of an experiment give, as JSON keeps it."""
    runs = [read(Experiment(epochs=3)) for read in (train, fit_keras)]
    return [[array.tolist() for array in (run.loss, *run.weights)] for run in runs]


def python(program, cwd=ROOT, **variables):
    """What a program writes, and what to stderr, where neither set-up nor helpers have left anything."""
    own = {name: value for name, value in os.environ.items() if name not in LEFT}
    given = {"PYTHONPATH": ROOT} | variables
    own |= {name: str(value) for name, value in given.items()}
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, env=own, cwd=cwd, capture_output=True, text=True)
    return ended.stdout, ended.stderr


KEPT = "--xla_gpu_cuda_data_dir=/usr/lib/cuda"
OTHERS = {"KERAS_BACKEND": "torch", "OPENBLAS_NUM_THREADS": 2, "XLA_FLAGS": f"--nonsense {KEPT}"}
ANSWERS = [  # variables, the flags that remain, the threads of NumPy
    ({"LOKY_MAX_CPU_COUNT": 1}, machine.FLAGS, 1),
    ({"LOKY_MAX_CPU_COUNT": 3, **OTHERS}, f"{machine.FLAGS} {KEPT}", 2),
]


@pytest.mark.parametrize(("variables", "flags", "threads"), ANSWERS)
def test_variables_and_a_file_for_other_programs(variables, flags, threads, tmp_path):
    """TensorFlow takes as many cores as joblib counts, which heeds the quota of a container."""
    (tmp_path / "keras.json").write_text('{"floatx": "float64", "backend": "jax"}')
    text, errors = python(SAY, KERAS_HOME=tmp_path, PYTHONWARNINGS="ignore", **variables)
    assert errors == ""
    said, cores = json.loads(text), min(variables["LOKY_MAX_CPU_COUNT"], joblib.cpu_count())
    assert said["numbers"] == numbers()
    assert said["flags"] == flags
    assert set(said["numpy"]) <= {min(threads, os.cpu_count())}, "who said otherwise gets it"
    assert said["tensorflow"] == cores * (sys.platform == "linux"), "only Linux names the threads"


def test_the_import_is_silent_and_errors_are_heard_again():
    """Without a home, too, where matplotlib and Keras find no place for their files."""
    program = "import os; del os.environ['HOME']; import helpers, tensorflow as tf; "
    text, errors = python(program + "tf.get_logger().error('something broke')", cwd="/proc")
    assert (text, errors.count("\n")) == ("", 1)
    assert errors.endswith("something broke\n")


REASONS = {
    "import anywidget; anywidget.__version__ = '0.8.1'": "anywidget 0.8.1 is too old",
    "import sys; sys.path.insert(0, 'packages')": "cannot open libx.so",
}


@pytest.mark.parametrize("before", REASONS)
def test_packages_with_which_nothing_works(before, tmp_path):
    broken = tmp_path / "packages/tensorflow.py"
    broken.parent.mkdir()
    broken.write_text("raise ImportError('cannot open libx.so\\nand more')")
    errors = python(f"{before}\nimport helpers", cwd=tmp_path)[1]
    sentence = f"{sys.prefix} lacks what is needed ({REASONS[before]}): {start.WAY_OUT}"
    assert errors.splitlines()[-1] == f"ImportError: {sentence}"
    assert errors.count("Traceback") == 1


NOT_STYLE = ("backend", "interactive")
STYLE = f"{{name: value for name, value in dict(plt.rcParams).items() if name not in {NOT_STYLE}}}"
CHANGED = f"{{name: value for name, value in {STYLE}.items() if value != before[name]}}"


def test_figures_of_a_notebook_are_shown_and_keep_its_style_unless_it_asks(monkeypatch):
    """Where a variable names a backend that shows nothing there."""
    monkeypatch.setenv("MPLBACKEND", "Agg")
    draws = "plt.close('all'); _ = plt.subplots()"
    with new_kernel() as kernel:
        assert kernel.run(f"import matplotlib.pyplot as plt; {draws}") == ("", [])
        kernel.run(f"plt.rcParams['font.size'] = 18; before = {STYLE}")
        shown = ("<Figure size 640x480 with 1 Axes>", [])
        assert kernel.run(f"from helpers import *; {draws}") == shown
        explores = "_ = explore('learning_rate', 'patience')._repr_mimebundle_()"
        assert kernel.run(f"{explores}; {CHANGED}") == ("{}", [])
        text, errors = kernel.run(f"plt.style.use('helpers.lesson'); {CHANGED}")
        assert "'axes.grid': True" in text
        assert not errors
