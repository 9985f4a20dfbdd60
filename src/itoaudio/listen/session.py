"""The way of one rater through a test: consent, headphone check, screens, completion code.

What comes next follows from what is stored, so a closed tab, a crash or another day loses nothing. What a
rater sees names no system, no item and no file: sounds are asked for by screen and place.
"""

import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from itoaudio.listen import design, signals, spec
from itoaudio.listen.store import Store, sounds_of

HEADPHONE_TRIALS, HEADPHONE_PASS, HEADPHONE_ATTEMPTS = 6, 5, 2
_CLOCK_TOLERANCE = 0.9  # a browser's sound card may run a little ahead of our clock
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Refused(ValueError):
    """A request that the test's rules forbid; `status` is HTTP's."""

    def __init__(self, message: str, status: int = 409) -> None:
        super().__init__(message)
        self.status = status


class Session:
    """One test folder being served. `clock` tells seconds since 1970."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.folder, self.clock = Path(folder), clock
        self.test = spec.load(self.folder)
        self.store = Store(self.folder / spec.ANSWERS)
        self._seconds = {stimulus.file: stimulus.seconds for stimulus in self.test.stimuli}

    def about(self) -> dict[str, Any]:
        """What the first page tells."""
        test = self.test
        return {
            "id": test.id,
            "title": test.title,
            "consent": test.consent,
            "instructions": test.instructions,
            "attention": test.rules.attention if test.attention else "",
            "question": test.question,
            "kind": test.kind,
            "choices": [] if test.rules.has_sliders else self._choices(),
            "bands": test.labels if test.rules.has_sliders else [],
        }

    def _choices(self) -> list[dict[str, Any]]:
        rules = self.test.rules
        return [
            {"value": value, "label": label}
            for value, label in zip(rules.values, self.test.labels)
            if rules.accepts(value, ties=self.test.ties)
        ]

    def begin(self, external: str | None = None) -> str:
        """A rater who consents: their token. One who came before with the same code goes on."""
        known = self.store.token_of(external) if external else None
        if known is not None:
            return known
        token = secrets.token_urlsafe(16)
        try:
            self.store.add_rater(
                token, external or None, self.clock(), windows=design.windows(self.test), plan=self._plan
            )
        except sqlite3.IntegrityError:  # the same code from two tabs at once
            return self.begin(external)
        return token

    def _plan(self, window: int, turn: int, rater: int) -> list[design.Screen]:
        return design.screens(self.test, window=window, turn=turn, rater=rater)

    def step(self, token: str) -> dict[str, Any]:
        """What this rater does next."""
        rater = self._rater(token)
        if self.test.headphones != "skip" and rater["headphones"] is None:
            attempt, trial = divmod(len(self.store.tones(rater["id"])), HEADPHONE_TRIALS)
            return {"step": "headphones", "attempt": attempt, "trial": trial, "of": HEADPHONE_TRIALS}
        if rater["headphones"] == "failed" and self.test.headphones == "require":
            return {"step": "refused"}
        screen = self.store.next_screen(rater["id"])
        if screen is None:
            code = self.test.completion_code or "".join(secrets.choice(_CODE_LETTERS) for _ in range(8))
            self.store.finish(rater["id"], code, self.clock())
            return {"step": "done", "code": self._rater(token)["code"]}
        self.store.show(rater["id"], screen["number"], self.clock())
        return {
            "step": "screen",
            "number": screen["number"],
            "of": self.test.practice + self.test.trials + self.test.attention,
            "practice": screen["phase"] == "practice",
            "sounds": len(sounds_of(screen)),
            "reference": screen["reference"] is not None,
        }

    def answer(self, token: str, number: int, values: Sequence[float], plays: Sequence[int]) -> None:
        """Take the answers to the screen that is due. Refused when too soon, or not of the scale."""
        rater = self._rater(token)
        screen = self.store.screen(rater["id"], number)
        if screen is None or screen["shown"] is None:
            raise Refused(f"screen {number} was not shown")
        if screen["answered"] is not None:
            return
        sounds = sounds_of(screen)
        wanted = len(sounds) if self.test.rules.has_sliders else 1
        if len(values) != wanted or len(plays) != len(sounds):
            raise Refused(f"{len(values)} answers to {wanted} questions, plays of {len(plays)} sounds", 422)
        wrong = [value for value in values if not self.test.rules.accepts(value, ties=self.test.ties)]
        if wrong:
            raise Refused(f"{wrong[0]} is not on the scale", 422)
        heard = [*sounds, screen["reference"]] if screen["reference"] else sounds
        least = sum(self._seconds[sound] for sound in heard) * _CLOCK_TOLERANCE
        if min(plays, default=0) < 1 or self.clock() - screen["shown"] < least:
            raise Refused("every sound must be heard to its end first")
        counts = plays if self.test.rules.has_sliders else [sum(plays)]
        self.store.answer(rater["id"], number, values, counts, self.clock())

    def sound(self, token: str, number: int, place: int | None) -> Path:
        """File of the sound at `place` on a screen that was shown; None is the reference."""
        screen = self.store.screen(self._rater(token)["id"], number)
        if screen is None or screen["shown"] is None:
            raise Refused(f"screen {number} was not shown", 404)
        sounds = sounds_of(screen)
        if place is None and screen["reference"] is not None:
            return self.folder / spec.SOUNDS / screen["reference"]
        if place is None or not 0 <= place < len(sounds):
            raise Refused("there is no such sound", 404)
        return self.folder / spec.SOUNDS / sounds[place]

    def tone(self, token: str, attempt: int, trial: int, place: int) -> bytes:
        """One of the three tones of the headphone check, as WAV."""
        order = self._tones(self._rater(token)["id"], attempt, trial)
        if not 0 <= place < len(order):
            raise Refused("there is no such tone", 404)
        return signals.tone(order[place])

    def answer_tone(self, token: str, attempt: int, trial: int, choice: int) -> None:
        """Which tone was softest, by the rater."""
        rater = self._rater(token)
        asked = divmod(len(self.store.tones(rater["id"])), HEADPHONE_TRIALS)
        if rater["headphones"] is not None or (attempt, trial) != asked:
            return
        if not 0 <= choice < len(signals.TONES):
            raise Refused(f"{choice}: there are tones 0, 1 and 2", 422)
        correct = self._tones(rater["id"], attempt, trial)[choice] == "soft"
        self.store.add_tone(rater["id"], attempt, trial, choice, correct)
        if trial + 1 < HEADPHONE_TRIALS:
            return
        right = sum(row["correct"] for row in self.store.tones(rater["id"]) if row["attempt"] == attempt)
        if right >= HEADPHONE_PASS:
            self.store.end_headphones(rater["id"], "passed")
        elif attempt + 1 == HEADPHONE_ATTEMPTS:
            self.store.end_headphones(rater["id"], "failed")

    def _tones(self, rater: int, attempt: int, trial: int) -> list[str]:
        if not (0 <= attempt < HEADPHONE_ATTEMPTS and 0 <= trial < HEADPHONE_TRIALS):
            raise Refused("there is no such tone", 404)
        rng = np.random.default_rng([self.test.seed, rater, attempt, trial])
        return [signals.TONES[i] for i in rng.permutation(len(signals.TONES))]

    def _rater(self, token: str) -> sqlite3.Row:
        rater = self.store.rater(token)
        if rater is None:
            raise Refused("this test does not know you; begin at its first page", 404)
        return rater
