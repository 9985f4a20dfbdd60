"""Metrics that compare with a recording: of the same sound in step, or of the same words."""

from itoaudio.evaluate.cepstra import COEFFICIENTS
from itoaudio.evaluate.metrics import intrusive, melody, speaker, spectral
from itoaudio.evaluate.metrics.metric import Metric, Need, package
from itoaudio.evaluate.pitch import HIGHEST_HZ, LOWEST_HZ, WINDOW_SECONDS
from itoaudio.evaluate.sound import MEL

REFERENCE: frozenset[Need] = frozenset({"reference"})
ALIGNED: frozenset[Need] = frozenset({"reference", "alignment"})
MEL_SETTINGS = (
    f"{MEL.sample_rate} Hz, FFT {MEL.n_fft}, hop {MEL.hop_samples}, {MEL.bands} Slaney bands"
    f" {MEL.f_min:g}-{MEL.f_max:g} Hz, natural log of magnitude"
)
PITCH_SETTINGS = (
    f"WORLD DIO + StoneMask, {LOWEST_HZ:g}-{HIGHEST_HZ:g} Hz, frames of {MEL.hop_samples} samples, paired in"
    " step in copy synthesis, else by DTW"
)


def recorded() -> list[Metric]:
    """In the order of the table's columns."""
    cepstra = f"cepstra 1-{COEFFICIENTS} of the mel ({MEL_SETTINGS}), c0 left out"
    stft = "; ".join(f"{fft}/{hop}/{window}" for fft, hop, window in spectral.RESOLUTIONS)
    return [
        Metric(
            name="pesq",
            title="PESQ",
            unit="MOS-LQO",
            better="higher",
            headline=True,
            settings=f"wide band, {package('pesq')}, 16 kHz",
            needs=ALIGNED,
            measure=intrusive.pesq,
        ),
        Metric(
            name="estoi",
            title="ESTOI",
            unit="0-1",
            better="higher",
            digits=3,
            settings=f"{package('pystoi')}, 10 kHz",
            needs=ALIGNED,
            measure=intrusive.estoi,
        ),
        Metric(
            name="visqol",
            title="ViSQOL",
            unit="MOS-LQO",
            better="higher",
            settings=f"speech mode, lattice, {package('visqol-python')}, 16 kHz",
            needs=ALIGNED,
            measure=intrusive.visqol,
        ),
        Metric(
            name="log_mel_l1",
            title="log-mel L1",
            unit="neper",
            better="lower",
            digits=3,
            settings=MEL_SETTINGS,
            needs=ALIGNED,
            measure=spectral.log_mel_distance,
        ),
        Metric(
            name="mr_stft",
            title="MR-STFT",
            unit="",
            better="lower",
            digits=3,
            settings=f"FFT/hop/window {stft} at {MEL.sample_rate} Hz, spectral convergence + log magnitude",
            needs=ALIGNED,
            measure=spectral.stft_distance,
        ),
        Metric(
            name="mcd",
            title="MCD",
            unit="dB",
            better="lower",
            settings=cepstra,
            needs=ALIGNED,
            measure=spectral.cepstral_distance_in_step,
        ),
        Metric(
            name="mcd_dtw",
            title="MCD-DTW",
            unit="dB",
            better="lower",
            settings=f"{cepstra}; librosa's DTW, steps (1, 1), (0, 1), (1, 0)",
            needs=REFERENCE,
            measure=spectral.cepstral_distance_warped,
        ),
        *_melody(),
        Metric(
            name="speaker",
            title="speaker sim.",
            unit="cosine",
            better="higher",
            headline=True,
            digits=3,
            settings=f"speaker similarity: GE2E of {package('Resemblyzer')}, 16 kHz, 1.6 s windows, trimmed",
            needs=REFERENCE,
            measure=speaker.similarity,
        ),
    ]


def _melody() -> list[Metric]:
    return [
        Metric(
            name="log_f0_rmse",
            title="log-F0 RMSE",
            unit="cents",
            better="lower",
            digits=0,
            settings=f"{PITCH_SETTINGS}; over pairs voiced in both",
            needs=REFERENCE,
            measure=melody.log_f0_error,
        ),
        Metric(
            name="voicing_f1",
            title="voicing F1",
            unit="0-1",
            better="higher",
            digits=3,
            settings=PITCH_SETTINGS,
            needs=REFERENCE,
            measure=melody.voicing_f1,
        ),
        Metric(
            name="periodicity_rmse",
            title="periodicity RMSE",
            unit="0-1",
            better="lower",
            digits=3,
            settings=f"normalised cross-correlation over {WINDOW_SECONDS * 1000:g} ms; {PITCH_SETTINGS}",
            needs=REFERENCE,
            measure=melody.periodicity_error,
        ),
    ]
