"""What holds for each exercise: its solution, its wrong attempts, its two languages."""

import ast
import re
from collections import Counter
from string import Formatter

import pytest

from dlscratch.exercises import exercises
from dlscratch.exercises.examine import examine
from dlscratch.exercises.exercise import FOLDER, HOLE, functions
from dlscratch.exercises.texts import COMMAND, COMMON

EVERY = exercises()
MODULES = {exercise: exercise.module for exercise in EVERY}
pytestmark = pytest.mark.parametrize("exercise", EVERY, ids=lambda exercise: exercise.name)


def key_of(exercise, source):
    return examine(exercise, source, f"{exercise.name}.py").key


def test_the_solution_passes_in_both_languages(exercise):
    assert key_of(exercise, exercise.solution("en")) == "done"
    assert key_of(exercise, exercise.solution("zh")) == "done"


def test_other_ways_to_write_it_pass_too(exercise, replaced):
    ways = MODULES[exercise].OTHER_WAYS
    assert len(ways) >= 2
    for changes in ways:
        assert key_of(exercise, replaced(exercise, changes)) == "done", changes


def test_no_wrong_attempt_passes_and_each_gets_its_message(exercise, replaced):
    attempts = MODULES[exercise].ATTEMPTS
    assert len({key for key, _ in attempts}) >= 5
    for key, changes in attempts:
        assert key_of(exercise, replaced(exercise, changes)) == key, changes


def test_each_hole_is_told_by_name_until_it_is_filled(exercise):
    """The functions of the hole, filled one after the other, in the order of the file."""
    solved = ast.parse(exercise.solution())
    source = exercise.hole()
    holes = source.count(HOLE)
    assert holes >= 1
    for left in range(holes, 0, -1):
        finding = examine(exercise, source, "file.py")
        assert finding.key == "hole" and source.count(HOLE) == left
        name = finding.fields["function"]
        source = filled(source, name, solved)
    assert key_of(exercise, source) == "done"


def test_a_forgotten_return_is_told_as_such(exercise):
    """The last return of each function that the learner writes is taken out."""
    solved = exercise.solution()
    given, written = (list(functions(ast.parse(text))) for text in (exercise.hole(), solved))
    for hole, function in zip(given, written, strict=True):
        if isinstance(hole.body[0], ast.Raise) and isinstance(function.body[-1], ast.Return):
            tree = ast.parse(solved)
            (same,) = [f for f in functions(tree) if f.lineno == function.lineno]
            same.body[-1] = ast.Expr(same.body[-1].value)
            assert key_of(exercise, ast.unparse(tree)) == "none", function.name


def filled(source, name, solved):
    """The source with the function `name`, such as Relu.forward, as in the tree `solved`."""
    tree = ast.parse(source)
    *classes, function = name.split(".")
    spots = [tree, solved]
    for kind in classes:
        spots = [next(n for n in s.body if getattr(n, "name", "") == kind) for s in spots]
    here, there = (next(n for n in s.body if getattr(n, "name", "") == function) for s in spots)
    here.body = there.body
    return ast.unparse(tree)


def test_functions_that_do_nothing_do_not_pass(exercise):
    for body in "pass", "return 0", "return 0, 0":
        assert key_of(exercise, exercise.hole().replace(HOLE, body)) != "done"


def test_the_file_that_a_learner_gets_is_small_and_needs_numpy_alone(exercise):
    hole = exercise.hole()
    assert len(hole.splitlines()) <= 80
    imports = [node for node in ast.walk(ast.parse(hole)) if isinstance(node, ast.Import)]
    assert {alias.name for node in imports for alias in node.names} <= {"numpy"}
    assert "# given" not in hole + exercise.solution()


def test_the_lesson_names_the_section_and_shows_an_example(exercise):
    title, _, rest = exercise.lesson("en").partition("\n")
    chapter_and_section = ".".join(exercise.section.split(".")[:2])
    assert chapter_and_section in title and title.endswith(".")
    assert "Write" in rest and ">>> " in rest  # the example itself is run as a doctest


# ---- both languages


def numbers(text):
    return Counter(re.findall(r"\d+(?:\.\d+)*(?:e-?\d+)?", text))


def code(text):
    return Counter(re.findall(r"`[^`]+`|self\.\w+|np\.\w+", text))


def test_both_lessons_have_the_same_example_formulas_and_numbers(exercise):
    english, chinese = exercise.lesson("en"), exercise.lesson("zh")
    assert english[english.index(">>> ") :] == chinese[chinese.index(">>> ") :]
    assert numbers(english) == numbers(chinese) and code(english) == code(chinese)
    paragraphs = [len(re.findall(r"\n\n", text)) for text in (english, chinese)]
    assert paragraphs[0] == paragraphs[1]
    assert re.search(r"[\u4e00-\u9fff]", chinese) and not re.search(r"[\u4e00-\u9fff]", english)


def test_hints_and_messages_say_the_same_in_both_languages(exercise):
    module = MODULES[exercise]
    assert len(module.HINTS) == 3
    for text in [*module.HINTS, *module.SAYS.values()]:
        expect_same(text)


def test_each_message_is_used(exercise):
    source = (FOLDER / exercise.name / "__init__.py").read_text(encoding="utf-8")
    for key in MODULES[exercise].SAYS:
        uses = re.findall(rf'"{key}"|\b{key}=', source)
        assert len(uses) >= 2, f"{key} is defined and never told"


def expect_same(text):
    assert re.search(r"[\u4e00-\u9fff：。]", text.zh) or text.zh == text.en, text
    assert not re.search(r"[\u4e00-\u9fff]", text.en), text
    assert numbers(text.en) == numbers(text.zh) and code(text.en) == code(text.zh), text
    fields = [sorted(name for _, name, *_ in Formatter().parse(t) if name) for t in text]
    assert fields[0] == fields[1], text


def test_what_all_exercises_say_is_the_same_in_both_languages(exercise):
    if exercise == EVERY[0]:
        for text in [*COMMON.values(), *COMMAND.values()]:
            expect_same(text)


def test_a_chapter_has_one_exercise_on_the_fast_track(exercise):
    fast = [other for other in exercises(fast=True) if other.chapter == exercise.chapter]
    assert len(fast) == 1
