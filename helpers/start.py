"""Import TensorFlow, Keras and matplotlib quietly, whatever surrounds them; where that fails, one sentence says why.

TensorFlow prints start-up notes from C++ to file descriptor 2, whatever its log level says, and matplotlib
complains of a home folder that it cannot write into; in a notebook either would be red text.
"""

import builtins
import logging
import os
import sys
from contextlib import contextmanager, suppress
from importlib import import_module, util

from helpers.machine import set_variables

# Keras before TensorFlow, which it imports when it has read its own file.
NEEDED = {"anywidget": [0, 9], "matplotlib": [3, 10], "keras": [3], "tensorflow": [2, 20]}
WAY_OUT = "open the notebooks with make lab; if you did, call make clean env."


@contextmanager
def silence():
    """Meanwhile nothing is heard of file descriptor 2, nor from loggers what is less than an error."""
    sys.stderr.flush()
    saved = os.dup(2)
    logging.disable(logging.WARNING)
    try:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        logging.disable(logging.NOTSET)
        os.dup2(saved, 2)
        os.close(saved)


def import_packages():
    """Import them; ImportError where one is missing or old."""
    for name, lowest in NEEDED.items():
        version = import_module(name).__version__
        if [int(number) for number in version.split(".")[:2]] < lowest:
            raise ImportError(f"{name} {version} is too old")
    import_module("matplotlib.font_manager")  # which may have to list the fonts, and says so


def prepare_tensorflow():
    """Let it find the devices and compile a first program, which prints notes; and overrule a keras.json."""
    import keras
    import tensorflow as tf

    with suppress(RuntimeError):  # TensorFlow was used before
        for gpu in tf.config.list_physical_devices("GPU"):  # leave room for others
            tf.config.experimental.set_memory_growth(gpu, True)
    with tf.device("CPU:0"):
        tf.function(lambda: tf.zeros(1), jit_compile=True)()
    tf.get_logger().setLevel("ERROR")
    keras.config.set_floatx("float32")


def show_figures():
    """In a notebook, overrule an MPLBACKEND that shows nothing there."""
    shell = getattr(builtins, "get_ipython", lambda: None)()
    if hasattr(shell, "kernel") and "inline" not in os.environ.get("MPLBACKEND", "inline"):
        shell.enable_matplotlib("inline")


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["KERAS_BACKEND"] = "tensorflow"
for name in NEEDED:
    found = util.find_spec(name)
    if found and found.origin == os.path.abspath(f"{name}.py"):
        way_out = "rename it, then restart the kernel."
        raise ImportError(f"{found.origin} hides the package {name}: {way_out}")
try:
    with silence():
        set_variables()
        import_packages()
        prepare_tensorflow()
except Exception as error:
    reason = str(error).strip().partition("\n")[0]
    raise ImportError(f"{sys.prefix} lacks what is needed ({reason}): {WAY_OUT}") from None
show_figures()
