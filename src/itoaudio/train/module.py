"""The base of both models' training: optimiser, schedule, randomness, the guard against NaN, and the log of
losses by noise level."""

import math
from pathlib import Path
from typing import Any

import lightning
import torch
from torch import Tensor
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR

from itoaudio.sde import LinearSDE

from . import guard
from .averaging import whole
from .config import Run
from .draws import Draws
from .job import mean_over_processes
from .state import STATE

NOISE_BINS = 5
TRAINING, VALIDATION = 0, 1


class Module(lightning.LightningModule):
    """A network in `self.networks`, trained as `run` says. draws: the randomness of the batch at hand."""

    networks: torch.nn.Module

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run_config = run
        self.draws = Draws(run.loop.seed)
        self.folder: Path | None = None
        """Where a failure is saved; set by the runner."""
        self._batch: Any = None
        self._parts: list[tuple[Any, Tensor]] = []
        """(batch, loss) of each part of the step at hand, for the guard."""

    def adapted(self, weights: dict[str, Tensor], start: Path) -> dict[str, Tensor]:
        """Weights of the run in the folder `start` as this run's networks want them."""
        return weights

    def started(self, cache: Path) -> None:
        """Called when weights of another run were loaded, before the first step; cache: of features."""

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

    def configure_model(self) -> None:
        """Shard the networks, where the config asks for it."""
        if self.run_config.distributed.strategy == "fsdp" and self.device_mesh is not None:
            from .sharded import shard

            shard(self.networks, self.device_mesh["data_parallel"])

    def on_train_start(self) -> None:
        """A loaded optimiser goes on by the rates, betas and decay that the config says now, not by those it
        was saved with."""
        (optimiser,), (schedule,) = self.trainer.optimizers, self.trainer.lr_scheduler_configs
        configured = self.configure_optimizers()["optimizer"].param_groups
        share = self._rate_share(schedule.scheduler.last_epoch)
        for group, now in zip(optimiser.param_groups, configured, strict=True):
            group.update({name: now[name] for name in ("initial_lr", "betas", "weight_decay")})
            group["lr"] = group["initial_lr"] * share
        schedule.scheduler.base_lrs = [group["initial_lr"] for group in configured]

    @property
    def shares(self) -> int:
        """Into how many parts a global batch is dealt: over processes, and over accumulated gradients."""
        trainer = self._trainer
        return trainer.world_size * trainer.accumulate_grad_batches if trainer else 1

    def on_train_batch_start(self, batch: Any, batch_index: int) -> None:
        """All randomness of a step is a function of (seed, step): a resumed run draws what an unbroken
        one would."""
        seed, trainer = self.run_config.loop.seed, self.trainer
        step, part = divmod(batch_index, trainer.accumulate_grad_batches)
        share = part * trainer.world_size + trainer.global_rank
        self.draws = Draws(seed, TRAINING, step, share=share, shares=self.shares)
        # Dropout alone draws from torch: its masks differ between processes, and between devices.
        torch.manual_seed((seed * 1_000_003 + step) * 4099 + share)
        self._batch = batch
        if part == 0:
            self._parts.clear()

    def on_validation_batch_start(self, batch: Any, batch_index: int, dataloader_index: int = 0) -> None:
        """The same draws at every validation: its curve shows the network only."""
        rank, world = self.trainer.global_rank, self.trainer.world_size
        self.draws = Draws(self.run_config.loop.seed, VALIDATION, batch_index, share=rank, shares=world)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the sampler's position: steps taken, and into how many parts their batches were dealt;
        and what the run trains in, which a later start would measure anew."""
        checkpoint["precision"] = self.trainer.precision
        checkpoint["sampler"] = {"step": self.global_step, "parts": self.trainer.accumulate_grad_batches}

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Lightning counts parts of batches: count them as this start deals them."""
        step, parts = checkpoint["sampler"]["step"], checkpoint["sampler"]["parts"]
        now = self.trainer.accumulate_grad_batches
        progress = checkpoint["loops"]["fit_loop"]["epoch_loop.batch_progress"]
        for counts in (progress["total"], progress["current"]):
            counts.update({name: count + step * (now - parts) for name, count in counts.items()})

    def on_before_backward(self, loss: Tensor) -> None:
        """Keep the loss and its batch for the guard."""
        self._parts.append((self._batch, loss.detach()))

    def configure_gradient_clipping(
        self,
        optimizer: Optimizer,
        gradient_clip_val: float | None = None,
        gradient_clip_algorithm: str | None = None,
    ) -> None:
        """Clip the norm of all gradients; `guard.NotFinite` when it, or the loss, is no number."""
        weights = [p for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        norm = torch.nn.utils.clip_grad_norm_(weights, self.run_config.optimiser.clip_norm)
        norm = whole(norm)
        loss = torch.stack([loss for _, loss in self._parts]).sum()  # each is divided by their number already
        if bad := guard.processes_with(~(norm + loss).isfinite()):
            self._stop(loss, norm, bad)

    def _stop(self, loss: Tensor, norm: Tensor, bad: list[int]) -> None:
        """Save weights and batches, and raise. Runs in every process."""
        step, trainer = self.global_step, self.trainer
        culprits = guard.processes_with(~loss.isfinite()) or bad
        ids = self._ids(step, culprits)
        folder = guard.folder_of(self.folder or Path(trainer.default_root_dir), step)
        trainer.save_checkpoint(folder / STATE)
        if trainer.global_rank in culprits:
            guard.save_batch(guard.culprit(self._parts), folder, rank=trainer.global_rank)
        mean = float(mean_over_processes(loss))
        found = guard.Failure(self.run_config.name, step, mean, float(norm), tuple(ids))
        if trainer.is_global_zero:
            found.save(folder)
        raise guard.NotFinite(found.message(folder))

    def _ids(self, step: int, ranks: list[int]) -> list[str]:
        """Names of the recordings that these processes saw in the parts of a step."""
        loader = self.trainer.train_dataloader
        assert loader is not None
        return [name for rank in ranks for name in loader.dataset.ids(step, rank)]

    def _rate_share(self, step: int) -> float:
        settings = self.run_config.optimiser
        if step < settings.warm_up_steps:
            return (step + 1) / settings.warm_up_steps
        progress = min(1.0, (step - settings.warm_up_steps) / max(1, settings.steps - settings.warm_up_steps))
        floor = settings.final_rate_share
        return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * progress))

    def noise_levels(self, count: int) -> Tensor:
        """(B,) noise levels in (0, 1), see `Draws.levels`, on the host: schedules are computed there in
        float64, which some devices lack."""
        return self.draws.levels(count)

    def times(self, sde: LinearSDE, count: int) -> Tensor:
        """(B,) times at which to look, uniform on the clock that the config names."""
        drawn = self.noise_levels(count)
        if self.run_config.sde.clock == "time":
            return sde.t_max * drawn
        return sde.t_of_noise_level(sde.noise_level(sde.t_max) * drawn)

    def noise_like(self, values: Tensor) -> Tensor:
        """Standard normal draws like `values` (B, ...), of the rows that this process holds."""
        return self.draws.normal_like(values)

    def log(self, name: str, value: Any, *place: Any, **more: Any) -> None:
        """As Lightning's, over all processes: a loss in the log is that of the global batch."""
        super().log(name, value, *place, **{"sync_dist": True, **more})

    def log_by_level(self, name: str, error: Tensor, level: Tensor) -> None:
        """Log the mean error (B,) of each of NOISE_BINS equal ranges of noise level (B,)."""
        bins = (level * NOISE_BINS).long().clamp(max=NOISE_BINS - 1).to(error.device)
        kinds = torch.stack([error.detach().float(), torch.ones_like(error, dtype=torch.float32)])
        sums = torch.zeros(2, NOISE_BINS, device=error.device).index_add_(1, bins, kinds)
        total, count = mean_over_processes(sums)
        for index in range(NOISE_BINS):
            if count[index] > 0:
                self.log(
                    f"{name}/level_{index}",
                    total[index] / count[index],
                    on_epoch=True,
                    on_step=False,
                    batch_size=max(1, round(float(count[index]))),
                )
