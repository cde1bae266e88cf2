"""Defects measured in comparable code, none of which may exist here: where each one is tested.

An index, not a second set of tests. The tests stand with the code that they are about; here it is
held that they are still there, under the names that this page gives them.
"""

import ast
from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

WRONG_OR_SILENT_NUMBERS = """
1  ReLU.backward writes into the caller's dout
   layers/test_every_layer.py::test_no_argument_and_no_parameter_is_written_to
   layers/test_activations.py::test_relu_does_not_write_into_the_gradient_of_a_residual_block
   test_network.py::test_no_argument_is_written_to
2  SoftmaxWithLoss.backward ignores dout
   layers/test_losses.py::test_backward_is_scaled_by_dout
   test_checking.py::test_a_mistake_is_caught_and_named
3  labels of shape (N, 1) broadcast to N x N
   test_functions.py::test_labels_that_do_not_fit_are_refused_with_both_shapes
   test_functions.py::test_mean_squared_error_refuses_targets_that_would_broadcast
   layers/test_losses.py::test_targets_that_do_not_fit_are_refused
   test_network.py::test_labels_that_do_not_fit_are_refused
4  one-hot labels guessed from sizes, soft targets rounded to a class
   test_functions.py::test_classes_are_told_by_their_dimensions_even_when_the_sizes_agree
   test_functions.py::test_one_hot_labels_of_any_dtype_mean_the_same_as_classes
   layers/test_losses.py::test_targets_of_probabilities_are_not_rounded_to_a_class
5  label -1 accepted, the loss capped at 16.118, its gradient another one
   test_functions.py::test_labels_that_do_not_fit_are_refused_with_both_shapes
   layers/test_losses.py::test_a_sure_and_wrong_prediction_costs_its_full_price
   layers/test_losses.py::test_the_gradient_is_right
6  BatchNorm on images: statistics per pixel, zeros for a batch of one
   layers/test_batch_norm.py::test_an_image_batch_is_normalised_per_channel_not_per_pixel
   layers/test_batch_norm.py::test_training_on_one_value_per_feature_is_refused
7  the running variance starts at 0
   layers/test_batch_norm.py::test_before_any_training_evaluating_leaves_x_almost_as_it_is
8  pooling ignores its pad, or a border of zeros wins
   layers/test_pooling.py::test_every_number_is_what_loops_find
   layers/test_pooling.py::test_padding_never_wins_against_negative_numbers
9  float32 or float16 in, float64 out
   layers/test_every_layer.py::test_the_dtype_is_kept
   layers/test_losses.py::test_the_gradient_has_the_dtype_of_the_scores
   test_im2col.py::test_the_dtype_is_kept
   test_network.py::test_the_arrays_between_the_layers_keep_the_dtype_too
   test_workers.py::test_the_dtype_is_kept
10 "float16" parameters that are float64
   test_network.py::test_astype_is_a_copy_in_another_dtype
   test_network.py::test_float16_weights_give_float16_predictions_close_to_those_of_float32
11 numerical_gradient truncates integers, works in float32, does not restore x
   test_gradient.py::test_integers_are_not_truncated
   test_gradient.py::test_numbers_too_coarse_for_h_are_refused
   test_gradient.py::test_x_is_restored_when_f_raises
12 accuracy drops the last short batch
   test_network.py::test_a_perfect_network_scores_one_whatever_the_number_of_rows
13 an epoch that is no whole number of steps: 1 evaluation instead of 10
   test_trainer.py::test_the_history_has_one_point_an_epoch_and_one_loss_a_step
14 samples with replacement: an epoch sees 63 % of the data
   test_trainer.py::test_an_epoch_is_a_permutation_of_the_rows_the_last_short_batch_included
15 a second forward pass only to print the loss
   test_trainer.py::test_the_loss_is_that_before_the_update_and_costs_no_second_forward
   test_network.py::test_loss_and_gradient_come_from_one_forward_and_one_backward
16 sizes that do not fit fail in a matrix product
   test_im2col.py::test_sizes_that_do_not_fit_are_refused_by_name
   layers/test_convolution.py::test_images_that_do_not_fit_are_refused
   layers/test_pooling.py::test_images_that_do_not_fit_are_refused
17 Dropout.backward with no mask or a stale one
   layers/test_dropout.py::test_backward_uses_the_mask_of_the_forward_before_it
   layers/test_dropout.py::test_after_an_evaluating_pass_backward_passes_everything
   layers/test_every_layer.py::test_backward_before_forward_says_so
18 Dropout.backward never applies the mask
   layers/test_every_layer.py::test_the_gradient_is_right
   test_checking.py::test_a_mistake_is_caught_and_named
19 NaN for a perfect and sure prediction
   layers/test_losses.py::test_the_loss_is_finite_for_any_finite_scores
   test_functions.py::test_softmax_of_any_finite_scores_is_a_probability
20 an optimizer's formula or name wrong for years
   test_optimizers.py::test_nesterov_measures_the_slope_where_the_ball_is_about_to_be
   test_optimizers.py::test_rmsprop
   test_optimizers.py::test_all_optimizers_are_here
21 a scalar of float64 turns float32 arrays into float64
   test_optimizers.py::test_the_dtype_is_kept_in_parameters_and_in_memory
   test_trainer.py::test_the_dtype_is_kept_from_the_network_to_the_memory_of_the_optimizer
   layers/test_dropout.py::test_a_ratio_of_float64_does_not_turn_float32_into_float64
   layers/test_batch_norm.py::test_options_of_float64_do_not_turn_float32_into_float64
22 sigmoid overflows at -1000
   test_functions.py::test_sigmoid_does_not_overflow_at_any_number
   layers/test_activations.py::test_saturated_units_pass_no_gradient_and_raise_no_warning
23 60,000 images are evaluated at once
   test_network.py::test_no_chunk_is_larger_than_asked
"""

