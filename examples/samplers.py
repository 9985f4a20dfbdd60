# %% [markdown]
# # Choose the SDE, the sampler and the steps when you speak
# The score networks were trained once; all of these solve the same reverse-time equation with them.

# %%
import time

import itoaudio

voice = itoaudio.load()
ways = {
    "preset": {},
    "flow": {"sampler": "heun_flow", "steps": (4, 2)},
    "paper": {"sde": "vp", "sampler": "reverse_diffusion", "corrector_snr": 0.16, "steps": (8, 4)},
}
for name, options in ways.items():
    begun = time.perf_counter()
    voice.say("One voice, three ways to draw it.", **options).write(f"sampler_{name}.wav")
    print(f"{name}: {time.perf_counter() - begun:.2f} s")
