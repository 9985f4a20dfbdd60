"""The base of both models' training: optimiser, schedule, and the log of losses by noise level."""

import math
from typing import Any

import lightning
import torch
from torch import Tensor
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR

from .config import Run

NOISE_BINS = 5


class Module(lightning.LightningModule):
    """A network in `self.networks`, trained as `run` says."""

    networks: torch.nn.Module

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run_config = run

    def configure_optimizers(self) -> Any:
        """AdamW with warm-up and cosine decay; norms, biases and gains are not decayed."""
        settings = self.run_config.optimiser
        weights = [p for p in self.networks.parameters() if p.requires_grad]
        groups = [
            {"params": [p for p in weights if p.ndim > 1], "weight_decay": settings.weight_decay},
            {"params": [p for p in weights if p.ndim <= 1], "weight_decay": 0.0},
        ]
        optimiser = AdamW(groups, lr=settings.rate, betas=settings.betas)
        schedule = LambdaLR(optimiser, self._rate_share)
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def on_train_batch_start(self, batch: Any, batch_index: int) -> None:
        """All randomness of a step is a function of (seed, step): a resumed run draws what an unbroken
        one would."""
        torch.manual_seed(self.run_config.loop.seed * 1_000_003 + self.global_step)

    def _rate_share(self, step: int) -> float:
        settings = self.run_config.optimiser
        if step < settings.warm_up_steps:
            return (step + 1) / settings.warm_up_steps
        progress = min(1.0, (step - settings.warm_up_steps) / max(1, settings.steps - settings.warm_up_steps))
        floor = settings.final_rate_share
        return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * progress))

    def noise_levels(self, batch: int) -> Tensor:
        """Uniform noise levels in (0, 1), one in each of `batch` equal strata: (B,), lower variance than
        free draws."""
        return (torch.arange(batch) + torch.rand(batch)) / batch * (1 - 2e-4) + 1e-4

    def log_by_level(self, name: str, error: Tensor, level: Tensor) -> None:
        """Log the mean error (B,) of each of NOISE_BINS equal ranges of noise level (B,)."""
        bins = (level * NOISE_BINS).long().clamp(max=NOISE_BINS - 1)
        for index in range(NOISE_BINS):
            chosen = error[bins == index]
            if len(chosen):
                self.log(
                    f"{name}/level_{index}",
                    chosen.mean(),
                    on_epoch=True,
                    on_step=False,
                    batch_size=len(chosen),
                )
