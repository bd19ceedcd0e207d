"""Import matplotlib, TensorFlow and Keras quietly, and as the lesson needs them, whatever surrounds it.

TensorFlow prints start-up notes from C++ to file descriptor 2, whatever its log level says, and matplotlib
complains of a home folder that it cannot write into; in a notebook either would be red text under the
first cell. They go nowhere instead, and only during the import: one that fails says why in one sentence.

A variable or a file of the user's that would leave out figures or change the lesson's numbers is
overruled; one that would end the process without a word is named. Keras computes in float32,
unless keras.config.set_floatx is called after this import.
"""

import builtins
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, suppress
from importlib import import_module, metadata, util

NEEDED = {
    "tensorflow": "2.20",
    "keras": "3",
    "ipywidgets": "7.7",
    "anywidget": "0.9",
    "matplotlib": "3.10",
    "numpy": "2",
    "scikit-learn": "1.6",
    "pillow": "11",
}
MODULES = {"scikit-learn": "sklearn", "pillow": "PIL"}
WAY_OUT = (
    'open the notebooks with "make lab", and where that was done, "make doctor" says what mends it.'
)
INLINE = "module://matplotlib_inline.backend_inline"
SHOWN_IN_NOTEBOOK = ("module://", "inline", "ipympl", "widget", "nbagg", "notebook")
# One thread a run: the network is so small that sharing it between cores costs time. And its loops, which XLA
# would run step by step, become one piece of machine code, as tiny ones do; products of
# matrices too, even large ones, which XLA would do in its slowest way there. An XLA without these ignores them.
FLAGS = (
    "--xla_cpu_multi_thread_eigen=false "
    "--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=1000000000,"
    "xla_force_enable_experimental_llvm_ir_gemm=true"
)
FIRST_PROGRAM = "import tensorflow as tf; tf.function(lambda: tf.zeros(1), jit_compile=True)()"
OVERRULED = (  # cut training short; or protobuf does not know it any more
    "KERAS_MAX_EPOCHS",
    "KERAS_MAX_STEPS_PER_EPOCH",
    "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION",
)


def check_surroundings():
    """ImportError, in one sentence, where the wrong Python or the wrong packages are at hand."""
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        here = "Python {}.{}".format(*sys.version_info)
        raise ImportError(f"{here} runs here, not 3.11, 3.12 or 3.13: {WAY_OUT}")
    for name, lowest in NEEDED.items():
        if util.find_spec(MODULES.get(name, name)) is None:
            raise ImportError(f"{name} is missing in {sys.prefix}: {WAY_OUT}")
        with suppress(metadata.PackageNotFoundError):  # has another name there, like tensorflow-cpu
            found = metadata.version(name)
            if _numbers(found) < _numbers(lowest):
                raise ImportError(f"{name} {found} is older than {lowest}: {WAY_OUT}")


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)[:2]]


def show_figures():
    """In a notebook, overrule an MPLBACKEND that shows nothing there; `%matplotlib` still chooses another."""
    named = os.environ.get("MPLBACKEND", "").lower()
    shell = getattr(builtins, "get_ipython", lambda: None)()
    if hasattr(shell, "kernel") and not named.startswith(SHOWN_IN_NOTEBOOK):
        os.environ["MPLBACKEND"] = INLINE
        matplotlib = sys.modules.get("matplotlib")
        if matplotlib and str(matplotlib.get_backend(auto_select=False)).lower() == named:
            shell.enable_matplotlib("inline")


def import_matplotlib():
    """Import matplotlib; it may have to list the fonts first, and says so."""
    # NumPy comes with it. Two threads of it wait for each other while the browser has the second core.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with open(os.devnull, "w") as nowhere, redirect_stderr(nowhere):
        import_module("matplotlib.font_manager")


def set_flags():
    """Put our XLA flags before the user's, which may correct them, but could keep XLA from reading on."""
    given = os.environ.get("XLA_FLAGS", "").strip()
    known = given.startswith(FLAGS)  # where a process that imported helpers has started this one
    flags = given if known else f"{FLAGS} {given}".strip()
    if given[:1] not in ("", "-"):  # to XLA the name of a file
        raise misled("XLA_FLAGS", f"{given} is no flag")
    if (given and not known) or os.environ.get("TF_XLA_FLAGS", "").strip():
        try_out(flags)
    os.environ["XLA_FLAGS"] = flags


def try_out(flags: str):
    """ImportError where TensorFlow would end the process for a flag; takes as long as its import."""
    apart = {"XLA_FLAGS": flags, "TF_CPP_MIN_LOG_LEVEL": "2", "CUDA_VISIBLE_DEVICES": "-1"}
    program = [sys.executable, "-c", FIRST_PROGRAM]
    tried = subprocess.run(program, env=os.environ | apart, stderr=subprocess.PIPE)
    said = tried.stderr.decode("utf-8", "replace")
    if tried.returncode and "Traceback" not in said:
        words = re.search(r"(Unknown|Could not open|Couldn't|usage:) .*", said)
        reason = words[0].partition(". ")[0].rstrip(".") if words else "without a word"
        of_tensorflow = re.search("TF_XLA|(usage: --|flag )tf_", reason)
        raise misled("TF_XLA_FLAGS" if of_tensorflow else "XLA_FLAGS", reason)


def misled(name: str, reason: str) -> ImportError:
    """The error that names a variable."""
    way_out = f"correct or unset it; in a notebook %env {name}= does."
    return ImportError(f"TensorFlow stops at {name} ({reason}): {way_out}")


def import_tensorflow():
    """Import TensorFlow before anything else does, and Keras with its own defaults."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.update(KERAS_BACKEND="tensorflow", KERAS_NNX_ENABLED="false")
    for name in OVERRULED:
        os.environ.pop(name, None)
    sys.stderr.flush()
    saved = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        import keras  # before TensorFlow, which it imports when it has read its own file
        import tensorflow as tf

        with suppress(RuntimeError):  # TensorFlow was used before
            for gpu in tf.config.list_physical_devices("GPU"):  # leave room for others
                tf.config.experimental.set_memory_growth(gpu, True)
        with tf.device("CPU:0"):  # the first compiled program has notes to print
            tf.function(lambda: tf.zeros(1), jit_compile=True)()
        tf.get_logger().setLevel("ERROR")
    except ImportError as error:
        reason = str(error).strip().partition("\n")[0]
        raise ImportError(f"TensorFlow cannot be imported ({reason}): {WAY_OUT}") from None
    except (AttributeError, ValueError) as error:  # at a value that Keras does not know
        home = os.environ.get("KERAS_HOME", os.path.expanduser("~/.keras"))
        raise ImportError(f"Keras cannot read {home}/keras.json ({error}): remove it.") from None
    finally:
        os.dup2(saved, 2)
        os.close(saved)
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)


check_surroundings()
show_figures()
import_matplotlib()
set_flags()
import_tensorflow()
