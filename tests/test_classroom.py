"""The load test of a class: what it may be asked for."""

from tests.benchmarks.classroom import options

import pytest


@pytest.mark.parametrize("number", ["0", "61", "-1", "1.5", "x", ""])
def test_a_class_has_one_to_sixty_students(number, capsys):
    with pytest.raises(SystemExit):
        options([number])
    assert "N must be a whole number from 1 to 60" in capsys.readouterr().err
