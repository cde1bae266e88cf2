"""A learner's file, looked at without running it."""

import pytest

from dlscratch.exercises.source import first_hole, function_at, is_tried, is_untouched, language


def test_a_file_in_which_only_comments_changed_is_untouched(relu):
    assert is_untouched(relu.hole("zh"), relu)
    assert is_untouched(relu.hole() + "\n# my notes\n", relu)
    assert not is_untouched(relu.solution(), relu)
    assert not is_untouched("x = (", relu) and not is_untouched("", relu)


@pytest.mark.parametrize("body", ["pass", "...", "return None", "return x", "raise ValueError"])
def test_a_body_of_nothing_is_no_try(body, relu):
    assert not is_tried(relu.hole(), relu)
    assert not is_tried(relu.hole().replace("raise NotImplementedError", body), relu)


def test_one_function_filled_is_a_try(relu):
    source = relu.hole().replace("raise NotImplementedError", "return np.abs(x)", 1)
    assert is_tried(source, relu)
    assert not is_tried(source + "(", relu)  # it cannot run yet: the check says so


def test_the_language_is_that_of_the_file(relu):
    assert (language(relu.hole("en")), language(relu.hole("zh"))) == ("en", "zh")


def test_a_line_belongs_to_a_method_of_a_class(relu):
    lines = relu.hole().splitlines()
    numbers = [i + 1 for i, line in enumerate(lines) if "NotImplementedError" in line]
    names = [function_at(number, relu.hole()) for number in numbers]
    assert names == ["Relu.forward", "Relu.backward"]
    assert function_at(1, relu.hole()) == ""
    assert first_hole(relu.hole()).fields["function"] == "Relu.forward"
    assert first_hole(relu.solution()) is None
