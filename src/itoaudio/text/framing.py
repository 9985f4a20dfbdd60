"""The edges of an utterance: the acoustic model speaks silence there, so it needs symbols to hold it."""

from itoaudio.text.symbols import PAD


def framed(phonemes: str) -> str:
    """`phonemes` between two PAD symbols, which stand for the silence before and after speech.

    Training and synthesis both encode this text, so that no phone is stretched over silence.
    """
    return f"{PAD}{phonemes}{PAD}"
