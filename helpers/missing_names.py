"""A cell that needs a cell above says so in one sentence instead of a traceback.

Imported with the helpers, and executed as a file when a kernel of this project starts: before the
first cell there are no helpers yet, and importing them would take seconds.
"""


def say_what_is_missing(shell, kind, error, traceback, tb_offset=None):
    """Show a NameError as a sentence; nothing else about it helps a student."""
    if kind is not NameError or not error.name:
        shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
        return
    sentence = (
        f"{error.name!r} is not known yet: a cell further up defines it. Run the cells above first "
        "(menu Run, Run All Above Selected Cell); if no cell defines it, look for a slip in the spelling."
    )
    shell._showtraceback(kind, error, [f"NameError: {sentence}"])


def explain_missing_names():
    """Install the explanation, in a notebook only."""
    try:
        shell = get_ipython()
    except NameError:
        return
    if hasattr(shell, "kernel"):
        shell.set_custom_exc((NameError,), say_what_is_missing)


explain_missing_names()
