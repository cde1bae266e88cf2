"""The notebooks are those that the scripts make, and every cell of them runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from dlscratch.book.chapters import chapters

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed: it is in .[dev]")
nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed: it is in .[dev]")
pytest.importorskip("ipykernel", reason="ipykernel is not installed: it is in .[dev]")

ROOT = Path(__file__).parent.parent
KEPT = ROOT / "notebooks"
CHAPTERS = [folder.name for folder in chapters()]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with the notebooks that the scripts make now."""
    folder = tmp_path_factory.mktemp("notebooks")
    command = [sys.executable, str(ROOT / "docs" / "make_notebooks.py"), str(folder)]
    subprocess.run(command, check=True)
    return folder


@pytest.fixture
def jupyter_at_home(tmp_path, monkeypatch):
    """What Jupyter and IPython keep of a session goes to the test's folder."""
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "home"))


def executed(path, folder):
    """The notebook with its outputs, run in the folder; an error in a cell ends the test."""
    notebook = nbformat.read(path, 4)
    return nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def test_there_is_one_for_each_chapter(made):
    names = [f"{chapter}.ipynb" for chapter in CHAPTERS]
    assert sorted(path.name for path in made.iterdir()) == names
    assert sorted(path.name for path in KEPT.glob("*.ipynb")) == names


def shows_a_figure(cell):
    return re.search(r"^\s*show\(", cell.source, re.MULTILINE) and "def " not in cell.source


def pictures(cell):
    return [output for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_it_is_what_the_scripts_make_but_for_its_outputs(chapter, made):
    kept, new = (nbformat.read(folder / f"{chapter}.ipynb", 4) for folder in (KEPT, made))
    for cell in kept.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    assert kept.cells == new.cells, "out of date: make notebooks"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_its_outputs_are_stored_so_that_they_show_on_a_code_host(chapter):
    cells = nbformat.read(KEPT / f"{chapter}.ipynb", 4).cells
    assert all(cell.execution_count for cell in cells if cell.cell_type == "code")
    assert all(pictures(cell) for cell in cells if shows_a_figure(cell))
    assert (KEPT / f"{chapter}.ipynb").stat().st_size < 1_500_000


def test_what_is_typed_at_the_prompt_comes_first_and_exercises_last():
    ids = [cell.id for cell in nbformat.read(KEPT / "ch04.ipynb", 4).cells]
    assert ids[2:4] == ["repl-0", "repl-1"] and ids[-1].startswith("exercise-")


def test_the_body_of_main_stands_in_cells_that_end_with_a_figure():
    cells = nbformat.read(KEPT / "ch04.ipynb", 4).cells
    bowl = [cell.source for cell in cells if cell.id.startswith("gradient_2d-")]
    assert not any("def main" in source or "run_here" in source for source in bowl)
    assert [source.splitlines()[-1] for source in bowl].count("show(fig)") == 2
    assert bowl[-1].endswith('print(*claims, sep="\\n")')


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_cell_runs_and_shows_its_figures(chapter, jupyter_at_home, tmp_path):
    here = tmp_path / "a reader's folder"
    here.mkdir()
    notebook = executed(KEPT / f"{chapter}.ipynb", here)
    assert all(pictures(cell) for cell in notebook.cells if shows_a_figure(cell))
    assert {path.name for path in here.iterdir()} <= {"out", "my_exercises"}

    printed = [output for output in outputs(notebook) if output.output_type == "stream"]
    assert not [output.text for output in printed if output.name == "stderr"]  # no warnings
    claims = [cell for cell in notebook.cells if "print(*claims" in cell.source]
    assert not claims or any("| book: " in output.text for output in printed)
    checks = [cell for cell in notebook.cells if cell.source.startswith("%%check")]
    assert all("Still to be written" in cell.outputs[0].text for cell in checks)
