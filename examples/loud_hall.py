# %% [markdown]
# # Your own effects
# Samples are a numpy array: here they are played in a hall, and brought below the limiter's ceiling again.

# %%
import numpy as np

import itoaudio
from itoaudio.audio.limiter import limited

voice = itoaudio.load()
dry = voice.say("Hello, is anybody there?")
echo = np.random.default_rng(0).standard_normal(dry.sample_rate)
echo *= np.exp(-6 * np.arange(len(echo)) / dry.sample_rate) / 20
wet = np.convolve(dry.samples, np.concatenate([[1.0], echo])).astype(np.float32)
itoaudio.Audio(limited(wet, dry.sample_rate), dry.sample_rate).write("loud_hall.flac")
