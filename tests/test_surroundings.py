"""What the user's variables, files and packages do to the helpers: they run right, or one sentence says what is wrong."""

import ast
import json
import os
import subprocess
import sys
import tomllib

from helpers import Experiment, fit_keras, start, train
from tests.test_kernel import ROOT, new_kernel

import joblib
import pytest
from packaging.requirements import Requirement

THREE_EPOCHS = Experiment(epochs=3)
SAY = """
import json, os
import helpers, keras, threadpoolctl
from tests.test_surroundings import numbers
pools = threadpoolctl.threadpool_info()
print(json.dumps({
    "numbers": numbers(),
    "flags": os.environ["XLA_FLAGS"],
    "threads": [pool["num_threads"] for pool in pools if pool["internal_api"] == "openblas"],
    "epsilon": keras.config.epsilon(),
}))
"""
LEFT = ("XLA_FLAGS", "MPLBACKEND", "OPENBLAS_NUM_THREADS", "TF_CPP_MIN_LOG_LEVEL")
LEFT += ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
FIGURE = ("<Figure size 640x480 with 1 Axes>", [])


def numbers():
    """What both readings of an experiment give, as JSON keeps it."""
    runs = (train(THREE_EPOCHS), fit_keras(THREE_EPOCHS))
    return [[array.tolist() for array in (run.loss, *run.weights)] for run in runs]


@pytest.fixture(scope="module")
def expected():
    return numbers()


def python(program, cwd=ROOT, **variables):
    """What a program writes, and what to stderr, where neither set-up nor helpers have left anything."""
    own = {name: value for name, value in os.environ.items() if name not in LEFT}
    given = {"PYTHONPATH": ROOT} | variables
    own |= {name: str(value) for name, value in given.items()}
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, env=own, cwd=cwd, capture_output=True, text=True)
    return ended.stdout, ended.stderr


def said(**variables):
    text, errors = python(SAY, **variables)
    assert errors == ""
    return json.loads(text)


