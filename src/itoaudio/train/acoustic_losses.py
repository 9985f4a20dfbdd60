"""The losses of ItôTTS but for the denoising error: alignment, symbols' targets, crops of frames.

prior: |mel - mean of the aligned symbol|^2 (Glow-TTS, arXiv 2005.11129); durations, pitch and energy: squared
errors for each symbol (FastSpeech 2, arXiv 2006.04558). All are means over real symbols or frames.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from itoaudio.data.acoustic import AcousticBatch
from itoaudio.networks.acoustic import AcousticModel, align, average, diagonal_prior, log_likelihood, repeat

from .draws import Draws
from .job import mean_over_processes

UNVOICED_WEIGHT = 0.1  # what a symbol without voiced frames counts in the pitch loss


@dataclass(frozen=True)
class Aligned:
    """A batch with its alignment. B items, S symbols, F frames."""

    hidden: Tensor  # (B, S, H)
    durations: Tensor  # (B, S) int64 frames
    pitch: Tensor  # (B, S) the recordings' own, in standard deviations
    energy: Tensor  # (B, S)
    mel: Tensor  # (B, M, F) standardised, zero at padding
    contour: Tensor  # (B, F) the recordings' log-F0, in standard deviations
    voicing: Tensor  # (B, F)
    frames: Tensor  # (B,) int64
    losses: dict[str, Tensor]  # scalars: prior, duration, pitch, energy


@dataclass(frozen=True)
class Crops:
    """Stretches of L frames with c frames of context on each side for the condition network."""

    hidden: Tensor  # (B, H, L + 2c)
    pitch: Tensor  # (B, L + 2c)
    energy: Tensor  # (B, L + 2c)
    contour: Tensor  # (B, L + 2c) of frames
    voicing: Tensor  # (B, L + 2c)
    context_mask: Tensor  # (B, L + 2c, 1)
    mel: Tensor  # (B, M, L) standardised
    mask: Tensor  # (B, L, 1)
    context: int


def aligned(model: AcousticModel, batch: AcousticBatch, *, prior_weight: float) -> Aligned:
    """Encode, align and compare. prior_weight: of the diagonal prior, a help while the encoder is new."""
    symbol_mask, frame_mask = mask(batch.symbols), mask(batch.frames)
    hidden, mean = model.text.encode(batch.ids, symbol_mask, batch.speaker)
    with torch.autocast(mean.device.type, enabled=False):
        mel = model.standardise(batch.log_mel) * frame_mask.transpose(1, 2)
        with torch.no_grad():
            score = log_likelihood(mean, mel)
            if prior_weight > 0:
                shape = (score.shape[1], score.shape[2])
                score = score + prior_weight * diagonal_prior(batch.symbols, batch.frames, shape)
            durations = align(score, batch.symbols, batch.frames)
            pitch, energy, voiced = symbol_targets(model, batch, durations)
        held = repeat(mean.transpose(1, 2), durations, mel.shape[-1])  # (B, M, F)
        losses = {"prior": masked_mean((mel - held).square().mean(1), frame_mask)}
    log_duration, pitch_guess, energy_guess = model.text.predict(hidden, symbol_mask)
    target = durations.clamp(min=1).log()
    pitch_error = (pitch_guess - pitch).square() * voiced.clamp(min=UNVOICED_WEIGHT)
    losses["duration"] = masked_mean((log_duration - target).square(), symbol_mask)
    losses["pitch"] = masked_mean(pitch_error, symbol_mask)
    losses["energy"] = masked_mean((energy_guess - energy).square(), symbol_mask)
    pitch_mean, pitch_std = model.pitch_statistics
    contour = (batch.log_f0 - pitch_mean) / pitch_std
    return Aligned(hidden, durations, pitch, energy, mel, contour, batch.voicing, batch.frames, losses)


def symbol_targets(
    model: AcousticModel, batch: AcousticBatch, durations: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """pitch, energy (standard deviations) and share of voiced frames of each symbol, (B, S) each."""
    pitch_mean, pitch_std = model.pitch_statistics
    energy_mean, energy_std = model.energy_statistics
    ones = torch.ones_like(batch.voicing)
    # A little weight on unvoiced frames: a symbol without voiced ones gets the pitch drawn through it.
    pitch = average((batch.log_f0 - pitch_mean) / pitch_std, durations, batch.voicing + 1e-3)
    energy = average((batch.log_mel.mean(1) - energy_mean) / energy_std, durations, ones)
    return pitch, energy, average(batch.voicing, durations, ones)


def crop(
    item: Aligned, *, frames: int, count: int, context: int, draws: Draws, prosody_noise: float = 0.0
) -> Crops:
    """`count` random crops of at most `frames` frames, dealt evenly over the items.

    draws: where, and what noise; prosody_noise: standard deviation of an error added to each symbol's pitch
    and energy, so that the frame networks forgive the predictors' errors.
    """
    device = item.frames.device
    rows = torch.arange(count, device=device) % len(item.frames)
    length = min(frames, int(item.frames.max()))
    room = (item.frames[rows] - length).clamp(min=0)
    start = (draws.uniform(count, device) * (room + 1)).long()
    inner = start.unsqueeze(1) + torch.arange(length, device=device)  # (B, L)
    outer = start.unsqueeze(1) + torch.arange(length + 2 * context, device=device) - context
    ends = item.durations[rows].cumsum(1)
    symbol = torch.searchsorted(ends, outer.clamp(min=0), right=True).clamp(max=ends.shape[1] - 1)
    real = ((outer >= 0) & (outer < item.frames[rows].unsqueeze(1))).float()  # (B, L + 2c)

    def prosody(values: Tensor) -> Tensor:
        noisy = values + prosody_noise * draws.normal_like(values)
        return noisy[rows].gather(1, symbol) * real

    def of_frames(values: Tensor) -> Tensor:
        return values[rows].gather(1, outer.clamp(0, values.shape[1] - 1)) * real

    hidden = item.hidden[rows].gather(1, symbol.unsqueeze(-1).expand(-1, -1, item.hidden.shape[-1]))
    mel = functional.pad(item.mel, (0, length))[rows]
    return Crops(
        hidden=(hidden * real.unsqueeze(-1)).transpose(1, 2),
        pitch=prosody(item.pitch),
        energy=prosody(item.energy),
        contour=of_frames(item.contour),
        voicing=of_frames(item.voicing),
        context_mask=real.unsqueeze(-1),
        mel=mel.gather(2, inner.unsqueeze(1).expand(-1, mel.shape[1], -1)),
        mask=(inner < item.frames[rows].unsqueeze(1)).float().unsqueeze(-1),
        context=context,
    )


def contour_error(guess: tuple[Tensor, Tensor], crops: Crops) -> Tensor:
    """Squared error of the contour where voiced, plus that of the voicing: scalar.

    guess: contour and voicing (B, L + 2c) for the frames of `crops` with their context.
    """
    contour, voicing = guess
    bent = (contour - crops.contour).square() * crops.voicing
    return masked_mean(bent + (voicing - crops.voicing).square(), crops.context_mask)


def mask(lengths: Tensor) -> Tensor:
    """(B,) lengths -> (B, longest, 1): 1 where an item is real."""
    places = torch.arange(int(lengths.max()), device=lengths.device)
    return (places < lengths.unsqueeze(1)).float().unsqueeze(-1)


def masked_mean(error: Tensor, real: Tensor) -> Tensor:
    """Mean of error (B, L) where real (B, L, 1) is 1, over all processes once DDP has averaged it."""
    return (error * real.squeeze(-1)).sum() / mean_over_processes(real.sum())
