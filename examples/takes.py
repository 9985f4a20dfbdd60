# %% [markdown]
# # The best of several takes
# Every seed is another take. `takes` draws a few of each sentence and keeps the one that the score model
# finds most likely.

# %%
import itoaudio

voice = itoaudio.load()
text = "No two takes are alike."
for seed in range(3):
    voice.say(text, seed=seed).write(f"take_{seed}.wav")
voice.say(text, takes=3).write("take_best.wav")
