"""answers.sqlite: raters, their screens, their answers. Every answer is on the disk before the next screen.

A screen keeps what was played in which order, so answers can be read without making the design anew.
"""

import json
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from itoaudio.listen.design import Screen
from itoaudio.strict import ConfigError

_TABLES = """
CREATE TABLE IF NOT EXISTS rater (
  id INTEGER PRIMARY KEY,
  token TEXT NOT NULL UNIQUE,
  external TEXT UNIQUE,              -- participant code of a panel, if the rater came with one
  slot INTEGER NOT NULL,             -- window of the design
  consented REAL NOT NULL,           -- seconds since 1970, as all times here
  seen REAL NOT NULL,
  finished REAL,
  headphones TEXT,                   -- passed, failed; empty: not asked (yet)
  code TEXT
);
CREATE TABLE IF NOT EXISTS tone (
  rater INTEGER NOT NULL REFERENCES rater, attempt INTEGER NOT NULL, trial INTEGER NOT NULL,
  choice INTEGER NOT NULL, correct INTEGER NOT NULL,
  PRIMARY KEY (rater, attempt, trial)
);
CREATE TABLE IF NOT EXISTS screen (
  rater INTEGER NOT NULL REFERENCES rater, number INTEGER NOT NULL, phase TEXT NOT NULL, item TEXT NOT NULL,
  sounds TEXT NOT NULL, reference TEXT, expected INTEGER, shown REAL, answered REAL,
  PRIMARY KEY (rater, number)
);
CREATE TABLE IF NOT EXISTS answer (
  rater INTEGER NOT NULL, number INTEGER NOT NULL, place INTEGER NOT NULL, value REAL NOT NULL,
  plays INTEGER NOT NULL,            -- of the sounds that this answer judges
  PRIMARY KEY (rater, number, place), FOREIGN KEY (rater, number) REFERENCES screen (rater, number)
);
"""
_ABANDONED_SECONDS = 2 * 3600.0


def sounds_of(screen: sqlite3.Row) -> list[str]:
    """Files of a screen, in the order in which it shows them."""
    return [str(name) for name in json.loads(screen["sounds"])]


class Store:
    """The answers of one test. Safe for many threads, by a lock, and for many processes, by SQLite's.

    ConfigError for a file that is damaged, locked or not to be written to.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        weakref.finalize(self, self._db.close)
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_TABLES)
        except sqlite3.Error as error:
            raise ConfigError(
                f"{path}: answers cannot be kept there ({error}); put a good copy there, or move it away"
            ) from None

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on the disk when the block ends, undone when it raises."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def all(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Rows of a query."""
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def add_rater(
        self,
        token: str,
        external: str | None,
        now: float,
        *,
        windows: int,
        plan: Callable[[int, int, int], Sequence[Screen]],
    ) -> None:
        """A new rater, with the window that fewest have finished or are at; `plan(window, turn, rater)`."""
        with self._change() as db:
            live = "finished IS NOT NULL OR (seen > ? AND headphones IS NOT 'failed')"
            rows = db.execute(
                f"SELECT slot, COUNT(*) FROM rater WHERE {live} GROUP BY slot", (now - _ABANDONED_SECONDS,)
            )
            taken = dict(map(tuple, rows.fetchall()))
            slot = min(range(windows), key=lambda window: taken.get(window, 0))
            made = db.execute(
                "INSERT INTO rater (token, external, slot, consented, seen) VALUES (?, ?, ?, ?, ?)",
                (token, external, slot, now, now),
            )
            rater = int(made.lastrowid or 0)
            for number, screen in enumerate(plan(slot, taken.get(slot, 0), rater)):
                sounds = json.dumps(screen.sounds)
                row = (rater, number, screen.phase, screen.item, sounds, screen.reference, screen.expected)
                db.execute(
                    "INSERT INTO screen (rater, number, phase, item, sounds, reference, expected)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    row,
                )

    def rater(self, token: str) -> sqlite3.Row | None:
        """The rater with this token."""
        rows = self.all("SELECT * FROM rater WHERE token = ?", token)
        return rows[0] if rows else None

    def token_of(self, external: str) -> str | None:
        """Token of the rater who came with this participant code before."""
        rows = self.all("SELECT token FROM rater WHERE external = ?", external)
        return str(rows[0]["token"]) if rows else None

    def next_screen(self, rater: int) -> sqlite3.Row | None:
        """The first screen without an answer."""
        rows = self.all(
            "SELECT * FROM screen WHERE rater = ? AND answered IS NULL ORDER BY number LIMIT 1", rater
        )
        return rows[0] if rows else None

    def screen(self, rater: int, number: int) -> sqlite3.Row | None:
        """One screen of a rater."""
        rows = self.all("SELECT * FROM screen WHERE rater = ? AND number = ?", rater, number)
        return rows[0] if rows else None

    def show(self, rater: int, number: int, now: float) -> None:
        """Note when a screen was first shown, and that the rater is here."""
        with self._change() as db:
            db.execute("UPDATE rater SET seen = ? WHERE id = ?", (now, rater))
            db.execute(
                "UPDATE screen SET shown = coalesce(shown, ?) WHERE rater = ? AND number = ?",
                (now, rater, number),
            )

    def answer(
        self, rater: int, number: int, values: Sequence[float], plays: Sequence[int], now: float
    ) -> None:
        """Save the answers of one screen, all or none; the first answer stands."""
        with self._change() as db:
            done = db.execute(
                "UPDATE screen SET answered = ? WHERE rater = ? AND number = ? AND answered IS NULL",
                (now, rater, number),
            )
            if done.rowcount == 0:
                return
            db.execute("UPDATE rater SET seen = ? WHERE id = ?", (now, rater))
            for place, (value, count) in enumerate(zip(values, plays)):
                db.execute("INSERT INTO answer VALUES (?, ?, ?, ?, ?)", (rater, number, place, value, count))

    def tones(self, rater: int) -> list[sqlite3.Row]:
        """Answers to the headphone check, in order."""
        return self.all("SELECT * FROM tone WHERE rater = ? ORDER BY attempt, trial", rater)

    def add_tone(self, rater: int, attempt: int, trial: int, choice: int, correct: bool) -> None:
        """Save one answer to the headphone check; the first one stands."""
        with self._change() as db:
            row = (rater, attempt, trial, choice, int(correct))
            db.execute("INSERT OR IGNORE INTO tone VALUES (?, ?, ?, ?, ?)", row)

    def end_headphones(self, rater: int, outcome: str) -> None:
        """Note that the headphone check was passed or failed."""
        with self._change() as db:
            db.execute("UPDATE rater SET headphones = ? WHERE id = ?", (outcome, rater))

    def finish(self, rater: int, code: str, now: float) -> None:
        """Note that all is answered, and the completion code; a second call changes nothing."""
        with self._change() as db:
            row = (now, code, rater)
            db.execute("UPDATE rater SET finished = ?, code = ? WHERE id = ? AND finished IS NULL", row)
