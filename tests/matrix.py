"""The core tests on every Python that is here, with NumPy 1.26 and the newest, from the wheel.

    python tests/matrix.py
    python tests/matrix.py --python /opt/python3.14/bin/python3.14

Builds the wheel, makes an environment for each Python 3.10 to 3.14 on the PATH with NumPy 1.26 and
with the newest, as far as there are wheels of them, installs the wheel there, and runs the tests on
what was installed: they are copied to a folder without the checkout. Prints a table; the exit code
is 1 if a test fails.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHONS = [f"python3.{minor}" for minor in range(10, 15)]
NUMPYS = {"1.26": "numpy==1.26.*", "newest": "numpy"}
CORE = """
    tests/layers tests/gradcheck tests/storage tests/test_arguments.py tests/test_checkpoint.py
    tests/test_data.py tests/test_functions.py tests/test_history.py tests/test_initializers.py
    tests/test_messages.py tests/test_multi_layer_net.py tests/test_network.py
    tests/test_optimizers.py tests/test_parameters.py tests/test_schedules.py tests/test_trainer.py
    tests/test_trees.py tests/test_workers.py
""".split()
BESIDES = ["conftest.py", "pyproject.toml", "docs/gradcheck.md"]  # what these tests read


def main(argv=None) -> int:
    summary, _, rest = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        description=summary, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", nargs="+", default=PYTHONS, help="instead of those on the PATH")
    args = parser.parse_args(argv)
    failed = False
    print("| Python | NumPy | core tests |\n| --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder)
        copy_tests(folder / "copy")
        for python in args.python:
            version = version_of(python)
            if version is None:
                print(f"| {Path(python).name} | | not on this machine |", flush=True)
                continue
            for label, numpy in NUMPYS.items():
                result = run(python, numpy, wheel, folder)
                failed |= "failed" in result or "error" in result
                print(f"| {version} | {label}{result}", flush=True)
    return 1 if failed else 0


def build(folder) -> Path:
    """The wheel, made from the checkout without the network."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def copy_tests(folder) -> None:
    for name in CORE + BESIDES:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile)(ROOT / name, target)


def version_of(python) -> str | None:
    """3.12.1, say; None if there is no such Python, or only a stand-in that starts none."""
    try:
        done = subprocess.run([python, "-VV"], capture_output=True, text=True)
    except OSError:
        return None
    found = re.match(r"Python (\S+)", done.stdout)
    return found[1] if found and done.returncode == 0 else None


def run(python, numpy, wheel, folder) -> str:
    """The rest of the row: the version of NumPy, and how the tests ended."""
    env = folder / "env"
    shutil.rmtree(env, ignore_errors=True)
    subprocess.run([python, "-m", "venv", str(env)], check=True, capture_output=True)
    inner = env / ("Scripts" if os.name == "nt" else "bin") / "python"
    packages = [f"dlscratch[test] @ {wheel.as_uri()}", numpy]
    pip = [inner, "-m", "pip", "--disable-pip-version-check", "install", "--only-binary", ":all:"]
    if subprocess.run([*pip, *packages], capture_output=True).returncode:
        return " | no wheel for this Python |"
    where = "import dlscratch, numpy; print(dlscratch.__file__); print(numpy.__version__)"
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    options = {"cwd": folder / "copy", "env": clean, "capture_output": True, "text": True}
    place, version = subprocess.run([inner, "-c", where], **options).stdout.split()
    assert place.startswith(str(env)), place  # the wheel's, not the checkout's
    tests = [inner, "-m", "pytest", "-q", "-m", "not slow", "-p", "no:cacheprovider", *CORE]
    done = subprocess.run(tests, **options)
    last = (done.stdout.strip().splitlines() or [done.stderr[-200:]])[-1]
    if done.returncode:
        print(done.stdout[-3000:], file=sys.stderr, flush=True)
    return f", {version} | {re.sub(' in .*', '', last)} |"


if __name__ == "__main__":
    sys.exit(main())
