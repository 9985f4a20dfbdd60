"""`Voice`, the one synthesis path: text -> sentences -> mel -> wave, whoever calls."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from itoaudio.audio.files import resample
from itoaudio.audio.mel import log_mel
from itoaudio.runtime.acoustic import AcousticModel
from itoaudio.runtime.options import Options
from itoaudio.runtime.plan import Plan, named, plan
from itoaudio.runtime.sessions import Graph, GraphSet, built_ahead
from itoaudio.runtime.sound import Audio
from itoaudio.runtime.vocoder import VocoderModel
from itoaudio.runtime.voice_folder import VoiceFolder, find
from itoaudio.text import English, Sentence, SymbolTable, load_lexicon
from itoaudio.text.framing import framed

FRONT_ENDS = {"en": English}
"""By the language part of voice.json's tag."""

PAUSE_SECONDS = {"word": 0.0, "clause": 0.0, "sentence": 0.2, "paragraph": 0.5}
"""Silence after a piece of text at speed 1, beside the edges of silence that the acoustic model speaks."""

FADE_SECONDS = 0.005


@dataclass(frozen=True, eq=False)
class Spoken:
    """A sentence as it was spoken, the silence before and after it included in `audio`.

    frames (S,): length in mel frames of each symbol of `framed(sentence.phonemes)`.
    """

    sentence: Sentence
    audio: Audio
    frames: np.ndarray


class Voice:
    """A loaded voice. Threads may share one; models are built at their first use."""

    def __init__(
        self, folder: VoiceFolder, *, threads: int | None = None, lexicon: Mapping[str, str] | None = None
    ) -> None:
        """threads: for each operator, by default one a core, at most 4; lexicon: as `load_lexicon` reads."""
        self.spec = folder.spec
        self.folder = folder.path
        graphs = GraphSet(folder.checked, threads=threads or min(os.cpu_count() or 1, 4))
        mel = self.spec.mel
        self._acoustic = AcousticModel(
            self.spec.acoustic, graphs, frame_rate=mel.sample_rate / mel.hop_samples
        )
        self._vocoder = VocoderModel(self.spec.vocoder, graphs, mel=mel)
        self._symbols = SymbolTable(tuple(self.spec.symbols))
        self._front_end = named("language", self.spec.language.split("-")[0].lower(), FRONT_ENDS)(
            lexicon or {}
        )

    @classmethod
    def load(
        cls,
        voice: str | Path | None = None,
        *,
        threads: int | None = None,
        lexicon: str | Path | None = None,
    ) -> "Voice":
        """A voice by its name or its folder; None is the first that is found.

        threads: for each operator; lexicon: file of a user's own pronunciations. ValueErrors name what is
        wrong: `UnknownVoice`, `DamagedVoice`, `LexiconError`.
        """
        words = load_lexicon(lexicon) if lexicon else None
        return cls(VoiceFolder.open(find(voice)), threads=threads, lexicon=words)

    @property
    def sample_rate(self) -> int:
        """In Hz, of everything the voice says."""
        return self.spec.sample_rate

    def say(self, text: str, **options: Any) -> Audio:
        """Speak `text`. Keywords are the fields of `Options`: steps, sampler, speed, seed, ...

        `TextError` when there is nothing speakable, `UnknownOption` and ValueError for bad options.
        """
        return Audio.join(spoken.audio for spoken in self.stream(text, **options))

    def stream(self, text: str, **options: Any) -> Iterator[Spoken]:
        """As `say`, sentence by sentence, each as soon as it is ready. Errors in options come at once."""
        chosen = Options.of(options)
        ways = self.plans(chosen)
        with built_ahead(self._graphs(ways)):
            sentences = self._front_end.read(text)
        return (self._speak(sentence, chosen, ways, last=sentence is sentences[-1]) for sentence in sentences)

    def vocode(self, audio: Audio, **options: Any) -> Audio:
        """Copy synthesis: the mel of `audio`, at any sample rate, and back. As long as `audio`."""
        chosen = Options.of(options)
        _, way = self.plans(chosen)
        if len(audio.samples) == 0:
            raise ValueError("0 samples: there is no sound to vocode")
        samples = resample(audio.samples, audio.sample_rate, self.sample_rate)
        mel, length = self.spec.mel, len(samples)
        whole = max(-(-length // mel.hop_samples), mel.padding // mel.hop_samples + 1) * mel.hop_samples
        heard = log_mel(np.pad(samples, (0, whole - length)), mel)[None]
        sound = self._vocoder.sound(heard, plan=way, seed=_seed(chosen.seed, 1))
        return Audio(sound[:length], self.sample_rate)

    def build(self, **options: Any) -> None:
        """Read, check and build every graph that `options` need, so that the first sentence need not wait."""
        for graph in self._graphs(self.plans(Options.of(options))):
            graph.build()

    def plans(self, options: Options) -> tuple[Plan, Plan]:
        """How the acoustic model and the vocoder are sampled under `options`."""
        preset = named("preset", options.preset or self.spec.default_preset, self.spec.presets)
        return (
            plan(self.spec.acoustic, preset.acoustic, options.of_stage(0)),
            plan(self.spec.vocoder, preset.vocoder, options.of_stage(1)),
        )

    def _graphs(self, ways: tuple[Plan, Plan]) -> list[Graph]:
        return [*self._acoustic.graphs(ways[0]), *self._vocoder.graphs(ways[1])]

    def _speak(self, sentence: Sentence, options: Options, ways: tuple[Plan, Plan], *, last: bool) -> Spoken:
        prosody = sentence.prosody
        mel = self._acoustic.say(
            self._symbols.encode(framed(sentence.phonemes)),
            plan=ways[0],
            seed=_seed(options.seed, 0),
            speed=options.speed * prosody.rate,
            pitch=options.pitch + prosody.pitch_semitones,
            energy=options.energy,
        )
        sound = self._vocoder.sound(mel.log_mel, plan=ways[1], seed=_seed(options.seed, 1))
        sound = sound * np.float32(10 ** ((self.spec.gain_db + prosody.volume_db) / 20))
        after = sentence.silence_after
        if after is None:
            after = 0.0 if last else PAUSE_SECONDS[sentence.pause] / options.speed
        parts = [
            self._silence(sentence.silence_before),
            _faded(sound, self.sample_rate),
            self._silence(after),
        ]
        return Spoken(sentence, Audio(np.concatenate(parts), self.sample_rate), mel.frames)

    def _silence(self, seconds: float) -> np.ndarray:
        return np.zeros(round(seconds * self.sample_rate), dtype=np.float32)


def _seed(seed: int, stage: int) -> int:
    """Seeds of the two stages, so that they do not share noise."""
    return 2 * seed + stage


def _faded(samples: np.ndarray, sample_rate: int) -> np.ndarray:
    """`samples` (N,) with short ramps at both ends: a join with silence makes no click."""
    length = min(round(FADE_SECONDS * sample_rate), len(samples) // 2)
    ramp = np.ones_like(samples)
    ramp[:length] = np.linspace(0, 1, length, endpoint=False)
    return samples * ramp * ramp[::-1]
