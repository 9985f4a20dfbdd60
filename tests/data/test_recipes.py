import json
from pathlib import Path

import pytest

from itoaudio.data.corrections import load
from itoaudio.data.recipes import RECIPES, CorpusError, detect, read_corpus

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"


def files(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def seen(listing):
    return [(source.id, source.speaker, source.text, source.audio.name) for source in listing.sources]


def test_ljspeech_layout(tmp_path):
    files(tmp_path, "wavs/a.flac", "wavs/b.WAV")
    (tmp_path / "metadata.csv").write_text("a|Dr. Who|Doctor Who\nb|So it is\n", encoding="utf-8")
    listing = read_corpus(tmp_path)
    assert listing.recipe == "ljspeech"
    assert seen(listing) == [("a", "", "Doctor Who", "a.flac"), ("b", "", "So it is", "b.WAV")]


def test_audio_beside_text_in_any_depth_keeps_ids_apart(tmp_path):
    files(tmp_path, "one/a.wav", "two/a.wav", "two/b.wav")
    for name in ("one/a", "two/a", "two/b"):
        (tmp_path / f"{name}.txt").write_text("Hello.\n", encoding="utf-8")
    listing = read_corpus(tmp_path)
    assert listing.recipe == "wav_text"
    assert [source.id for source in listing.sources] == ["one_a", "two_a", "b"]


@pytest.mark.parametrize("folder", ["wav", "wavs", "."])
def test_piper_with_speakers(tmp_path, folder):
    files(tmp_path, f"{folder}/1.wav", f"{folder}/2.wav")
    (tmp_path / "metadata.csv").write_text("1|ann|Hello there.\n2.wav|bob|Oh no.\n", encoding="utf-8")
    listing = read_corpus(tmp_path)
    assert listing.recipe == "piper"
    assert seen(listing) == [("1", "ann", "Hello there.", "1.wav"), ("2", "bob", "Oh no.", "2.wav")]
    assert listing.speakers == ("ann", "bob")


def test_vits_file_lists(tmp_path):
    files(tmp_path, "wavs/a.wav", "wavs/b.wav")
    lists = tmp_path / "filelists"
    lists.mkdir()
    (lists / "train.txt").write_text("wavs/a.wav|0|One.\nwavs/gone.wav|1|Two.\n", encoding="utf-8")
    (lists / "val.txt").write_text("DUMMY/b.wav|1|Three.\n", encoding="utf-8")
    (tmp_path / "wavs" / "DUMMY").mkdir()
    files(tmp_path, "wavs/DUMMY/b.wav")
    listing = read_corpus(tmp_path)
    assert listing.recipe == detect(lists / "train.txt") == "vits"
    assert [(source.id, source.speaker) for source in listing.sources] == [("a", "0"), ("b", "1")]
    assert [(fault.kind, fault.place) for fault in listing.faults] == [("text_without_audio", "wavs/gone")]


def test_jsonl_manifests_of_both_kinds(tmp_path):
    files(tmp_path, "a.wav", "deep/b.flac")
    rows = [
        {"audio": "a.wav", "text": "One.", "id": "first", "speaker": "ann", "duration": 3},
        {"audio_filepath": "deep/b.flac", "text": "Two."},
    ]
    manifest = tmp_path / "clean.jsonl"
    manifest.write_text("\n".join(map(json.dumps, rows)) + "\nnonsense\n", encoding="utf-8")
    for place in (manifest, tmp_path):
        listing = read_corpus(place)
        assert listing.recipe == "jsonl"
        assert seen(listing) == [("first", "ann", "One.", "a.wav"), ("b", "", "Two.", "b.flac")]
        assert [fault.kind for fault in listing.faults] == ["bad_line"]
        assert listing.faults[0].place.endswith("clean.jsonl:3")


def test_vctk_takes_the_first_microphone(tmp_path):
    files(tmp_path, *(f"wav48_silence_trimmed/p225/p225_001_mic{n}.flac" for n in (1, 2)))
    files(tmp_path, "wav48_silence_trimmed/p226/p226_001.flac", "txt/p315/p315_001.txt")
    for speaker in ("p225", "p226"):
        text = tmp_path / "txt" / speaker / f"{speaker}_001.txt"
        text.parent.mkdir(parents=True)
        text.write_text("Please call Stella.", encoding="utf-8")
    listing = read_corpus(tmp_path)
    assert listing.recipe == "vctk"
    assert seen(listing) == [
        ("p225_001", "p225", "Please call Stella.", "p225_001_mic1.flac"),
        ("p226_001", "p226", "Please call Stella.", "p226_001.flac"),
    ]
    assert [fault.kind for fault in listing.faults] == ["text_without_audio"]  # p315 has no microphone at all


def test_a_folder_of_corpora_is_a_speaker_each(tmp_path):
    for speaker in ("ann", "bob"):
        files(tmp_path / speaker, "wavs/1.wav")
        (tmp_path / speaker / "metadata.csv").write_text("1|Hello there.\n", encoding="utf-8")
    listing = read_corpus(tmp_path)
    assert listing.recipe == "speakers"
    assert [(source.id, source.speaker) for source in listing.sources] == [("ann_1", "ann"), ("bob_1", "bob")]


def test_what_is_missing_is_told_and_the_rest_is_read(tmp_path):
    files(tmp_path, "wavs/a.wav", "wavs/empty.wav", "wavs/silentfilm.wav")
    (tmp_path / "metadata.csv").write_text("a|Hi.\ngone|No sound.\nempty|\nno bar\n", encoding="utf-8")
    listing = read_corpus(tmp_path)
    assert [source.id for source in listing.sources] == ["a"]
    assert {(fault.kind, Path(fault.place).name) for fault in listing.faults} == {
        ("text_without_audio", "gone"),
        ("empty_text", "empty"),
        ("bad_line", "metadata.csv:4"),
        ("audio_without_text", "silentfilm.wav"),
    }


def test_an_id_cannot_leave_the_cache(tmp_path):
    files(tmp_path, "wavs/a.wav")
    (tmp_path / "metadata.csv").write_text("../wavs/a|Hi.\n", encoding="utf-8")
    (source,) = read_corpus(tmp_path).sources
    assert "/" not in source.id
    assert not source.id.startswith(".")


def test_what_is_no_corpus_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="no such corpus"):
        read_corpus(tmp_path / "nowhere")
    with pytest.raises(CorpusError, match="no layout that is known"):
        read_corpus(tmp_path)
    with pytest.raises(CorpusError, match=r"metadata\.csv"):
        read_corpus(tmp_path, "ljspeech")
    (tmp_path / "metadata.csv").write_text("gone|text text|text\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="gone"):
        read_corpus(tmp_path)
    with pytest.raises(CorpusError, match="unknown: use auto, ljspeech"):
        read_corpus(tmp_path, "ljspeach")


def test_the_recipes_of_the_issue_are_there():
    assert {"ljspeech", "wav_text", "piper", "vits", "jsonl", "vctk", "speakers"} == set(RECIPES)


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the given corpora are not beside this repository")
@pytest.mark.parametrize(
    ("name", "recipe", "count"),
    [
        ("kathleen-22k", "ljspeech", 1564),
        ("kathleen-original-sample", "wav_text", 8),
        ("ljspeech-mini", "ljspeech", 8),
    ],
)
def test_given_corpora_are_read_whole(name, recipe, count):
    listing = read_corpus(CORPORA / name)
    assert (listing.recipe, len(listing.sources), listing.faults) == (recipe, count, ())


def test_corrections_restore_question_marks():
    table = load("kathleen")
    assert len(table) >= 35
    assert all(new.endswith("?") and old[:-1] == new[:-1] for old, new in table.items())
    with pytest.raises(ValueError, match="nobody"):
        load("nobody")
