"""Parameters: names for the reader, one vector for the machine, never the two apart."""

import copy
import pickle

import numpy as np
import pytest

from dlscratch import Parameters


@pytest.fixture
def params():
    made = Parameters({"W1": (2, 3), "b1": (3,), "a1": ()}, np.float32)
    made.flat[:] = np.arange(10)
    return made


def test_the_arrays_are_windows_on_the_vector(params):
    np.testing.assert_array_equal(params["W1"], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(params["b1"], [6, 7, 8])
    assert params["a1"] == 9
    params["b1"][0] = -1
    params["W1"] += 10
    np.testing.assert_array_equal(params.flat, [10, 11, 12, 13, 14, 15, -1, 7, 8, 9])


def test_assignment_copies_into_the_array(params):
    array, value = params["b1"], np.array([1.0, 2.0, 3.0])
    params["b1"] = value
    value[:] = 0
    assert params["b1"] is array and array.dtype == np.float32
    np.testing.assert_array_equal(params.flat[6:9], [1, 2, 3])


@pytest.mark.parametrize("value", [5.0, [1, 2], [[1, 2, 3]]])
def test_an_assignment_of_another_shape_is_refused(params, value):
    with pytest.raises(ValueError, match=r"b1 has shape \(3,\), got an array of shape"):
        params["b1"] = value
    np.testing.assert_array_equal(params["b1"], [6, 7, 8])


def test_an_unknown_name_is_refused_with_the_known_ones(params):
    with pytest.raises(KeyError, match="no parameter 'W2' here; there are W1, b1, a1"):
        params["W2"]
    with pytest.raises(KeyError, match="W2"):
        params["W2"] = np.ones(3)
    assert "W2" not in params and "W1" in params and params.get("W2") is None


def test_it_is_a_mapping_in_the_order_of_the_layers(params):
    assert list(params) == ["W1", "b1", "a1"] and len(params) == 3
    assert params.shapes() == {"W1": (2, 3), "b1": (3,), "a1": ()}
    assert {name: array.shape for name, array in params.items()} == params.shapes()


@pytest.mark.parametrize(
    "duplicate",
    [copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p)), Parameters.copy_of],
    ids=["copy", "deepcopy", "pickle", "copy_of"],
)
def test_a_copy_has_windows_on_a_vector_of_its_own(params, duplicate):
    other = duplicate(params)
    assert list(other) == list(params) and other.flat.dtype == np.float32
    np.testing.assert_array_equal(other.flat, params.flat)
    other.flat[:] = 1
    assert np.all(other["W1"] == 1) and params["W1"][0, 1] == 1 and params["W1"][1, 2] == 5


def test_two_are_aligned_if_names_order_and_shapes_agree(params):
    assert params.aligned(Parameters.copy_of(params))
    reversed_ = {name: params[name] for name in reversed(list(params))}
    assert not params.aligned(Parameters.copy_of(reversed_))
    assert not params.aligned(Parameters({"W1": (3, 2), "b1": (3,), "a1": ()}, np.float32))


@pytest.mark.parametrize("dtype", [np.float64, np.int64])
def test_arrays_of_several_dtypes_are_refused(dtype):
    arrays = {"W1": np.ones(2, np.float32), "b1": np.ones(2, dtype)}
    with pytest.raises(ValueError, match=f"one floating .* got W1 float32, b1 {dtype.__name__}"):
        Parameters.copy_of(arrays)


def test_whole_numbers_are_refused():
    """A network takes its inputs in the dtype of its parameters: integers would truncate them."""
    with pytest.raises(ValueError, match=r"got W1 int64: use W.astype\(np.float32\)"):
        Parameters.copy_of({"W1": np.ones(2, np.int64)})


def test_a_new_set_is_all_zeros():
    for _ in range(3):  # memory that was in use before is not shown
        made = Parameters({"W1": (1000,)}, np.float64)
        assert not made.flat.any()
        made.flat[:] = 7


def test_there_may_be_no_parameters_at_all():
    assert len(Parameters({}, np.float32)) == 0
    assert Parameters.copy_of({}).flat.size == 0


def test_the_repr_counts_the_numbers():
    shown = repr(Parameters({"W1": (40, 50), "b1": (50,)}, np.float32))
    assert shown == "Parameters(W1 (40, 50), b1 (50,); 2,050 numbers, float32)"
