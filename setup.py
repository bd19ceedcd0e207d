"""Lets an editable installation, too, bring the data files that pyproject.toml names."""

from setuptools import Distribution, setup

Distribution.has_data = Distribution.has_data_files  # the name by which editable_wheel asks for it
setup()
