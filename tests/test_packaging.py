"""What a release holds, and what it asks of the machine that it is installed on."""

import os
import re
import signal
import subprocess
import sys
import tarfile
import urllib.request
import venv
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hatchling.builders.wheel import WheelBuilder

from dlscratch.book.chapters import chapters
from dlscratch.exercises import exercises

pytestmark = pytest.mark.slow  # a release is built and installed

ROOT = Path(__file__).parent.parent
SITE = Path(np.__file__).parent.parent
DATA = {  # MNIST and Fashion-MNIST
    f"{folder}/{name}-ubyte.gz"
    for folder in ("dataset", "dataset/fashion")
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
}
CHAPTERS = {folder.name for folder in chapters()}


def build(target, folder):
    """Build a wheel or sdist from the tree without the network; the path of the file."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def wheel_file(tmp_path_factory):
    return build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def wheel(wheel_file):
    """The wheel of this tree, opened."""
    with zipfile.ZipFile(wheel_file) as opened:
        yield opened


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Name and size of each file in a source release: whatever git does not ignore."""
    with tarfile.open(build("sdist", tmp_path_factory.mktemp("sdist"))) as opened:
        return {m.name.split("/", 1)[1]: m.size for m in opened if m.isfile()}


@pytest.fixture(scope="module")
def environment(wheel_file, tmp_path_factory):
    """An environment that holds the installed wheel and what it depends on, not the checkout."""
    folder = tmp_path_factory.mktemp("a new machine") / "environment"
    venv.create(folder)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(folder)]
    subprocess.run([*pip, "install", "--no-index", "--no-deps", str(wheel_file)], check=True)
    (site,) = folder.glob("lib/*/site-packages")
    # those installed here already; a .pth file that lies there, of an editable install, is not read
    (site / "dependencies.pth").write_text(f"{SITE}\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def installed(environment):
    """Where the wheel was installed."""
    (site,) = environment.glob("lib/*/site-packages")
    return site


@pytest.fixture
def shell(environment, tmp_path):
    """Start a command of this environment in an empty folder, with hardly a variable set."""

    def shell(*words):
        command = [str(environment / "bin" / words[0]), *words[1:]]
        env = {"PATH": os.defpath, "HOME": str(environment.parent)}  # one cache for all commands
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=tmp_path, env=env, **pipes)

    return shell


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
    weights = {file.relative_to(ROOT).as_posix() for ch in chapters() for file in ch.glob("*.npz")}
    assert weights and weights <= set(wheel.namelist())


def test_the_wheel_holds_every_exercise(wheel):
    files = {f"dlscratch/exercises/{one.name}/solution.py" for one in exercises()}
    checks = {file.replace("solution", "__init__") for file in files}
    assert len(files) >= 40 and files | checks <= set(wheel.namelist())


def test_the_wheel_holds_both_data_sets_and_no_other_large_file(wheel):
    sizes = {info.filename: info.file_size for info in wheel.infolist()}
    assert DATA <= set(sizes)
    assert {name for name, size in sizes.items() if size > 1_500_000} <= DATA


def test_the_wheel_stays_below_50_megabytes(wheel_file):
    """Fashion-MNIST takes 31 of them: enough, so that it need not be downloaded."""
    assert wheel_file.stat().st_size < 50_000_000


def test_the_wheel_holds_no_tests_and_nothing_else_of_the_checkout(wheel):
    metadata = {name for name in tops(wheel.namelist()) if name.endswith(".dist-info")}
    assert len(metadata) == 1
    assert tops(wheel.namelist()) - metadata <= {"dlscratch", "dataset"} | CHAPTERS
    assert not [name for name in wheel.namelist() if name.endswith((".pkl", ".pyc"))]


def test_a_chapter_that_is_added_is_shipped_and_no_other_folder(tmp_path):
    for page in ("pyproject.toml", "README.md", "LICENSE"):
        (tmp_path / page).write_bytes((ROOT / page).read_bytes())
    for folder in ("dlscratch", "dataset", "ch09", "notes", "tests/ch09", "ch09.old"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "new.py").touch()
    files = WheelBuilder(str(tmp_path)).recurse_included_files()
    assert tops(file.distribution_path for file in files) == {"dlscratch", "dataset", "ch09"}


