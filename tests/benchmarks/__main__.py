"""All benchmarks: `make bench`."""

from tests.benchmarks import browser, trainer
from tests.browser.lab import find_chromium

trainer.benchmark()
print("\nAn explorer in JupyterLab\n")
if find_chromium():
    browser.main()
else:
    print("not measured: no Chromium or Chrome on the PATH")
