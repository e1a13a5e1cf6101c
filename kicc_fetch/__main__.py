import sys

from kicc_fetch.cli import main

if __name__ == "__main__":
    sys.exit(main())
