"""All benchmarks: `make bench`."""

from tests.benchmarks import browser, site, trainer
from tests.browser.lab import find_chromium

trainer.benchmark()
if find_chromium():
    browser.benchmark()
    site.benchmark()
else:
    print("\nThe explorers were not measured: no Chromium or Chrome on the PATH")
