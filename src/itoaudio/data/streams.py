"""Batches from shards, read as they stream past and yet a function of (seed, step).

Row r of every batch is a lane: it reads the shards r, r + rows, r + 2 rows, ... of an endless sequence in
which each epoch is a new permutation of all shards. A process opens the lanes of its own rows only, so
processes read different shards, and their number does not change what a row holds.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from torch.utils.data import Dataset

from itoaudio.audio.mel import MelSpec
from itoaudio.text.framing import framed
from itoaudio.text.symbols import SymbolTable

from .acoustic import AcousticBatch, Recording, collate, indices_of
from .config import CorpusConfig
from .crops import Batch, CropSettings, VocoderCrops
from .features import Features
from .manifest import Part, Utterance
from .shards import Shard, read_index, read_shard

Item = tuple[Utterance, Features]


class Lanes:
    """`rows` lanes over the shards of a part. times: how often in a row an utterance is given, 0 leaves it
    out."""

    def __init__(
        self, url: str, shards: Sequence[Shard], *, rows: int, seed: int, times: Callable[[Utterance], int]
    ) -> None:
        self.url, self.shards, self.rows, self.seed = url, shards, rows, seed
        self.times = [np.array([times(item) for item in shard.utterances]) for shard in shards]
        if not sum(counts.sum() for counts in self.times):
            raise ValueError(f"{url}: no utterance is fit for these batches (all too short?)")
        self.lanes: dict[int, _Lane] = {}

    def item(self, row: int, step: int) -> Item:
        """The utterance of a row at a step, read from its shard."""
        if row not in self.lanes or self.lanes[row].position > step:
            self.lanes[row] = _Lane(self, row)
        return self.lanes[row].at(step)

    def utterance(self, row: int, step: int) -> Utterance:
        """The same without reading it."""
        shard, place, _ = _Lane(self, row).find(step)
        return self.shards[shard].utterances[place]

    def sequence(self, row: int) -> Iterator[int]:
        """The shards that a row reads, for ever."""
        number = row
        while True:
            epoch, place = divmod(number, len(self.shards))
            yield int(np.random.default_rng([self.seed, 2, epoch]).permutation(len(self.shards))[place])
            number += self.rows


class _Lane:
    """Where a row stands: a shard that began at step `first`, and the utterance at hand."""

    def __init__(self, lanes: Lanes, row: int) -> None:
        self.lanes, self.sequence = lanes, lanes.sequence(row)
        self.first, self.shard = 0, next(self.sequence)
        self.position, self.place = 0, -1
        self.features: Features | None = None
        self.reader: Iterator[Features] | None = None

    def find(self, step: int) -> tuple[int, int, bool]:
        """(shard, place in it, whether it is another shard than before) of a step."""
        moved = False
        while step >= self.first + (total := int(self.lanes.times[self.shard].sum())):
            self.first, self.shard, moved = self.first + total, next(self.sequence), True
        ends = np.cumsum(self.lanes.times[self.shard])
        return self.shard, int(np.searchsorted(ends, step - self.first, side="right")), moved

    def at(self, step: int) -> Item:
        shard, place, moved = self.find(step)
        self.position = step
        if moved or self.reader is None or place < self.place:
            self.reader, self.place = None, place - 1
        if self.reader is None:
            self.reader = read_shard(self.lanes.url, self.lanes.shards[shard], start=place)
        while self.place < place:
            self.features = next(self.reader)
            self.place += 1
        assert self.features is not None
        return self.lanes.shards[shard].utterances[place], self.features


class VocoderStream(VocoderCrops):
    """As `VocoderCrops`, from shards: an utterance gives as many crops in a row as fit into it."""

    def __init__(
        self,
        url: str,
        corpus: CorpusConfig,
        part: Part,
        settings: CropSettings,
        *,
        seed: int,
        steps: int,
    ) -> None:
        self.spec: MelSpec = corpus.mel
        self.settings, self.seed, self.steps = settings, seed, steps
        room = settings.frames_needed(self.spec)

        def times(item: Utterance) -> int:
            return max(1, round(item.frames / settings.frames)) if item.frames > room else 0

        shards = read_index(url, corpus).parts[part]
        self.lanes = Lanes(url, shards, rows=settings.batch, seed=seed, times=times)

    def share(self, step: int, share: int, shares: int) -> Batch:
        self.check(shares)
        crops = []
        for row in range(share, self.settings.batch, shares):
            _, features = self.lanes.item(row, step)
            rng = np.random.default_rng([self.seed, step, row])
            crops.append(self._crop(features, *self._draw(features, rng)))
        return self._stacked(crops)

    def ids(self, step: int) -> list[str]:
        return [self.lanes.utterance(row, step).id for row in range(self.settings.batch)]


class AcousticStream(Dataset[AcousticBatch]):
    """As `AcousticBatches`, from shards; utterances are not joined, and a batch's are of any length."""

    def __init__(
        self,
        url: str,
        corpus: CorpusConfig,
        part: Part,
        symbols: SymbolTable,
        *,
        batch_size: int,
        steps: int,
        seed: int,
        speakers: Sequence[str] = (),
    ) -> None:
        self.symbols, self.batch_size, self.steps = symbols, batch_size, steps

        def times(item: Utterance) -> int:
            return int(item.frames >= len(framed(item.phonemes)))

        index = read_index(url, corpus)
        self.speakers = indices_of(
            [item for shard in index.parts["train"] for item in shard.utterances], speakers, url
        )
        self.lanes = Lanes(url, index.parts[part], rows=batch_size, seed=seed, times=times)

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int) -> AcousticBatch:
        return self.share(step, 0, 1)

    def share(self, step: int, share: int, shares: int) -> AcousticBatch:
        """Rows share, share + shares, ... of the batch of `step`. ValueError when there are too few."""
        rows = range(share, self.batch_size, shares)
        if not rows:
            raise ValueError(f"batch.size {self.batch_size} cannot be dealt into {shares} shares")
        found = [self.lanes.item(row, step) for row in rows]
        recordings = [
            Recording(u.phonemes, f.log_mel, f.log_f0, f.voicing, u.id, self.speakers[u.speaker])
            for u, f in found
        ]
        return collate(recordings, self.symbols)

    def ids(self, step: int) -> list[str]:
        """Names of the utterances in the rows of the batch of `step`."""
        return [self.lanes.utterance(row, step).id for row in range(self.batch_size)]
