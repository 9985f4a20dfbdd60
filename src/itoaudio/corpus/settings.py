"""Limits of the checks, with the reasons for their values."""

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Beyond these a recording is found. Seconds, dB, or robust standard deviations of the whole corpus.

    sample_rate: of the mel to train on; lower rates lack its upper bands. snr_db: speech above the room's
    noise. clipped_runs: flat tops of the wave. narrow_db: energy above 4 kHz, below that of a telephone.
    rate_deviations: of phonemes a second; fit_deviations: of the distance between sound and text's mean mel.
    """

    shortest_seconds: float = 0.4
    longest_seconds: float = 20.0
    sample_rate: int = 22050
    silent_db: float = -55.0
    snr_db: float = 15.0
    clipped_runs: int = 3
    narrow_db: float = -55.0
    rate_deviations: float = 4.0
    fit_deviations: float = 6.0
    same_sound: float = 0.998
