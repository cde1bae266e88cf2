"""Exercises: the learner writes the code, the check says what is right and what to look at.

An exercise is a folder here, called by its section: ch05_5_1_relu is the ReLU of section 5.5.1. It
is found by itself, and holds two files. solution.py is the lesson (its docstring, with an example
that doctest runs) and the answer. What a learner gets is this file with the body of each function
replaced by `raise NotImplementedError`; a function whose `def` line ends in `# given` is kept. Any
comment between `def` and the first statement stays. The other file, __init__.py, holds the rest:

    LESSON_ZH    the docstring of solution.py in Chinese, with the same example
    HINTS        three times Text(English, Chinese); the last one nearly gives it away
    SAYS         the usual mistakes: key -> Text(English, Chinese), one or two sentences each
    ERRORS       optional: a pattern of "function: type: text" of an exception -> the key of the
                 mistake behind it
    FAST         optional: True for the one exercise of a chapter on the fast track
    check(their) looks at what the learner wrote, their.Relu for instance; see checking.py
    ATTEMPTS     five or more wrong attempts: (the key that the learner must read, {what is replaced
                 in the solution: by what}); the tests hold the check to them
    OTHER_WAYS   solutions that are right, too, made in the same way

To add one, copy the folder of a similar exercise and run `pytest tests/exercises`: it tests every
folder. In check, compare values first, `expect(got, right, "call", key=value)`, where value is what
the mistake `key` would return; end with `expect_gradients`, which finds the rest.

exercise.py reads such a folder, source.py looks at a learner's file without running it, examine.py
runs it, process.py does so in a process of its own, workbook.py is the learner's folder, watch.py
checks whenever a file is saved, texts.py holds what all exercises say.
"""

from dlscratch.exercises.exercise import Exercise, exercises
from dlscratch.exercises.finding import Finding
from dlscratch.exercises.process import check_file

__all__ = ["Exercise", "Finding", "check_file", "exercises"]
