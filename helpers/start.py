"""Import TensorFlow quietly, with the compiler settings that the live runs want.

TensorFlow prints start-up notes from C++ to file descriptor 2, whatever its log level says, and matplotlib
complains of a home folder that it cannot write into; in a notebook either would be red text under the
first cell. They go nowhere instead, and only during the import: one that fails says why in one sentence.
"""

import os
import re
import sys
from contextlib import redirect_stderr, suppress
from importlib import import_module, metadata, util

NEEDED = {
    "tensorflow": "2.20",
    "keras": "3",
    "ipywidgets": "8.1",
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


def import_matplotlib():
    """Import matplotlib; it may have to list the fonts first, and says so."""
    with open(os.devnull, "w") as nowhere, redirect_stderr(nowhere):
        import_module("matplotlib.font_manager")


def import_tensorflow():
    """Import TensorFlow before anything else does."""
    # One thread a run: the network is so small that sharing it between cores costs time.
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    sys.stderr.flush()
    saved = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        import tensorflow as tf

        with suppress(RuntimeError):  # TensorFlow was used before
            tf.config.set_visible_devices([], "GPU")  # for so small a network a GPU is a detour
        tf.config.list_logical_devices()  # has its own notes to print
        tf.get_logger().setLevel("ERROR")
    except ImportError as error:
        reason = str(error).strip().partition("\n")[0]
        raise ImportError(f"TensorFlow cannot be imported ({reason}): {WAY_OUT}") from None
    finally:
        os.dup2(saved, 2)
        os.close(saved)


check_surroundings()
import_matplotlib()
import_tensorflow()
