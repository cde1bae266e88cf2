"""What a check found in a learner's file, and how it is told in either language."""

from dataclasses import dataclass, field

from dlscratch.exercises.exercise import Exercise
from dlscratch.exercises.texts import COMMON

STATUS = {"done": "done", "hole": "open", "missing": "missing"}  # any other key: "wrong"


@dataclass(frozen=True)
class Finding:
    """The key of a message and what is filled in; `printed` is what the file itself printed."""

    key: str
    fields: dict[str, str] = field(default_factory=dict)
    printed: str = ""

    @property
    def status(self) -> str:
        """done, open (a hole is left), missing (no file), or wrong"""
        return STATUS.get(self.key, "wrong")

    def text(self, exercise: Exercise, lang: str) -> str:
        """One or two sentences, the learner's own line, and what a call returned."""
        text = {**COMMON, **exercise.module.SAYS}[self.key]
        parts = [text.say(lang, **self.fields)]
        if self.fields.get("code"):
            parts.append(f"    {self.fields['line']} | {self.fields['code']}")
        if self.fields.get("right"):
            parts.append(COMMON["facts"].say(lang, **self.fields))
        return "\n".join(parts)
