"""The lesson computes on the CPU, wherever a student's other cells compute."""

import os
import subprocess
import sys

from tests.test_kernel import ROOT

import pytest

PLACED = """
import tensorflow as tf
(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
tf.config.set_soft_device_placement(False)
tf.debugging.set_log_device_placement(True)
{before}
from helpers import RAVINE, Experiment, descend, fit_keras, range_test, train
experiment = Experiment(epochs=2, patience=1)
with tf.device("CPU:1"):  # as it is everywhere on a machine with a GPU
    {lesson}
"""
LESSON = {
    "train": "train(experiment)",
    "range_test": "range_test(experiment)",
    "fit_keras": "fit_keras(experiment)",
    "descend": "descend(RAVINE, 0.05, 0.5, 10)",
}


def placed(lesson, before=""):
    """How many operations were executed on the first device, and on the second."""
    command = [sys.executable, "-c", PLACED.format(lesson=lesson, before=before)]
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "0"}
    run = subprocess.run(command, env=quiet, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    lines = [line for line in run.stderr.splitlines() if "Executing op" in line]
    return [sum(line.endswith(f"/device:CPU:{number}") for line in lines) for number in (0, 1)]


def test_a_students_own_cells_are_placed_where_they_say():
    assert placed("tf.zeros(1)")[1] > 0


@pytest.mark.parametrize("reading", LESSON)
def test_the_lesson_is_placed_on_the_cpu(reading):
    first, second = placed(LESSON[reading], before="tf.zeros(1)")
    assert first > 3
    assert second == 0