CHECKS_THAT_CANNOT_FAIL = """
a gradient check that starts from ones, or from the input itself
   test_checking.py::test_a_mistake_is_caught_and_named
   test_checking.py::test_dout_is_not_the_input_even_if_both_come_from_seed_0
a check on an input where every gradient is 0
   test_checking.py::test_an_input_on_which_every_gradient_vanishes_proves_nothing
   test_checking.py::test_batch_norm_on_a_batch_of_one_is_not_taken_for_a_proof
a check that prints, or takes a mean
   test_checking.py::test_the_verdict_names_the_worst_entry_and_both_values
   test_checking.py::test_one_wrong_element_among_thousands_is_seen_along_a_random_direction
a checker that nobody checked
   test_checking.py::test_a_mistake_is_caught_and_named
   test_checking.py::test_the_same_layer_without_the_mistake_passes
   layers/test_every_layer.py::test_the_checker_sees_a_thousandth_too_much_in_any_gradient
a forward pass that is wrong but agrees with its backward
   layers/test_convolution.py::test_every_number_is_what_loops_find
   layers/test_pooling.py::test_every_number_is_what_loops_find
   layers/test_batch_norm.py::test_each_number_is_normalised_with_its_own_feature
   test_im2col.py::test_every_row_is_one_window
   test_network.py::test_a_net_of_two_two_one_worked_by_hand
two tests of one name, of which the first never runs
   test_pitfalls.py::test_no_name_of_a_test_is_given_twice_in_a_file
the hard case switched off
   layers/test_every_layer.py::test_every_kind_of_layer_is_here
   test_pitfalls.py::test_no_test_is_switched_off
"""

RANDOMNESS = """
parameters kept in a set
   test_parameters.py::test_it_is_a_mapping_in_the_order_of_the_layers
the order of fixed batches is shuffled, instead of the rows
   test_trainer.py::test_batches_are_drawn_anew_from_the_generator_each_time
a generator as a default argument
   layers/test_dropout.py::test_two_layers_without_a_generator_draw_different_masks
   test_initializers.py::test_layers_without_a_generator_differ
   test_public_names.py::test_whatever_draws_takes_a_generator_and_needs_none
random runs that all use one seed, or are not the same with it
   test_trainer.py::test_two_trainings_with_one_seed_are_equal_to_the_bit
   test_workers.py::test_one_seed_and_one_number_of_workers_give_one_result_to_the_bit
   test_workers.py::test_each_worker_draws_masks_of_its_own
"""

FILES = """
a file written in place, half of which stays
   test_files.py::test_an_interrupted_write_leaves_the_old_file_and_nothing_else
   test_network.py::test_a_save_that_fails_leaves_the_old_file
   test_trainer.py::test_a_checkpoint_is_one_whole_file_written_after_each_epoch
a damaged IDX file is read as data
   dataset/test_idx.py::test_a_web_page_is_refused
   dataset/test_idx.py::test_three_labels_where_the_header_says_99_are_refused
   dataset/test_idx.py::test_every_flipped_bit_is_refused_or_harmless
a damaged or hostile pickle is loaded
   test_files.py::test_a_hostile_pickle_is_refused_and_never_executed
   test_files.py::test_files_of_an_old_and_a_new_numpy_are_read
   dataset/test_cache.py::test_the_digest_is_checked_before_the_pickle_is_read
   test_network.py::test_a_pickle_inside_a_file_of_weights_is_never_run
   test_network.py::test_a_damaged_file_is_refused_or_still_gives_the_very_same_numbers
mnist.pkl is taken for sample_weight.pkl
   test_files.py::test_another_file_than_expected_says_what_it_holds
   test_network.py::test_a_file_that_does_not_fit_is_refused_and_nothing_changed
BatchNorm's running averages get lost on save
   test_network.py::test_what_is_saved_is_loaded_to_the_bit
a checkpoint without all that the rest of the run depends on
   test_trainer.py::test_a_checkpoint_holds_all_that_the_rest_of_the_run_depends_on
   test_trainer.py::test_resuming_is_equal_to_the_bit_to_never_having_stopped
"""

INDEX = WRONG_OR_SILENT_NUMBERS + CHECKS_THAT_CANNOT_FAIL + RANDOMNESS + FILES
FILES_OF_TESTS = sorted(TESTS.rglob("test_*.py"))


def names_in(path):
    """The names of the tests of a file, in order."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return [n.name for n in body if isinstance(n, ast.FunctionDef) and n.name.startswith("test")]


def short(path):
    return path.relative_to(TESTS).as_posix()


@pytest.mark.parametrize("line", [line for line in INDEX.splitlines() if "::" in line])
def test_the_test_is_where_the_index_says(line):
    path, name = line.strip().split("::")
    assert name in names_in(TESTS / path)


def test_every_defect_has_a_test():
    lines = [line for line in INDEX.splitlines() if line]
    for line, following in zip(lines, [*lines[1:], "the end"], strict=True):
        assert line.startswith("   ") or following.startswith("   "), line
    numbers = [line.split()[0] for line in WRONG_OR_SILENT_NUMBERS.splitlines() if line[:1].strip()]
    assert numbers == [str(number) for number in range(1, 24)]


@pytest.mark.parametrize("path", FILES_OF_TESTS, ids=short)
def test_no_name_of_a_test_is_given_twice_in_a_file(path):
    assert [name for name, count in Counter(names_in(path)).items() if count > 1] == []


@pytest.mark.parametrize("path", FILES_OF_TESTS, ids=short)
def test_no_test_is_switched_off(path):
    switches = [
        node.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("skip", "xfail")
    ]
    assert switches == []
