"""info and summary: what is installed, and what a network is made of."""

import importlib.metadata
from pathlib import Path

import numpy as np
import pytest

from dlscratch import DataError


def test_info_tells_versions_blas_threads_cache_and_data(dlscratch, cache_folder):
    done = dlscratch("info")
    assert done.code == 0
    lines = dict(line.split(maxsplit=1) for line in done.out.splitlines())
    assert lines["numpy"] == np.__version__
    assert lines["matplotlib"] == importlib.metadata.version("matplotlib")
    assert "threads" in lines["BLAS"]
    assert lines["cache"] == f"folder   {cache_folder}"
    assert lines["MNIST"] == lines["Fashion-MNIST"] == "60,000 + 10,000 images, as published"


@pytest.mark.parametrize(
    "loader, bad, good",
    [
        ("dataset.mnist.load_mnist", "\nMNIST          ", "\nFashion-MNIST  "),
        ("dataset.fashion_mnist.load_fashion_mnist", "\nFashion-MNIST  ", "\nMNIST          "),
    ],
)
def test_info_says_what_is_wrong_with_the_data(dlscratch, monkeypatch, loader, bad, good):
    def damaged(normalize):
        raise DataError("train-images-idx3-ubyte.gz: truncated")

    monkeypatch.setattr(loader, damaged)
    done = dlscratch("info")
    assert done.code == 1
    assert f"{bad}train-images-idx3-ubyte.gz: truncated\n" in done.out
    assert f"{good}60,000 + 10,000 images, as published\n" in done.out


def test_info_names_packages_that_are_not_installed(dlscratch, monkeypatch):
    def version(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    assert "optuna         not installed\n" in dlscratch("info").out


def test_summary_shows_the_layers_of_a_chapters_network(dlscratch):
    done = dlscratch("summary", "ch08/deep_convnet")
    assert done.code == 0
    assert "Convolution  16 x 28 x 28         160        112,896   50.2 kB\n" in done.out
    assert "\ntotal                         123,552      8,772,340" in done.out


def test_summary_calls_the_class_with_arguments(dlscratch):
    done = dlscratch("summary", "dlscratch:MultiLayerNet", "--args", "784, [100] * 2, 10")
    assert "MultiLayerNet, for one example\n" in done.out and "78,500" in done.out


def test_summary_reads_a_file_of_the_readers_own(dlscratch):
    Path("mine.py").write_text(
        "from dlscratch import Affine, Convolution, Network, ReLU\n"
        "class Mine(Network):\n"
        "    def __init__(self): super().__init__([Convolution.init(3, 2, 3), ReLU()])\n"
    )
    assert "2 x 30 x 30" in dlscratch("summary", "mine.py", "--input", "3,32,32").out


@pytest.mark.parametrize(
    "argv, answer",
    [
        (
            ["ch05/two_layer_net"],
            "TwoLayerNet needs input_size, hidden_size, output_size: give them",
        ),
        (["ch08/deep_convnett"], "there is no file or module ch08/deep_convnett"),
        (["ch04/two_layer_net"], "there is no network in ch04/two_layer_net"),
        (["ch08/deep_convnet", "--input", "1,20"], "the summary failed: ValueError: Convolution("),
        (["ch08/deep_convnet", "--input", "x"], "argument --input: expected a shape such as"),
    ],
)
def test_a_mistake_of_the_reader_is_one_line(argv, answer, mistake):
    assert mistake("summary", *argv).startswith(answer)
