"""The book's `numerical_gradient(f, x)` (section 4.4): read `dlscratch.gradcheck.numerical`."""

from dlscratch.gradcheck.numerical import numerical_gradient

__all__ = ["numerical_gradient"]
