"""`Voice`, the one synthesis path: text -> sentences -> mel -> wave, whoever calls."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from itoaudio.audio.files import resample
from itoaudio.audio.mel import log_mel_of_padded
from itoaudio.runtime.acoustic import AcousticModel
from itoaudio.runtime.blas import one_blas_thread
from itoaudio.runtime.errors import UnknownOption, check_text, no_use_for, within
from itoaudio.runtime.intonation import question_rise
from itoaudio.runtime.options import Options
from itoaudio.runtime.plan import Plan, named, plan
from itoaudio.runtime.sessions import Graph, GraphSet, built_ahead
from itoaudio.runtime.sound import Audio, check_finite
from itoaudio.runtime.spoken import Spoken, finished
from itoaudio.runtime.vocoder import LONGEST_CORE, VocoderModel
from itoaudio.runtime.voice_folder import VoiceFolder, find
from itoaudio.text import English, LexiconError, Sentence, SymbolTable, load_lexicon
from itoaudio.text.framing import framed

FRONT_ENDS = {"en": English}
"""By the language part of voice.json's tag."""

PAUSE_SECONDS = {"word": 0.0, "clause": 0.0, "sentence": 0.2, "paragraph": 0.5}
"""Silence after a piece of text at speed 1, beside the edges of silence that the acoustic model speaks."""

FIRST_FRAMES = 32
"""The first stretch of a text is short, so that it is soon heard: 0.37 s."""
WHOLE_FRAMES = 300
"""A first sentence of 3.5 s is heard as soon whole, in one window: two would draw their edges twice."""

MEL_BLOCK_FRAMES = 4096
MOST_THREADS = 1024

OF_SPEECH = ("speed", "pitch", "energy", "volume", "pause", "takes", "speaker", "markup")
"""Options that a copy of a recording has no use for."""


