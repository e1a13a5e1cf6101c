import sys

from kicc_send.cli import main

if __name__ == "__main__":  # worker processes import this module again
    sys.exit(main())
