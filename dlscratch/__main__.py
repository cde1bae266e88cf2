"""python -m dlscratch: the `dlscratch` command."""

from dlscratch.cli import main

raise SystemExit(main())
