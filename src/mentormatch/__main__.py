"""The command line, for ``python -m mentormatch``."""

from mentormatch.cli import main

if __name__ == "__main__":
    main()
