"""What a release holds, and what it asks of the machine that it is installed on."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
SITE = Path(np.__file__).parent.parent
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
def source(tmp_path_factory):
    """Name and size of each file in a source release: whatever git does not ignore."""
    with tarfile.open(build("sdist", tmp_path_factory.mktemp("sdist"))) as opened:
        return {m.name.split("/", 1)[1]: m.size for m in opened if m.isfile()}


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder that holds what an installation of the wheel would put into site-packages."""
    folder = tmp_path_factory.mktemp("site")
    wheel.extractall(folder)
    return folder


def python(code, *paths):
    """What code prints in a Python that finds the standard library and `paths`, nothing else.

    -S keeps the .pth file of an editable install from being read.
    """
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path += {[*map(str, paths)]}"]
    command[-1] += "\n" + code
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def tops(names):
    """The first folder of each path."""
    return {name.split("/")[0] for name in names}


@pytest.mark.parametrize("package", sorted({"dlscratch", "dataset"} | CHAPTERS))
def test_the_wheel_holds_every_file_of(package, wheel, source):
    files = {name for name in source if name.startswith(f"{package}/")}
    assert files and files <= set(wheel.namelist())


def test_the_wheel_holds_the_weights_of_every_chapter(wheel):
    """Nothing in .gitignore, which the builds obey, may hide a weight file."""
    weights = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("ch0[1-8]/*.npz")}
    assert weights and weights <= set(wheel.namelist())


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


def test_the_installed_wheel_needs_numpy_alone_to_load_mnist(installed, tmp_path):
    for folder in SITE.glob("numpy*"):
        (tmp_path / folder.name).symlink_to(folder)
    code = """
import dataset.mnist, dlscratch
(x, t), (x_test, t_test) = dataset.mnist.load_mnist()
print(dlscratch.__file__, dataset.mnist.__file__, x.shape, t_test.shape, sep="|")
"""
    library, data, *shapes = python(code, installed, tmp_path).split("|")
    assert library.startswith(str(installed)) and data.startswith(str(installed))
    assert shapes == ["(60000, 784)", "(10000,)\n"]


def test_the_wheel_brings_the_dlscratch_command(installed):
    (entries,) = installed.glob("*.dist-info/entry_points.txt")
    assert "dlscratch = dlscratch.cli:main" in entries.read_text(encoding="utf-8")
    code = "import dlscratch.cli; dlscratch.cli.main(['--help'])"
    assert "reproduce" in python(code, installed, SITE)


def test_importing_dlscratch_imports_numpy_and_nothing_else():
    code = """
before = set(sys.modules)
import dlscratch
print(*{name.split(".")[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)
"""
    imported = python(code, ROOT, SITE).split()
    # NumPy's compiled modules bring Cython's runtime along under names of its own.
    assert {name for name in imported if "cython" not in name} == {"dlscratch", "numpy"}


def test_the_checkout_holds_no_large_file_but_mnist(source):
    assert {"Makefile", "tests/test_packaging.py"} <= set(source)
    assert {name for name, size in source.items() if size > 1_500_000} <= MNIST
