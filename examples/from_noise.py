# %% [markdown]
# # Noise becomes speech
# The reverse-time SDE on its way: each file holds what the vocoder makes of one moment of the mel.

# %%
import itoaudio
from itoaudio.runtime.trajectory import sound_of, trajectory

voice = itoaudio.load()
moments = trajectory(voice, "Out of noise, slowly.", steps=(4, None))
for number, moment in enumerate(moments):
    sound = sound_of(voice, moment.state)
    itoaudio.Audio(sound, voice.sample_rate).write(f"from_noise_{number}.wav")
    print(f"t = {moment.t:.3f}: standard deviation {moment.state.std():.2f}")
