"""What `ito voice new` decides before it trains, and what it refuses."""

import shutil
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from itoaudio.cli import main
from itoaudio.data.manifest import part_of
from itoaudio.data.source import CorpusError, Source
from itoaudio.making import plan
from itoaudio.making.estimate import scaled, total_seconds
from itoaudio.making.settings import FINE_TUNED, Making, Recipe, Steps
from itoaudio.networks.vocoder import FrameVocoderConfig
from itoaudio.train.acoustic import AcousticRun
from itoaudio.train.config import RefineConfig, load_run, save_yaml
from itoaudio.train.vocoder import VocoderRun

MAKING = Making(name="me", corpus="recordings", consent="I agreed.", speaker="I")


def sources(count):
    return [Source(id=str(i), audio=Path(f"{i}.wav"), text=f"Sentence number {i}.") for i in range(count)]


def test_no_part_of_a_small_corpus_is_empty():
    for count in (12, 13, 40):
        seed = plan.split_seed(sources(count))
        shares = {"validation": plan.HELD_OUT, "test": plan.HELD_OUT}
        parts = [part_of(source.text, seed=seed, **shares) for source in sources(count)]
        assert parts.count("validation") >= 2
        assert parts.count("test") >= 2
        assert parts.count("train") >= count // 2
    with pytest.raises(CorpusError, match="11 different sentences"):
        plan.split_seed(sources(11))


def test_runs_from_nothing_are_ones_that_ito_train_reads(tmp_path):
    runs = plan.runs_of(MAKING, tmp_path)
    assert list(runs) == ["acoustic", "vocoder", "vocoder_few", "acoustic_few"]
    assert runs["acoustic"].start is None
    assert runs["vocoder_few"].start == str(tmp_path / "runs" / "vocoder")
    assert len({run.corpus.digest for run in runs.values()}) == 1
    for stage, run in runs.items():
        save_yaml(run, tmp_path / f"{stage}.yaml")
        assert load_run(tmp_path / f"{stage}.yaml", type(run)) == run


def test_stages_without_steps_are_left_out(tmp_path):
    steps = Steps(acoustic=10, vocoder=10, vocoder_few=0, acoustic_few=0)
    making = msgspec.structs.replace(MAKING, recipe=Recipe(steps=steps))
    assert list(plan.runs_of(making, tmp_path)) == ["acoustic", "vocoder"]


def test_fine_tuning_takes_networks_and_symbols_from_the_start(tmp_path):
    start = plan.shipped_start()
    assert start is not None, "this repository has checkpoints"
    runs = plan.runs_of(msgspec.structs.replace(MAKING, start=str(start)), tmp_path)
    acoustic, vocoder = runs["acoustic"], runs["vocoder"]
    assert isinstance(acoustic, AcousticRun)
    known = load_run(start / "acoustic" / "config.yaml", AcousticRun)
    assert (acoustic.network, acoustic.symbols, acoustic.sde) == (known.network, known.symbols, known.sde)
    assert acoustic.statistics == "corpus"
    assert runs["acoustic_few"].statistics == "start"
    assert vocoder.network == load_run(start / "vocoder" / "config.yaml", VocoderRun).network
    assert (acoustic.optimiser.steps, vocoder.optimiser.steps) == (FINE_TUNED.acoustic, FINE_TUNED.vocoder)
    assert "`kathleen`" in plan.origin(msgspec.structs.replace(MAKING, start=str(start)))


def test_the_end_game_goes_on_from_the_starts_own(tmp_path):
    start = plan.shipped_start()
    assert start is not None, "this repository has checkpoints"
    given = tmp_path / "given"
    for stage in ("acoustic", "vocoder"):
        shutil.copytree(start / stage, given / stage)
    making = msgspec.structs.replace(MAKING, start=str(given))
    without = plan.runs_of(making, tmp_path)["vocoder_few"]
    assert without.start == str(tmp_path / "runs" / "vocoder")
    refine = RefineConfig(steps=(3,), projections=1)
    made = msgspec.structs.replace(without, start=None, refine=refine)
    (given / "vocoder_few").mkdir()
    save_yaml(made, given / "vocoder_few" / "config.yaml")
    (given / "vocoder_few" / "weights.safetensors").write_bytes(b"")
    few = plan.runs_of(making, tmp_path)["vocoder_few"]
    assert (few.start, few.refine) == (str(given / "vocoder_few"), refine)
    assert (few.corpus, few.optimiser) == (without.corpus, without.optimiser)
    for later in ("vocoder_final", "vocoder_adversarial", "vocoder_nearest"):
        shutil.copytree(given / "vocoder_few", given / later)
        assert plan.runs_of(making, tmp_path)["vocoder_few"].start == str(given / later)
    for later in ("vocoder_final", "vocoder_adversarial", "vocoder_nearest"):
        shutil.rmtree(given / later)
    other = msgspec.structs.replace(made, network=FrameVocoderConfig(width=8))
    save_yaml(other, given / "vocoder_few" / "config.yaml")
    assert plan.runs_of(making, tmp_path)["vocoder_few"] == without


def test_hours_scale_all_stages_alike():
    steps = Steps(acoustic=1000, vocoder=2000, vocoder_few=0, acoustic_few=500)
    half = scaled(steps, 0.5)
    assert msgspec.structs.astuple(half) == (500, 1000, 0, 250)
    whole = total_seconds({"acoustic": 2.0, "vocoder": 1.0}, half)
    assert whole == {"acoustic": 1000.0, "vocoder": 1000.0}


def test_what_was_chosen_is_kept(tmp_path):
    assert Making.load(tmp_path) is None
    MAKING.after(tmp_path, "check", 1.5)
    again = Making.load(tmp_path)
    assert again is not None
    assert again.done == {"check": 1.5}
    assert again.consent == "I agreed."


def new(folder, *more, name="me"):
    arguments = ["voice", "new", str(folder), "--name", name, "--work", str(folder.parent / "work"), *more]
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize(
    ("more", "name", "code", "message"),
    [
        ((), "me", 2, "nobody to ask"),
        (("--consent", " "), "me", 2, "--consent is empty"),
        (("--consent", "I agreed"), "../me", 2, "use letters, digits"),
        (("--consent", "I agreed"), "kathleen", 2, "there is a voice 'kathleen' already"),
        (("--consent", "I agreed", "--start", "nowhere"), "me", 2, "holds no acoustic/weights"),
    ],
)
def test_what_is_refused_leaves_nothing(tmp_path, more, name, code, message):
    (tmp_path / "mine").mkdir()
    done = new(tmp_path / "mine", *more, name=name)
    assert done.exit_code == code, done.stderr
    assert message in done.stderr
    assert not (tmp_path / "work").exists()


def test_no_corpus_is_named(tmp_path):
    assert "no such corpus" in new(tmp_path / "nowhere", "--consent", "I agreed").stderr


def test_a_work_folder_is_one_voices(tmp_path):
    (tmp_path / "mine").mkdir()
    MAKING.save(tmp_path / "work")
    done = new(tmp_path / "mine", "--consent", "I agreed", name="other")
    assert done.exit_code == 2
    assert "holds the voice 'me'" in done.stderr
