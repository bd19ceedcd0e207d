"""Write the site: `make site`.

    python -m tools.pages build/site [most]

most: how many stops a slider may have; without it, all that the pages offer.
"""

import sys
from pathlib import Path

from tools.pages.build import main

if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
