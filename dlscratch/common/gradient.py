"""The book's `numerical_gradient(f, x)` (section 4.4): read `dlscratch.gradient`."""

from dlscratch.gradient import numerical_gradient

__all__ = ["numerical_gradient"]
