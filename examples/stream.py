# %% [markdown]
# # Sound while later sound is made
# The first stretch of a text comes after a few hundredths of a second of work, and a book needs the memory
# of a page. Joined, the stretches are what `say` answers.

# %%
import time

import itoaudio

voice = itoaudio.load()
begun, length = time.perf_counter(), 0.0
for spoken in voice.stream("This sentence is heard at once. The next one is made meanwhile. " * 3):
    length += spoken.audio.duration_seconds
    print(f"after {time.perf_counter() - begun:.2f} s of work there are {length:.2f} s of sound")