class Voice:
    """A loaded voice. Threads may share one; models are built at their first use."""

    def __init__(
        self, folder: VoiceFolder, *, threads: int | None = None, lexicon: Mapping[str, str] | None = None
    ) -> None:
        """threads: to share the frames of a call, by default one a core, at most 4; lexicon: what
        `load_lexicon` reads."""
        self.spec = folder.spec
        self.folder = folder.path
        if threads is not None:
            within("threads", threads, 1, MOST_THREADS, whole=True)
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

        threads: to share the frames of a call; lexicon: file of a user's own pronunciations. ValueErrors name
        what is wrong: `UnknownVoice`, `DamagedVoice`, `LexiconError`.
        """
        words = read_lexicon(lexicon) if lexicon else None
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
        """As `say`, in stretches, each as soon as it is asked for: `say` is these, joined.

        Of a long first sentence the first is short; sentences are read and spoken one by one, so a book needs
        the memory of a page.
        What is wrong with options, marks or script is raised at once; a word without a sound when it comes.
        """
        check_text("text", text)
        chosen = Options.of(options)
        ways = self.plans(chosen)
        self.speaker(chosen.speaker)
        with built_ahead(self._graphs(ways)):
            sentences = self._front_end.sentences(text, markup=chosen.markup)
            first = next(sentences)
        return self._stream(chain([first], sentences), chosen, ways)

    def vocode(self, audio: Audio | np.ndarray, *, sample_rate: int | None = None, **options: Any) -> Audio:
        """Copy synthesis: the mel of `audio`, at any sample rate, and back. As long as `audio`.

        What `Audio.of` takes, such as an array (N,) of floats, is at `sample_rate` Hz, or at the voice's.
        Options are those of the vocoder's draw; one `temperature` is its own. ValueError for the others.
        """
        chosen = Options.of(options)
        no_use_for(chosen, OF_SPEECH, "a copy is as its recording speaks")
        if not isinstance(chosen.temperature, tuple):
            chosen = replace(chosen, temperature=(None, chosen.temperature))
        _, way = self.plans(chosen)
        if not isinstance(audio, Audio):
            audio = Audio.of(audio, self.sample_rate if sample_rate is None else sample_rate)
        if len(audio.samples) == 0:
            raise ValueError("0 samples: there is no sound to vocode")
        check_finite(audio.samples)
        samples = resample(audio.samples, audio.sample_rate, self.sample_rate)
        pieces = self._vocoder.stream(self._mel(samples), plan=way, seed=_seed(chosen.seed, 1))
        return Audio(np.concatenate(list(pieces))[: len(samples)], self.sample_rate)

    def edit(self, audio: Audio, text: str, new_text: str, **options: Any) -> Audio:
        """`audio`, a recording of this voice of `text`, with the words that differ in `new_text` said anew.

        Farther than 50 ms from a change it is `audio`, sample for sample. `runtime.edit` also tells what
        changed. ValueError when nothing does, and when the sound cannot hold the text.
        """
        from itoaudio.runtime.edit import edit

        return edit(self, audio, text, new_text, **options).audio

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

    def speaker(self, name: str | None) -> int:
        """Number of a speaker; `UnknownOption` names the nearest of those that the voice has."""
        if name is None:
            return 0
        if not self.spec.speakers:
            raise UnknownOption(f"unknown speaker {name!r}: {self.spec.name} has one speaker; leave it out")
        return named("speaker", name, {known: number for number, known in enumerate(self.spec.speakers)})

    def _graphs(self, ways: tuple[Plan, Plan]) -> list[Graph]:
        return [*self._acoustic.graphs(ways[0]), *self._vocoder.graphs(ways[1])]

    def _mel(self, samples: np.ndarray) -> np.ndarray:
        """Mel (1, M, F) of sound (N,), in blocks, as its windows of samples are four times as large as it."""
        spec, length = self.spec.mel, len(samples)
        frames = max(-(-length // spec.hop_samples), spec.padding // spec.hop_samples + 1)
        padded = np.pad(samples, (0, frames * spec.hop_samples - length))
        padded = np.pad(padded, spec.padding, mode="reflect")
        hop, size = spec.hop_samples, MEL_BLOCK_FRAMES * spec.hop_samples
        with one_blas_thread():
            blocks = [
                log_mel_of_padded(padded[start : start + size + spec.n_fft - hop], spec)
                for start in range(0, frames * hop, size)
            ]
        return np.concatenate(blocks, axis=-1)[None]

    def _manner(self, sentence: Sentence, options: Options) -> dict[str, Any]:
        """What is said and how, as keywords of `AcousticModel.aligned`: the same for all who draw its mel."""
        prosody, symbols = sentence.prosody, framed(sentence.phonemes)
        rate = self.spec.mel.sample_rate / self.spec.mel.hop_samples
        return {
            "ids": self._symbols.encode(symbols),
            "speed": options.speed * prosody.rate,
            "pitch": options.pitch + prosody.pitch_semitones,
            "energy": options.energy,
            "intonation": partial(question_rise, symbols, frame_rate=rate) if sentence.rises else None,
            "speaker": self.speaker(options.speaker),
        }

    def _stream(
        self, sentences: Iterator[Sentence], options: Options, ways: tuple[Plan, Plan]
    ) -> Iterator[Spoken]:
        first = FIRST_FRAMES
        for sentence, following in pairwise(chain(sentences, [None])):
            assert sentence is not None  # only the end is
            yield from self._speak(sentence, options, ways, last=following is None, first=first)
            first = LONGEST_CORE

    def _speak(
        self, sentence: Sentence, options: Options, ways: tuple[Plan, Plan], *, last: bool, first: int
    ) -> Iterator[Spoken]:
        mel = self._acoustic.say(
            plan=ways[0],
            seed=_seed(options.seed, 0),
            takes=options.takes,
            **self._manner(sentence, options),
        )
        after = sentence.silence_after
        if after is None:
            after = 0.0 if last else PAUSE_SECONDS[sentence.pause] * options.pause / options.speed
        if mel.log_mel.shape[-1] <= WHOLE_FRAMES:
            first = WHOLE_FRAMES
        seed = _seed(options.seed + mel.take, 1)
        sounds = finished(
            self._vocoder.stream(mel.log_mel, plan=ways[1], seed=seed, first=first),
            length=mel.log_mel.shape[-1] * self.spec.mel.hop_samples,
            sample_rate=self.sample_rate,
            gain_db=self.spec.gain_db + sentence.prosody.volume_db + options.volume,
            before=sentence.silence_before,
            after=after,
        )
        frames = mel.frames
        for sound in sounds:
            yield Spoken(sentence, Audio(sound, self.sample_rate), frames)
            sentence, frames = replace(sentence, words=(), silence_before=0.0), frames[:0]


def read_lexicon(path: str | Path) -> dict[str, str]:
    """A user's own pronunciations; `LexiconError` for a file that cannot be read or a line that is wrong."""
    try:
        return load_lexicon(path)
    except OSError as error:
        raise LexiconError(
            f"{path}: no lexicon ({error.strerror}); give a file with a word, a tab and its IPA in each line"
        ) from None


def _seed(seed: int, stage: int) -> int:
    """Seeds of the two stages, so that they do not share noise."""
    return 2 * seed + stage
