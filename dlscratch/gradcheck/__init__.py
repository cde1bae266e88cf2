"""Numerical gradients, and gradient checks of backward passes (sections 4.3, 4.4 and 5.7.3).

numerical.py measures a slope, check.py and comparison.py compare it with what a backward pass
returns, diagnosis.py and experiments.py name the likely cause of a difference.
"""

from dlscratch.gradcheck.check import Verdict, check_gradients
from dlscratch.gradcheck.comparison import GradientCheck
from dlscratch.gradcheck.numerical import numerical_diff, numerical_gradient

__all__ = ["GradientCheck", "Verdict", "check_gradients", "numerical_diff", "numerical_gradient"]
