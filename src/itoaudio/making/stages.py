"""The stages of a voice, each done once: what a second start finds done it leaves alone.

check -> prepare -> measure -> acoustic -> vocoder -> vocoder_few -> acoustic_few -> export -> listen
A training stage that was stopped goes on from its last saved step, minutes before.
"""

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from itoaudio.corpus.check import check, write_clean
from itoaudio.corpus.report import write_report
from itoaudio.data.prepare import prepare
from itoaudio.data.recipes import read_corpus
from itoaudio.export.config import VoiceConfig
from itoaudio.export.voice_writer import export_voice
from itoaudio.making.estimate import scaled, seconds_a_step, total_seconds
from itoaudio.making.listening import write_page
from itoaudio.making.plan import KINDS, corpus_of, default_steps, origin, runs_of, split_seed
from itoaudio.making.settings import Making
from itoaudio.runtime.errors import UnknownVoice
from itoaudio.runtime.voice_folder import find
from itoaudio.train.checkpoint import saved_step
from itoaudio.train.config import Precision, save_yaml
from itoaudio.train.devices import faster_precision, found
from itoaudio.train.progress import span
from itoaudio.train.start import train

ROOM_BYTES = 2 << 30  # checkpoints, features of an hour and the voice together stay below


@dataclass(frozen=True)
class Work:
    """Where a voice is made, where it goes, and with what. say: tells the person what happens."""

    folder: Path
    target: Path
    say: Callable[[str], None]
    threads: int = 0
    accelerator: str = "auto"
    workers: int = 2

    @property
    def cache(self) -> Path:
        """Features."""
        return self.folder / "cache"

    @property
    def runs(self) -> Path:
        """Run folders."""
        return self.folder / "runs"


def make(making: Making, work: Work, *, estimate_only: bool = False) -> Path | None:
    """Do what is not done yet; answers the voice's folder, or None after an estimate.

    Raises what stops a stage; the next call goes on there. ValueError at once for a device that is not here.
    """
    found(work.accelerator)
    if shutil.disk_usage(work.folder).free < ROOM_BYTES:
        work.say(
            f"little room: less than {ROOM_BYTES >> 30} GB free in {work.folder}; a full disk stops the work"
        )
    for stage, action in (("check", _check), ("prepare", _prepare), ("measure", _measure)):
        making = _done(stage, action, making, work)
    if estimate_only:
        return None
    for stage in runs_of(making, work.folder):
        making = _done(stage, _trainer(stage), making, work)
    for stage, action in (("export", _export), ("listen", _listen)):
        making = _done(stage, action, making, work)
    return work.target


Stage = Callable[[Making, Work], Making]


def _done(stage: str, action: Stage, making: Making, work: Work) -> Making:
    if stage in making.done:
        return making
    began = time.monotonic()
    try:
        made = action(making, work)
    except BaseException:
        making.stopped(work.folder, stage, time.monotonic() - began)
        raise
    return made.after(work.folder, stage, time.monotonic() - began)


def _check(making: Making, work: Work) -> Making:
    """Name what is wrong; keep the good recordings; find a split of them."""
    try:
        voice = find("kathleen") if making.recipe.align else None
    except UnknownVoice:
        voice = None
    checked = check(Path(making.corpus), voice=voice, workers=work.workers)
    place = work.folder / "check"
    write_report(checked, place / "report.html")
    write_clean(checked, place / "clean.jsonl")
    kept, of = checked.minutes(checked.kept), checked.minutes(list(checked.listing.sources))
    work.say(
        f"check: {len(checked.kept)} of {len(checked.listing.sources)} recordings are good, {kept:.1f} of"
        f" {of:.1f} minutes; {place / 'report.html'} says why"
    )
    names = tuple(sorted({source.speaker for source in checked.kept}))
    return msgspec.structs.replace(
        making,
        seed=split_seed(checked.kept),
        speakers=names if len(names) > 1 else (),
    )


