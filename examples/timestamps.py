# %% [markdown]
# # When each word is heard
# A timeline fills while a text is spoken; subtitles and TextGrids are written from it.

# %%
from pathlib import Path

import itoaudio
from itoaudio.runtime.timestamps import to_srt
from itoaudio.runtime.timing import Timeline

voice = itoaudio.load()
timeline = Timeline(voice.sample_rate, voice.spec.mel.hop_samples)
for spoken in voice.stream("Each word has its time. [pause:0.5s] So has each pause."):
    timeline.add(spoken)
for word in timeline.words:
    print(f"{timeline.seconds(word.start):6.2f} {timeline.seconds(word.end):6.2f}  {word.text}")
Path("timestamps.srt").write_text(to_srt(timeline), encoding="utf-8")
