"""Sections 5.3 to 5.7: nodes, layers and their gradients at the prompt.

The session is the file repl.txt beside this script. The script types every line of it into Python
and compares the answers with those in the file, so that what you read there is what you will see.

    python ch05/repl.py

Last line with the default seed: 65 inputs typed, every answer as shown
"""

from pathlib import Path

from dlscratch.experiment import replay, run


def main(args):
    replay(Path(__file__).with_name("repl.txt"))


if __name__ == "__main__":
    run(main, __doc__)
