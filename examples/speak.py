# %% [markdown]
# # Text to a file

# %%
import itoaudio

voice = itoaudio.load()
audio = voice.say("Noise goes in, speech comes out.", seed=7)
audio.write("speak.wav")
print(f"{audio.duration_seconds:.2f} s at {audio.sample_rate} Hz")
