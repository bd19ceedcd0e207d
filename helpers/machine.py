"""How a run uses this machine: its threads, and how XLA compiles. Set before NumPy and TensorFlow are imported."""

import os
from importlib import import_module

# One thread a run: the network is so small that sharing it between cores costs time. And its loops, which XLA
# would run step by step, become one piece of machine code, as tiny ones do; products of
# matrices too, even large ones, which XLA would do in its slowest way there. An XLA without these ignores them.
FLAGS = (
    "--xla_cpu_multi_thread_eigen=false "
    "--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=1000000000,"
    "xla_force_enable_experimental_llvm_ir_gemm=true"
)
KNOWN = ("--xla_gpu_cuda_data_dir=", "--xla_dump_")


def set_variables():
    """Set what the user has not set, but of XLA's flags keep those alone that every XLA knows: others end the process."""
    # Two threads of NumPy wait for each other while the browser has the second core.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    kept = [flag for flag in os.environ.get("XLA_FLAGS", "").split() if flag.startswith(KNOWN)]
    os.environ["XLA_FLAGS"] = " ".join([FLAGS, *kept])
    # It heeds the quota of a container; TensorFlow does not.
    cores = str(import_module("joblib").cpu_count())
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", cores)
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", cores)
