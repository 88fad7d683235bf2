"""Work on the pages.

python -m press refresh [PAGE...]   write the output that they show anew
python -m press pictures            draw their pictures anew
python -m press build               build the site, in build/docs/html
"""

import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Do what is asked; give the exit status."""
    match arguments:
        case ["build"]:
            from press.site import build

            return build()
        case ["refresh", *names]:
            from press.refresh import pages, refresh

            return refresh([Path(name).resolve() for name in names] or pages())
        case ["pictures"]:
            from press.pictures import draw
            from press.refresh import pages

            draw(pages())
            return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
