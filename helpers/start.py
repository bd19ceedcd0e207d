"""Import TensorFlow quietly, with the compiler settings that the live runs want.

TensorFlow prints start-up notes from C++ to file descriptor 2, whatever its log level says; in a notebook
they would be red text under the first cell. They go nowhere instead, and only while it is imported:
an import that fails still says why.
"""

import os
import sys
from contextlib import suppress


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
    finally:
        os.dup2(saved, 2)
        os.close(saved)


import_tensorflow()
