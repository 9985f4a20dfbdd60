# %% [markdown]
# # A recording through the vocoder, as arrays
# Its mel is taken and a wave is drawn anew from it: what remains of a sound when only its mel is known.

# %%
import numpy as np
import soundfile

import itoaudio

rate = 16000
seconds = np.arange(2 * rate) / rate
chirp = 0.3 * np.sin(2 * np.pi * (150 + 100 * seconds) * seconds)  # any array, any rate, any channels

voice = itoaudio.load()
copy = voice.vocode(chirp, sample_rate=rate)
soundfile.write("vocode.wav", copy.samples, copy.sample_rate)
