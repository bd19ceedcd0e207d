"""The lesson computes on the CPU, wherever a student's other cells compute."""

import os
import re
import subprocess
import sys

from tests.test_kernel import ROOT

PLACED = """
import sys
import tensorflow as tf
(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
tf.config.set_soft_device_placement(False)
tf.debugging.set_log_device_placement(True)
tf.zeros(1)
from helpers import RAVINE, Experiment, descend, fit_keras, range_test, train
experiment = Experiment(epochs=2, patience=1)
READINGS = {
    "own cells": lambda: tf.zeros(1),
    "train": lambda: train(experiment),
    "range_test": lambda: range_test(experiment),
    "fit_keras": lambda: fit_keras(experiment),
    "descend": lambda: descend(RAVINE, 0.05, 0.5, 10),
}
for name, reading in READINGS.items():
    print(f"[{name}]", file=sys.stderr, flush=True)
    with tf.device("CPU:1"):  # as it is everywhere on a machine with a GPU
        reading()
"""


def placed():
    """Reading: how many operations were executed on the first device, and on the second."""
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "0"}
    command = [sys.executable, "-c", PLACED]
    run = subprocess.run(command, env=quiet, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    _, *parts = re.split(r"^\[(.*)\]\n", run.stderr, flags=re.MULTILINE)
    return {
        name: [len(re.findall(f"Executing op.*/device:CPU:{n}$", text, re.M)) for n in (0, 1)]
        for name, text in zip(parts[::2], parts[1::2], strict=True)
    }


def test_the_lesson_is_placed_on_the_cpu_and_a_students_own_cells_where_they_say():
    own, *lesson = placed().values()
    assert own[0] == 0
    assert own[1] > 0
    assert len(lesson) == 4
    for first, second in lesson:
        assert first > 0
        assert second == 0
