"""What a release holds, and what it asks of the machine that it is installed on."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
MNIST = {
    f"dataset/{name}-ubyte.gz"
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
}
CHAPTERS = {path.name for path in ROOT.glob("ch0[1-8]")}


def build(target, folder):
    """Build a wheel or sdist from the tree without the network; the path of the file."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this tree, opened."""
    with zipfile.ZipFile(build("wheel", tmp_path_factory.mktemp("wheel"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder that holds what an installation of the wheel would put into site-packages."""
    folder = tmp_path_factory.mktemp("site")
    wheel.extractall(folder)
    return folder


def python(code, *paths):
    """Run code where `paths` and the packages beside NumPy, but not the checkout, are importable.

    -S keeps the .pth file of the editable install from being read.
    """
    importable = [*map(str, paths), str(Path(np.__file__).parent.parent)]
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path += {importable}\n{code}"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def tops(names):
    """The first folder of each path."""
    return {name.split("/")[0] for name in names}


def files_of(package):
    """The files of a package in this tree that belong into a release."""
    wanted = (".py", ".gz", ".npz", ".png", ".typed", ".md")
    paths = (path for path in (ROOT / package).rglob("*") if path.suffix in wanted)
    return {path.relative_to(ROOT).as_posix() for path in paths}


@pytest.mark.parametrize("package", sorted({"dlscratch", "dataset"} | CHAPTERS))
def test_the_wheel_holds_every_file_of(package, wheel):
    assert files_of(package) <= set(wheel.namelist())


def test_the_wheel_holds_mnist_and_no_other_large_file(wheel):
    sizes = {info.filename: info.file_size for info in wheel.infolist()}
    assert MNIST <= set(sizes)
    assert {name for name, size in sizes.items() if size > 1_500_000} <= MNIST


def test_the_wheel_holds_no_tests_and_nothing_else_of_the_checkout(wheel):
    metadata = {name for name in tops(wheel.namelist()) if name.endswith(".dist-info")}
    assert len(metadata) == 1
    assert tops(wheel.namelist()) - metadata <= {"dlscratch", "dataset"} | CHAPTERS
    assert not [name for name in wheel.namelist() if name.endswith((".pkl", ".pyc"))]


def test_the_wheel_names_both_licences(wheel):
    (licence,) = [name for name in wheel.namelist() if name.endswith("/LICENSE")]
    text = wheel.read(licence).decode()
    for words in ("MIT License", "Yann LeCun", "Corinna Cortes", "Burges", "ShareAlike 3.0"):
        assert words in text
    (metadata,) = [name for name in wheel.namelist() if name.endswith("/METADATA")]
    assert "License-Expression: MIT AND CC-BY-SA-3.0" in wheel.read(metadata).decode()


def test_the_installed_wheel_loads_mnist_outside_the_checkout(installed):
    code = """
import dataset.mnist, dlscratch
(x, t), (x_test, t_test) = dataset.mnist.load_mnist()
print(dlscratch.__file__, dataset.mnist.__file__, x.shape, t_test.shape)
"""
    library, data, *shapes = python(code, installed).split(maxsplit=2)
    assert library.startswith(str(installed)) and data.startswith(str(installed))
    assert shapes == ["(60000, 784) (10000,)\n"]


def test_importing_dlscratch_imports_numpy_and_nothing_else():
    code = """
before = set(sys.modules)
import dlscratch
print(*{name.split(".")[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)
"""
    assert set(python(code, ROOT).split()) == {"dlscratch", "numpy"}


def test_the_checkout_holds_no_large_file_but_mnist(tmp_path):
    """A source release holds whatever git does not ignore."""
    with tarfile.open(build("sdist", tmp_path)) as opened:
        sizes = {member.name.split("/", 1)[1]: member.size for member in opened if member.isfile()}
    assert {"Makefile", "tests/test_packaging.py"} <= set(sizes)
    assert {name for name, size in sizes.items() if size > 1_500_000} == {
        name for name in MNIST if sizes.get(name, 0) > 1_500_000
    }
