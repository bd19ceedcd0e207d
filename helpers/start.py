"""Import matplotlib, TensorFlow and Keras quietly, and as the lesson needs them, whatever surrounds it.

TensorFlow prints start-up notes from C++ to file descriptor 2, whatever its log level says, and matplotlib
complains of a home folder that it cannot write into; in a notebook either would be red text. They go nowhere
instead, during the import alone. A variable or a file of the user's that would leave out figures, change
the lesson's numbers or end the process is overruled; an import that fails says why in one sentence.
"""

import builtins
import os
import re
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
WAY_OUT = 'open the notebooks with "make lab"; if you did, "make doctor" says what mends it.'
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
KNOWN = ("--xla_gpu_cuda_data_dir=", "--xla_dump_")
OVERRULED = "KERAS_MAX_EPOCHS KERAS_MAX_STEPS_PER_EPOCH TF_XLA_FLAGS "
OVERRULED += "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"


def check_surroundings():
    """ImportError, in one sentence, where the wrong Python or the wrong packages are at hand."""
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        here = "Python {}.{}".format(*sys.version_info)
        raise ImportError(f"{here} runs here, not 3.11, 3.12 or 3.13: {WAY_OUT}")
    for name, lowest in NEEDED.items():
        module = MODULES.get(name, name)
        found = util.find_spec(module)
        if found is None:
            raise ImportError(f"{name} is missing in {sys.prefix}: {WAY_OUT}")
        if found.origin == os.path.abspath(f"{module}.py"):
            way_out = "rename it, then restart the kernel."
            raise ImportError(f"{found.origin} hides the package {name}: {way_out}")
        with suppress(metadata.PackageNotFoundError):  # has another name there, like tensorflow-cpu
            version = metadata.version(name)
            if _numbers(version) < _numbers(lowest):
                raise ImportError(f"{name} {version} is older than {lowest}: {WAY_OUT}")


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
    """Overrule XLA's flags but those that every XLA knows: it ends the process at one that it does not."""
    given = os.environ.get("XLA_FLAGS", "").split()
    kept = [flag for flag in given if flag.startswith(KNOWN)]
    os.environ["XLA_FLAGS"] = " ".join([FLAGS, *kept])


def import_tensorflow():
    """Import TensorFlow before anything else does, and Keras with its own defaults."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    cores = str(
        import_module("joblib").cpu_count()
    )  # heeds a container's quota; TensorFlow does not
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", cores)
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", cores)
    os.environ.update(KERAS_BACKEND="tensorflow", KERAS_NNX_ENABLED="false")
    for name in OVERRULED.split():
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
