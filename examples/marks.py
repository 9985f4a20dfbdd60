# %% [markdown]
# # Say it right: sounds, pauses and SSML

# %%
import itoaudio

voice = itoaudio.load()
marked = "You say [tomato](/təmˈeɪɾoʊ/), [pause:0.4s] I say [tomato](/təmˈɑtoʊ/)."
voice.say(marked).write("marks.wav")

ssml = """<speak>
  It weighs <say-as interpret-as="cardinal">12</say-as> pounds.
  <break time="300ms"/>
  <prosody rate="80%" pitch="-2st">And this is said slowly, and deep.</prosody>
</speak>"""
voice.say(ssml).write("marks_ssml.wav")
