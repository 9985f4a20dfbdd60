"""One edit laid out in time: what stays, what is drawn, and the sound of what is drawn."""

from collections.abc import Sequence

import numpy as np

from itoaudio.audio.files import resample
from itoaudio.audio.limiter import limited
from itoaudio.runtime.align import Aligned, Spoken
from itoaudio.runtime.edit_level import floor_matched
from itoaudio.runtime.edit_mel import draw, prosody, timeline
from itoaudio.runtime.edit_regions import groups, kept, regions
from itoaudio.runtime.edit_splice import Piece
from itoaudio.runtime.edit_text import Change
from itoaudio.runtime.intonation import Intonation
from itoaudio.runtime.options import Options
from itoaudio.runtime.plan import Plan
from itoaudio.runtime.voice import Voice, _seed

MARGIN_SECONDS = 0.05
LEAST_CONTEXT_FRAMES = 32
REPEATS = 2  # of each step of the sampler (Lugmayr et al. 2022)


class Scene:
    """A recording under its text, its new text, and all that rendering one change asks about the others."""

    def __init__(
        self,
        voice: Voice,
        options: Options,
        plans: tuple[Plan, Plan],
        heard: Aligned,
        spoken: tuple[Spoken, Spoken],
        found: Sequence[Change],
        intonation: Intonation,
        floors: tuple[np.ndarray, np.ndarray] | None,
    ) -> None:
        self.voice, self.options, self.plans, self.heard, self.floors = voice, options, plans, heard, floors
        old, self.new = spoken
        spec, model = voice.spec.mel, voice._acoustic
        self.line = timeline(heard, old, self.new, found, speed=options.speed, longest=model.longest)
        self.kept = kept(found, self.line.source, self.line.frames)
        gap = 2 * MARGIN_SECONDS * spec.sample_rate / spec.hop_samples
        self.regions = regions(found, heard.durations, self.line.frames, gap=gap)
        pitch = voice._vocoder.graphs(plans[1])[0]({"mel": heard.log_mel[None]})
        self.tone = prosody(
            heard,
            pitch["log_f0"][0],
            pitch["voicing"][0],
            old,
            self.new,
            found,
            model.spec,
            options,
            rise=intonation(self.line.frames),
        )

    def pieces(self, sample_rate: int) -> list[Piece]:
        """The sound of every region at `sample_rate`, with context, and where it goes."""
        graphs = self.voice.spec.acoustic.exact
        reach = graphs.condition_reach_frames + graphs.score_reach_frames
        context, frames = max(reach, LEAST_CONTEXT_FRAMES), len(self.line.source)
        found = []
        for window, part in groups(self.regions, context=context, frames=frames):
            sound = resample(self._sound(window), self.voice.sample_rate, sample_rate)
            hop = self.voice.spec.mel.hop_samples * sample_rate / self.voice.sample_rate
            for region in part:
                inside = region.start - window.start, region.stop - window.start
                places = (region.old_start, region.old_stop, *inside)
                old_start, old_stop, start, stop = (round(place * hop) for place in places)
                found.append(Piece(old_start, old_stop, sound, start, stop))
        return found

    def _sound(self, window: slice) -> np.ndarray:
        """Samples (L hop,) at the voice's rate and the recording's level."""
        source, stays = self.line.source[window], self.kept[window]
        log_mel = draw(
            self.voice._acoustic,
            self.new,
            self.tone,
            self.line.frames,
            self.heard.log_mel[:, source],
            stays,
            window=window,
            plan=self.plans[0],
            resample=REPEATS,
            seed=_seed(self.options.seed, 0),
        )
        if self.floors is not None:
            log_mel = np.where(stays, log_mel, floor_matched(log_mel, *self.floors))
        sound = self.voice._vocoder.sound(
            log_mel[None], plan=self.plans[1], seed=_seed(self.options.seed, 1), first_frame=window.start
        )
        gain = np.exp(self.heard.level) * 10 ** (self.options.volume / 20)
        return limited(sound * np.float32(gain), self.voice.sample_rate)
