"""Figures 2-5 and 2-12: the XOR gate takes two layers of perceptrons (section 2.5.2).

No single perceptron can do it, because no straight line separates its points (gate_regions.py).
Layer 1 computes s1 = NAND and s2 = OR from the same inputs, layer 2 combines them with AND. More
layers can represent more functions: this is why deep networks exist.

    python ch02/xor_gate.py

Last line with the default seed:  1  1 |  0  1 |  0
"""

from ch02.and_gate import AND
from ch02.nand_gate import NAND
from ch02.or_gate import OR
from ch02.perceptron import INPUTS
from dlscratch.book.experiment import run


def XOR(x1, x2):
    s1 = NAND(x1, x2)
    s2 = OR(x1, x2)
    return AND(s1, s2)


def main(args):
    print("x1 x2 | s1 s2 | XOR")
    for x1, x2 in INPUTS:
        print(f" {x1}  {x2} |  {NAND(x1, x2)}  {OR(x1, x2)} |  {XOR(x1, x2)}")


if __name__ == "__main__":
    run(main, __doc__)
