"""A cell that needs a cell above, or finds other helpers, says so in one sentence instead of a traceback.

Imported with the helpers, and executed as a file when a kernel of this project starts: before the
first cell there are no helpers yet, and importing them would take seconds.
"""

import builtins
import os


def say_what_is_missing(shell, kind, error, traceback, tb_offset=None):
    """Show the error as a sentence, where nothing else about it helps a student."""
    if kind is NameError and error.name:
        sentence = (
            f"{error.name!r} is not known yet: a cell further up defines it. Run the cells above first "
            "(menu Run, Run All Above Selected Cell); if no cell defines it, look for a slip in the spelling."
        )
    elif error.name == "helpers" and error.path == os.path.abspath("helpers.py"):
        sentence = f"{error.path} hides the lesson's helpers: rename it, then restart the kernel."
    else:
        shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
        return
    shell._showtraceback(kind, error, [f"{kind.__name__}: {sentence}"])


if hasattr(getattr(builtins, "get_ipython", lambda: None)(), "kernel"):
    builtins.get_ipython().set_custom_exc((NameError, ImportError), say_what_is_missing)
