"""What the tests of whole scripts share."""

import pytest

from dlscratch.book.chapters import Script


@pytest.fixture
def script(tmp_path):
    """Make a chapter script of a body; its `Script`."""

    def script(name, body):
        path = tmp_path / "ch06" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        options = "options" if "def options" in body else "None"
        path.write_text(
            "import time\nimport numpy as np\n"
            "from dlscratch.book.experiment import Claim, run\n"
            f"{body}\nif __name__ == '__main__':\n    run(main, 'A lesson.', {options})\n"
        )
        return Script(path, "Figure 6-9: a lesson.")

    return script
