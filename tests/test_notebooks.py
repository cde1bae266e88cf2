"""The notebooks are those that the scripts make, and every cell of them runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from dlscratch.book.chapters import chapters

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed: it is in .[dev]")
nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed: it is in .[dev]")
pytest.importorskip("ipykernel", reason="ipykernel is not installed: it is in .[dev]")

ROOT = Path(__file__).parent.parent
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
    assert sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb")) == names


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_it_is_what_the_scripts_make_without_outputs(chapter, made):
    kept = (ROOT / "notebooks" / f"{chapter}.ipynb").read_bytes()
    assert kept == (made / f"{chapter}.ipynb").read_bytes(), "out of date: make notebooks"
    assert not outputs(nbformat.reads(kept.decode(), 4))


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_cell_runs_and_shows_every_figure_it_saves(chapter, jupyter_at_home, tmp_path):
    here = tmp_path / "a reader's folder"
    here.mkdir()
    notebook = executed(ROOT / "notebooks" / f"{chapter}.ipynb", here)
    shown = [output for output in outputs(notebook) if "image/png" in output.get("data", {})]
    assert len(shown) == len(list(here.glob(f"out/{chapter}/*.png")))
    assert [path.name for path in here.iterdir()] == ["out"]

    printed = [output for output in outputs(notebook) if output.output_type == "stream"]
    assert not [output.text for output in printed if output.name == "stderr"]  # no warnings
    claims = [cell for cell in notebook.cells if "return [claim" in cell.source.lower()]
    assert not claims or any("| book: " in output.text for output in printed)