def _prepare(making: Making, work: Work) -> Making:
    corpus = corpus_of(making, work.folder)
    prepare(corpus, work.cache, workers=work.workers)
    count = len(read_corpus(Path(corpus.folder), corpus.recipe).sources)
    work.say(f"prepare: features of {count} recordings in {work.cache}")
    return making


def _measure(making: Making, work: Work) -> Making:
    """Time a little of each stage, scale the steps to the hours there are, and say how long it takes."""
    if work.threads:
        import torch

        torch.set_num_threads(work.threads)
    making = msgspec.structs.replace(making, precision=_precision(making, work))
    steps, runs = default_steps(making), runs_of(making, work.folder)
    seconds = making.recipe.measure_seconds / max(1, len(runs))
    each = {
        stage: seconds_a_step(stage, run, work.cache, seconds=seconds, accelerator=work.accelerator)
        for stage, run in runs.items()
    }
    whole = total_seconds(each, steps)
    if making.recipe.hours is not None:
        steps = scaled(steps, making.recipe.hours * 3600 / sum(whole.values()))
        whole = total_seconds(each, steps)
    ready = time.strftime("%A %H:%M", time.localtime(time.time() + sum(whole.values())))
    parts = ", ".join(f"{stage} {span(time_)}" for stage, time_ in whole.items())
    work.say(
        f"estimate from {making.recipe.measure_seconds:.0f} measured seconds: {span(sum(whole.values()))} of"
        f" training ({parts}) if the machine stays as busy as now: ready about {ready}"
    )
    return msgspec.structs.replace(making, steps=steps)


def _precision(making: Making, work: Work) -> Precision:
    """The one asked for; `auto` on a CPU is the faster one, which the whole voice then keeps."""
    asked = making.recipe.precision
    if asked != "auto" or found(work.accelerator) != "cpu":
        return asked
    chosen, share = faster_precision()
    work.say(f"precision: {chosen}, {share:.2f} of the time that the other takes here")
    return chosen


def _trainer(stage: str) -> Stage:
    def action(making: Making, work: Work) -> Making:
        run = runs_of(making, work.folder)[stage]
        config = work.folder / "configs" / f"{stage}.yaml"
        config.parent.mkdir(exist_ok=True)
        save_yaml(run, config)
        step = saved_step(work.runs / run.name)
        place = "" if step is None else f", from step {step} on"
        begin = f" from {run.start}" if run.start and step is None else ""
        work.say(f"{stage}: {run.optimiser.steps} steps{place}{begin}")
        train(
            KINDS[stage],
            config,
            runs=work.runs,
            cache=work.cache,
            threads=work.threads,
            accelerator=work.accelerator,
        )
        return making

    return action


def _export(making: Making, work: Work) -> Making:
    """Write and install the voice: nothing of an older one is lost when it fails."""
    runs = runs_of(making, work.folder)
    sources = read_corpus(work.folder / "check" / "clean.jsonl").sources
    config = VoiceConfig(
        name=making.name,
        language=making.language,
        licence=making.licence,
        corpus=f"{len(sources)} recordings of {making.speaker}",
        description=_description(making, runs),
        consent=making.consent,
    )
    export_voice(
        config,
        work.target,
        acoustic=work.runs / "acoustic",
        vocoder=work.runs / "vocoder",
        acoustic_few=work.runs / "acoustic_few" if "acoustic_few" in runs else None,
        vocoder_few=work.runs / "vocoder_few" if "vocoder_few" in runs else None,
    )
    work.say(f"export: installed in {work.target}")
    return making


def _description(making: Making, runs: Mapping[str, object]) -> str:
    steps = making.steps or default_steps(making)
    counts = ", ".join(f"{stage} {count}" for stage, count in msgspec.structs.asdict(steps).items() if count)
    minutes = sum(seconds for stage, seconds in making.done.items() if stage in runs) / 60
    return f"{origin(making)} by `ito voice new`: steps {counts}; {minutes:.0f} minutes of training."


def _listen(making: Making, work: Work) -> Making:
    page = work.folder / "listening.html"
    write_page(making, corpus_of(making, work.folder), work.cache, work.target, page)
    work.say(f"listen: {page}")
    return making
