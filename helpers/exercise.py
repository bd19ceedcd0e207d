"""Exercises that say whether they are solved."""

from contextlib import contextmanager


@contextmanager
def exercise(name: str):
    """Check an exercise with plain `assert`s; say "Solved", or what is still wrong, in one sentence.

    Nothing is raised: a notebook with open exercises runs from top to bottom.
    """
    try:
        yield
    except AssertionError as wrong:
        print(f"Not solved yet, {name}: {wrong or 'a check failed.'}")
    except Exception as error:
        print(f"Not solved yet, {name}: the code stopped with {type(error).__name__}: {error}")
    else:
        print(f"Solved, {name}.")