THREADS = """
from pathlib import Path
import tests.test_surroundings as here
numbers = here.numbers()
names = [(thread / "comm").read_text().strip() for thread in Path("/proc/self/task").iterdir()]
print(here.json.dumps([numbers, names.count("tf_XLAEigen")]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux names the threads")
def test_tensorflow_takes_the_cores_that_this_process_may_use(expected):
    """The variable stands for the quota of a container, which TensorFlow does not see."""
    for cores in (1, 3):
        text, errors = python(THREADS, LOKY_MAX_CPU_COUNT=cores, PYTHONWARNINGS="ignore")
        assert errors == ""
        assert json.loads(text) == [expected, min(cores, joblib.cpu_count())]


OTHERS = """CUDA_VISIBLE_DEVICES=nonsense KERAS_BACKEND=torch KERAS_MAX_EPOCHS=1 KERAS_NNX_ENABLED=1
    KERAS_MAX_STEPS_PER_EPOCH=1 MPLBACKEND=svg OPENBLAS_NUM_THREADS=2 TF_CPP_MIN_LOG_LEVEL=3
    PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=cpp TF_USE_LEGACY_KERAS=1 TF_XLA_FLAGS=--tf_nonsense"""


def test_variables_for_other_programs(expected):
    kept = "--xla_gpu_cuda_data_dir=/usr/lib/cuda"
    given = dict(variable.split("=", 1) for variable in OTHERS.split())
    answer = said(**given, XLA_FLAGS=f"--xla_nonsense {kept}")
    assert answer["numbers"] == expected
    assert answer["flags"] == f"{start.FLAGS} {kept}"
    assert set(answer["threads"]) <= {min(2, os.cpu_count())}, "who said otherwise gets it"


def test_a_keras_json_for_other_programs(expected, tmp_path):
    wishes = {"floatx": "float64", "epsilon": 0.5, "backend": "jax", "nnx_enabled": True}
    wishes["image_data_format"] = "channels_first"
    (tmp_path / "keras.json").write_text(json.dumps(wishes))
    answer = said(KERAS_HOME=tmp_path, XLA_FLAGS=start.FLAGS)
    assert answer["numbers"] == expected
    assert answer["epsilon"] == 1e-7
    assert answer["flags"] == start.FLAGS, "as in a worker of this process"
    assert set(answer["threads"]) <= {1}


def test_without_a_home_in_a_read_only_folder():
    """Silent, too, where matplotlib and Keras find no place for their files."""
    program = "import os; del os.environ['HOME']; import helpers"
    assert python(program, cwd="/proc") == ("", "")


def test_errors_of_tensorflow_are_still_heard():
    program = "import helpers, tensorflow as tf; tf.get_logger().error('something broke')"
    assert python(program)[1].strip().endswith("something broke")


def test_the_helpers_ask_for_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {line.name: line.specifier for line in map(Requirement, project["dependencies"])}
    for name, lowest in start.NEEDED.items():
        assert name == "keras" or f">={lowest}" in str(asked[name])


CHANGES = {
    "import sys; sys.version_info = (3, 10, 1)": "Python 3.10 runs here, not 3.11, 3.12 or 3.13: ",
    "import sys; sys.modules['keras'] = None": f"keras is missing in {sys.prefix}: ",
    "from importlib import metadata; metadata.version = lambda name: '1.9.1'": "tensorflow 1.9.1 is older than 2",
    "import sys; sys.path.insert(0, 'packages')": "TensorFlow cannot be imported (cannot open libx.so): ",
}


@pytest.mark.parametrize("changes", CHANGES)
def test_a_python_or_packages_with_which_nothing_works(changes, tmp_path):
    broken = tmp_path / "packages/tensorflow.py"
    broken.parent.mkdir()
    broken.write_text("raise ImportError('cannot open libx.so\\nand more')")
    errors = python(f"{changes}\nimport helpers", cwd=tmp_path)[1]
    assert errors.splitlines()[-1].startswith(f"ImportError: {CHANGES[changes]}")
    assert errors.endswith(f": {start.WAY_OUT}\n")
    assert errors.count("Traceback") == 1


@pytest.fixture
def kernel_with(monkeypatch):
    """Give a kernel with these variables and without ours."""

    def start(**variables):
        for name in LEFT:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return new_kernel()

    return start


STYLE = "{name: value for name, value in dict(plt.rcParams).items() if name != 'backend'}"
CHANGED = f"{{name: value for name, value in {STYLE}.items() if value != before[name]}}"


def test_the_style_of_a_kernel_changes_only_when_a_notebook_asks(kernel_with):
    with kernel_with() as kernel:
        kernel.run("import matplotlib.pyplot as plt; plt.rcParams['font.size'] = 18")
        kernel.run(f"before = {STYLE}")
        assert kernel.run(f"from helpers import *; {CHANGED}") == ("{}", [])
        explores = "_ = explore('learning_rate', 'patience')._repr_mimebundle_()"
        assert kernel.run(f"{explores}; {CHANGED}") == ("{}", [])
        text, errors = kernel.run(f"plt.style.use('helpers.lesson'); {CHANGED}")
        assert not errors
        assert ast.literal_eval(text) == {
            "axes.axisbelow": True,
            "axes.grid": True,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlesize": "medium",
            "figure.figsize": [7.0, 3.2],
            "grid.color": "#E8E8E8",
            "legend.fontsize": "small",
            "legend.frameon": False,
        }


def test_only_a_backend_that_the_notebook_has_chosen_shows_nothing(kernel_with):
    draws = "plt.close('all'); _ = plt.subplots()"
    with kernel_with(MPLBACKEND="Agg") as kernel:
        assert kernel.run(f"import matplotlib.pyplot as plt; {draws}") == ("", [])
        assert kernel.run(f"import helpers; {draws}") == FIGURE
        assert kernel.run(f"plt.switch_backend('svg'); {draws}") == ("", [])
        kernel.run("%env MPLBACKEND=Agg")
        assert kernel.run(f"helpers.start.show_figures(); {draws}") == ("", [])
    with kernel_with(MPLBACKEND="nonsense") as kernel:
        assert kernel.run("import helpers") == ("", [])
        assert kernel.run(f"import matplotlib.pyplot as plt; {draws}") == FIGURE
