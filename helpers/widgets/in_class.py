"""What a teacher sets for every explorer of a class, in one environment variable of its kernels.

    LESSON_CLASS="seeds=3 regions=off busy=always"

seeds    how many more seeds an explorer trains while its slider rests, 0 to 30; without a word of it 10
regions  on or off: whether an explorer of the learning rate alone begins with decision regions; on
busy     auto, always or never: whether the machine is busy, so that explorers leave for later what can
         wait (pace.py); auto measures it

Students may still choose seeds and regions on each explorer. What cannot be understood is told in a sentence
where helpers are imported, and nothing of the variable is heeded.
"""

import os
from typing import NamedTuple

NAME = "LESSON_CLASS"


class Settings(NamedTuple):
    """What explorers begin with, and whether they spare the machine."""

    seeds: int = 10
    regions: bool = True
    busy: str = "auto"


ALLOWED = {
    "seeds": {str(number): number for number in range(31)},
    "regions": {"on": True, "off": False},
    "busy": {word: word for word in ("auto", "always", "never")},
}
"""Setting: what may be written, and what it means."""


def settings_of(words: str) -> Settings:
    """What the words set; ValueError for a word that means nothing."""
    given = {}
    for word in words.split():
        name, _, value = word.partition("=")
        if value not in ALLOWED.get(name, ()):
            raise ValueError(
                f"{NAME} has {word!r}, but may have: seeds=0 to seeds=30, regions=on or "
                "regions=off, busy=auto, busy=always or busy=never. Explorers begin as without it."
            )
        given[name] = ALLOWED[name][value]
    return Settings(**given)


def read() -> Settings:
    """What the environment sets; nothing, and a sentence, where it cannot be understood."""
    try:
        return settings_of(os.environ.get(NAME, ""))
    except ValueError as error:
        print(error)
        return Settings()


SETTINGS = read()
