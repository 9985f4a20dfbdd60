# %% [markdown]
# # What will be said, before it is said
# The text front end alone: written words, spoken words, phonemes. No voice is loaded.

# %%
from itoaudio.text import English

for sentence in English().read("Dr. Smith read 3/4 of it on May 5, 2024. Will you read it, too?"):
    for word in sentence.words:
        print(f"{word.written:12} {word.spoken:36} {word.phonemes}")
