"""python -m dlscratch: the `dlscratch` command."""

from dlscratch.cli import main

if __name__ == "__main__":  # a script's worker processes import this file, too
    raise SystemExit(main())