def test_the_wheel_holds_the_licence_of_the_code_and_of_each_data_set(wheel):
    (licence,) = [name for name in wheel.namelist() if name.endswith("/licenses/LICENSE")]
    text = wheel.read(licence).decode()
    for words in ("MIT License", "Yann LeCun", "Corinna Cortes", "Burges", "ShareAlike 3.0"):
        assert words in text
    assert "Zalando SE" in text and "dataset/fashion/LICENSE" in text
    (fashion,) = [name for name in wheel.namelist() if "/licenses/dataset/fashion/" in name]
    for name in (fashion, "dataset/fashion/LICENSE"):
        text = wheel.read(name).decode()
        assert "2017 Zalando SE" in text and "Permission is hereby granted, free of charge" in text
    (metadata,) = [name for name in wheel.namelist() if name.endswith("/METADATA")]
    assert "License-Expression: MIT AND CC-BY-SA-3.0" in wheel.read(metadata).decode()


@pytest.fixture
def numpy_alone(tmp_path):
    """A folder of packages that holds NumPy and nothing else: no Matplotlib, no tqdm."""
    folder = tmp_path / "packages"
    folder.mkdir()
    for package in SITE.glob("numpy*"):
        (folder / package.name).symlink_to(package)
    return folder


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_the_installed_wheel_needs_numpy_alone_to_load(name, installed, numpy_alone):
    code = f"""
import dataset.mnist, dlscratch
from dataset.{name} import load_{name}
(x, t), (x_test, t_test) = load_{name}()
print(dlscratch.__file__, dataset.mnist.__file__, x.shape, t_test.shape, sep="|")
"""
    library, data, *shapes = python(code, installed, numpy_alone).split("|")
    assert library.startswith(str(installed)) and data.startswith(str(installed))
    assert shapes == ["(60000, 784)", "(10000,)\n"]


@pytest.mark.parametrize(
    "command, printed",
    [
        (["list"], "ch08/train_deepnet"),
        (["summary", "ch08/deep_convnet"], "123,552"),
        (["gradcheck", "dlscratch:ReLU"], "ReLU: right"),
    ],
    ids=" ".join,
)
def test_numpy_is_enough_for_the_command(command, printed, installed, numpy_alone):
    code = f"from dlscratch.cli import main; sys.exit(main({command}))"
    assert printed in python(code, installed, numpy_alone)


@pytest.mark.parametrize(
    "command, printed",
    [
        ("dlscratch list", "ch08/train_deepnet"),
        ("python -m dlscratch list ch03", "ch03/sigmoid"),
        ("dlscratch summary ch08/deep_convnet", "123,552"),
        ("dlscratch gradcheck my_layers.py", "Double: right"),
        ("dlscratch graph price=apple*2 apple=100", "gradient by apple = 2"),
        ("dlscratch run ch03/neuralnet_mnist", "accuracy, image by image"),
        ("dlscratch run ch08/misclassified_mnist --quick", "images read wrongly"),
        ("dlscratch exercises start my", f"There are {len(exercises())} exercises in my now."),
        ("dlscratch info", "Fashion-MNIST  60,000 + 10,000 images, as published"),
    ],
)
def test_the_installed_command_does(command, printed, shell, tmp_path):
    (tmp_path / "my_layers.py").write_text(
        "class Double:\n"
        "    def forward(self, x): return 2 * x\n"
        "    def backward(self, dout): return 2 * dout\n"
    )
    process = shell(*command.split())
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    assert printed in output and str(ROOT) not in output + errors


def test_the_installed_command_serves_the_page_to_draw_on(shell):
    with shell("dlscratch", "draw", "--port", "0", "--no-browser") as process:
        address = re.search(r"http://[\w.]+:\d+/?", process.stdout.readline())[0]
        with urllib.request.urlopen(address) as page:
            assert "<canvas" in page.read().decode()
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 130


def test_an_editable_install_needs_no_package_but_hatchling(tmp_path):
    """pip install --no-build-isolation -e . calls this, where there is no network."""
    code = """
import hatchling.build
sys.modules["editables"] = None  # as if it were not there
hatchling.build.build_editable(sys.argv[1])
"""
    command = [sys.executable, "-c", f"import sys{code}", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.iterdir())) as opened:
        (path,) = [name for name in opened.namelist() if name.endswith(".pth")]
        assert Path(opened.read(path).decode().strip()) == ROOT


def test_importing_dlscratch_imports_numpy_and_nothing_else():
    code = """
before = set(sys.modules)
import dlscratch
print(*{name.split(".")[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)
"""
    imported = python(code, ROOT, SITE).split()
    # NumPy's compiled modules bring Cython's runtime along under names of its own.
    assert {name for name in imported if "cython" not in name} == {"dlscratch", "numpy"}


def test_the_checkout_holds_no_large_file_but_the_data(source):
    assert {"Makefile", "tests/test_packaging.py"} <= set(source)
    assert {name for name, size in source.items() if size > 1_500_000} <= DATA
