"""What the user's variables and files do to training: it runs right, or one sentence names what is wrong."""

import ast
import json
import os
import subprocess
import sys

from helpers import Experiment, fit_keras, train
from helpers.start import FLAGS
from tests.test_kernel import ROOT, new_kernel

import pytest

THREE_EPOCHS = Experiment(epochs=3)
SAY = """
import json, os, sys
programs = []
sys.addaudithook(lambda event, args: programs.append(args) if event == "subprocess.Popen" else None)
import helpers, keras, threadpoolctl
from tests.test_surroundings import numbers
pools = threadpoolctl.threadpool_info()
print(json.dumps({
    "numbers": numbers(),
    "flags": os.environ["XLA_FLAGS"],
    "tries": sum("jit_compile" in str(args) for args in programs),
    "threads": [pool["num_threads"] for pool in pools if pool["internal_api"] == "openblas"],
    "epsilon": keras.config.epsilon(),
}))
"""
LEFT = ("XLA_FLAGS", "MPLBACKEND", "OPENBLAS_NUM_THREADS", "TF_CPP_MIN_LOG_LEVEL")
FIGURE = ("<Figure size 640x480 with 1 Axes>", [])


def numbers():
    """What both readings of an experiment give, as JSON keeps it."""
    runs = (train(THREE_EPOCHS), fit_keras(THREE_EPOCHS))
    return [[array.tolist() for array in (run.loss, *run.weights)] for run in runs]


@pytest.fixture(scope="module")
def expected():
    return numbers()


def python(program, **variables):
    """Run a program where neither set-up nor helpers have left anything."""
    own = {name: value for name, value in os.environ.items() if name not in LEFT}
    given = {name: str(value) for name, value in variables.items()}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=own | given, cwd=ROOT, capture_output=True, text=True)


def said(**variables):
    answer = python(SAY, **variables)
    assert answer.stderr == ""
    return json.loads(answer.stdout)


def test_variables_for_other_programs(expected):
    answer = said(
        CUDA_VISIBLE_DEVICES="nonsense",
        KERAS_BACKEND="torch",
        KERAS_MAX_EPOCHS=1,
        KERAS_MAX_STEPS_PER_EPOCH=1,
        KERAS_NNX_ENABLED=1,
        MPLBACKEND="svg",
        OPENBLAS_NUM_THREADS=2,
        PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION="cpp",
        TF_CPP_MIN_LOG_LEVEL=3,
        TF_USE_LEGACY_KERAS=1,
    )
    assert answer["numbers"] == expected
    assert (answer["flags"], answer["tries"]) == (FLAGS, 0)
    assert set(answer["threads"]) <= {min(2, os.cpu_count())}, "who said otherwise gets it"


def test_a_keras_json_for_other_programs(expected, tmp_path):
    wishes = {"floatx": "float64", "epsilon": 0.5, "backend": "jax", "nnx_enabled": True}
    wishes["image_data_format"] = "channels_first"
    (tmp_path / "keras.json").write_text(json.dumps(wishes))
    answer = said(KERAS_HOME=tmp_path, XLA_FLAGS=FLAGS)
    assert answer["numbers"] == expected
    assert answer["epsilon"] == 1e-7
    assert (answer["flags"], answer["tries"]) == (FLAGS, 0), "as in a worker of this process"
    assert set(answer["threads"]) <= {1}


@pytest.mark.parametrize("wish", ['{"floatx": "bfloat16"}', '["floatx"]'])
def test_a_keras_json_that_keras_cannot_read(wish, tmp_path):
    (tmp_path / "keras.json").write_text(wish)
    last = python("import helpers", KERAS_HOME=tmp_path).stderr.splitlines()[-1]
    assert last.startswith(f"ImportError: Keras cannot read {tmp_path}/keras.json (")
    assert last.endswith("): remove it.")


def test_known_flags_stand_beside_ours(expected):
    theirs = "--xla_dump_hlo_as_text=false --xla_backend_extra_options=xla_cpu_other_option=1"
    answer = said(XLA_FLAGS=theirs)
    assert answer["numbers"] == expected
    assert (answer["flags"], answer["tries"]) == (f"{FLAGS} {theirs}", 1)


WRONG = {
    ("XLA_FLAGS", "--xla_gpu_autotune_level=high"): "value high for flag xla_gpu_autotune_level",
    ("XLA_FLAGS", "--xla_backend_extra_options=nonsense=1"): "argument 'nonsense=1'",
    ("XLA_FLAGS", "/nowhere/flags"): "(/nowhere/flags is no flag)",
    ("TF_XLA_FLAGS", "--tf_nonsense"): "Unknown flag in TF_XLA_FLAGS: --tf_nonsense",
    ("TF_XLA_FLAGS", "--tf_xla_auto_jit=much"): "--tf_xla_auto_jit=much",
}


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_flag_that_tensorflow_does_not_know(name, value):
    answer = python("import helpers; helpers.train(helpers.Experiment(epochs=1))", **{name: value})
    last = answer.stderr.splitlines()[-1]
    assert last.startswith(f"ImportError: TensorFlow stops at {name} (")
    assert WRONG[name, value] in last
    assert last.endswith(f"%env {name}= does.")
    assert answer.stderr.count("Traceback") == 1


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


def test_a_kernel_with_an_unknown_flag_and_a_backend_that_shows_nothing(kernel_with):
    """It says what is wrong, says it again, and after the way out it trains and shows figures."""
    with kernel_with(XLA_FLAGS="--xla_nonsense", MPLBACKEND="nonsense") as kernel:
        for _ in range(2):
            _, (error,) = kernel.run("import helpers")
            assert "(Unknown flag in XLA_FLAGS: --xla_nonsense): " in error.splitlines()[-1]
        kernel.run("%env XLA_FLAGS=")
        assert kernel.run("import helpers") == ("", [])
        assert kernel.run("print(len(helpers.train(helpers.Experiment(epochs=2)).loss))") == (
            "2\n",
            [],
        )
        assert kernel.run("import matplotlib.pyplot as plt; _ = plt.plot([1, 2])") == FIGURE


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
