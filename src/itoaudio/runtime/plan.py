"""From a stage of a voice, a preset and what a call asks, to how the stage is sampled: all names resolved."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import numpy as np

from itoaudio.runtime.errors import UnknownOption, suggestion, within
from itoaudio.runtime.voice_format import FewGraphs, Graphs, Sampling, SdeSpec, Stage, VocoderSampling
from itoaudio.sde import (
    GRIDS,
    PARAMETRISATIONS,
    PREDICTORS,
    SDES,
    AnnealedLangevin,
    FittedGrid,
    LinearSDE,
    Parametrisation,
    Predictor,
)

logger = logging.getLogger(__name__)

T = TypeVar("T")
MAX_PROJECTIONS = 256


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How one stage is sampled in one call. `times` fall, from noise to data, on the clock of `sde`.
    `warning`: that few-step graphs are named for what they were not trained for."""

    graphs: Graphs
    sde: LinearSDE
    parametrisation: Parametrisation
    times: np.ndarray
    predictor: Predictor
    corrector: AnnealedLangevin | None
    temperature: float
    denoise_last: bool
    projections: int = 0
    warning: str = ""


def plan(stage: Stage, preset: Sampling, asked: Mapping[str, Any]) -> Plan:
    """`asked` changes fields of `preset` and may name another `sde`; `UnknownOption` or ValueError if bad."""
    asked = dict(asked)
    other_sde = asked.pop("sde", None)
    sde = build_sde(SdeSpec(name=other_sde) if other_sde else stage.sde)
    way = msgspec.structs.replace(preset, **asked)
    within("temperature", way.temperature, 0.0, 2.0)
    within("corrector_snr", way.corrector_snr, 0.0, 1.0)
    projections = way.projections if isinstance(way, VocoderSampling) else 0
    within("projections", projections, 0, MAX_PROJECTIONS)
    solver_changed = other_sde or asked.keys() - {"temperature", "variant", "projections"}
    if solver_changed and "variant" not in asked:
        fits = stage.few is not None and not other_sde and _knows(stage.few, way)
        way = msgspec.structs.replace(way, variant="few" if fits else "exact")
    if way.variant != preset.variant and stage.few is not None and "temperature" not in asked:
        way = msgspec.structs.replace(way, temperature=_temperature(stage.few, way))
    graphs = _graphs(stage, way.variant)
    warning = ""
    if isinstance(graphs, FewGraphs) and "variant" in asked and (other_sde or not _knows(graphs, way)):
        warning = f"variant = 'few': {_trained_for(graphs)}"
        logger.warning(warning)
    return Plan(
        graphs=graphs,
        sde=sde,
        parametrisation=named("parametrisation", stage.parametrisation, PARAMETRISATIONS),
        times=_times(sde, graphs, way),
        predictor=named("sampler", way.sampler, PREDICTORS),
        corrector=AnnealedLangevin(snr=way.corrector_snr) if way.corrector_snr else None,
        temperature=way.temperature,
        denoise_last=way.denoise_last,
        projections=projections,
        warning=warning,
    )


def build_sde(spec: SdeSpec) -> LinearSDE:
    """The SDE of `sde.SDES` that `spec` names."""
    try:
        return named("sde", spec.name, SDES)(**spec.parameters)
    except TypeError as error:
        raise UnknownOption(f"sde {spec.name!r}: {error}") from None


def named(kind: str, name: str, table: Mapping[str, T]) -> T:
    """`table[name]`, or `UnknownOption` with the nearest name."""
    if name not in table:
        raise UnknownOption(f"unknown {kind} {name!r}{suggestion(str(name), table)}")
    return table[name]


def _knows(few: FewGraphs, way: Sampling) -> bool:
    trained = way.steps in few.steps and way.sampler == few.sampler and way.grid == few.grid
    return trained and not way.corrector_snr


def _temperature(few: FewGraphs, way: Sampling) -> float:
    """For `way`, which leaves its preset's variant: few-step graphs that were trained from quieter noise want
    it, and the score model does not."""
    if few.temperature == 1.0:
        return way.temperature
    return few.temperature if way.variant == "few" else 1.0


def _trained_for(few: FewGraphs) -> str:
    steps = " or ".join(map(str, sorted(few.steps)))
    return (
        f"{few.score} was trained for sampler {few.sampler!r}, grid {few.grid!r} and {steps} steps alone,"
        " not for what is asked of it: leave out the variant"
    )


def _graphs(stage: Stage, variant: str) -> Graphs:
    table = {"exact": stage.exact} if stage.few is None else {"exact": stage.exact, "few": stage.few}
    return named("variant", variant, table)


def _times(sde: LinearSDE, graphs: Graphs, way: Sampling) -> np.ndarray:
    highest = float(sde.noise_level(sde.t_max))

    def time(level: float) -> float:
        return sde.t_max if level >= highest else float(sde.t_of_noise_level(level))

    if isinstance(way.grid, str):
        grid = named("grid", way.grid, GRIDS)
        return grid(sde, way.steps, t_start=time(graphs.level_start), t_end=time(graphs.level_end))
    return FittedGrid(way.grid)(sde, way.steps, t_start=time(way.grid[0]), t_end=time(way.grid[-1]))
