"""The arms of the ablations: what is trained with which SDE, and by which samplers it is drawn from."""

from dataclasses import dataclass, replace
from itertools import product

from ablations_drawing import Way

FAMILIES = ("vp", "ve", "vp_cosine", "sub_vp")  # the paper's two first
PAPER = {"wave": "ve", "mel": "vp"}
GRIDS = ("edm", "uniform", "log_snr", "geometric")
DECODERS = ((4, False, 0), (1, False, 0), (1, False, 216), (2, False, 0), (4, True, 0))
"""(number, sharing all but their heads, width): 216 gives a single one as many weights as four have."""
WHITENED_DECODERS = ((4, False), (1, False), (2, False), (4, True), (8, True))
TRAINED_WAYS = (*(Way(kind="flow", calls=n) for n in (4, 16, 64)), Way(kind="pc", calls=64))


@dataclass(frozen=True, kw_only=True)
class Arm:
    """task and coordinates; family: of training, with its own clock, and of sampling; decoders: 0 for the
    shipped network, which was trained with vp_cosine (of the paper's waveform network, with ve); width: of a
    small network that is not as the others; pulse: whether a vocoder hears it; refined: whether an end game
    of as many steps follows; seed: of training."""

    question: str
    task: str
    coordinates: str
    family: str
    decoders: int
    shared: bool = False
    width: int = 0
    pulse: bool = True
    refined: bool = False
    seed: int = 0
    ways: tuple[Way, ...] = TRAINED_WAYS

    @property
    def place(self) -> tuple[str, str, bool]:
        """What `Bench.task` makes for it."""
        return self.task, self.coordinates, self.pulse

    @property
    def name(self) -> str:
        """Without the seed: arms of one name are repetitions."""
        kind = f"{' shared' * self.shared}{f' of width {self.width}' * (self.width > 0)}"
        decoders = f" decoders {self.decoders}{kind}" if self.task == "mel" else ""
        kept = (decoders if self.decoders else " shipped") + " without pulse" * (not self.pulse)
        kept += " refined" * self.refined
        return f"{self.task} {self.coordinates} {self.family}{kept}"


def arms(trainings: int, *, quick: bool) -> list[Arm]:
    """All of them, the shipped networks' first."""
    shipped = [
        Arm(question=q, task=task, coordinates="whitened", family=family, decoders=0, ways=ways)
        for task, paper in PAPER.items()
        for q, family, ways in (
            ("NFE", paper, nfe_ways(quick)),
            ("Langevin", paper, langevin_ways(quick)),
            ("grid", "vp_cosine", grid_ways(quick)),
            *(("sampling", family, sampling_ways(quick)) for family in FAMILIES),
        )
    ]
    shipped += [
        Arm(question=q, task="clip", coordinates="plain", family=family, decoders=0, ways=ways)
        for q, family, ways in (
            ("NFE", "ve", clip_ways(quick)),
            *(("sampling", family, sampling_ways(quick, calls=25)) for family in ("ve", "vp")),
        )
    ]
    ways = (Way(kind="flow", calls=2), Way(kind="pc", calls=4)) if quick else TRAINED_WAYS
    trained = [
        Arm(question=q, task=t, coordinates=c, family=f, decoders=n, shared=s, width=w, seed=seed, ways=ways)
        for seed in range(trainings)
        for q, t, c, f, n, s, w in (
            *(("family", t, "whitened", f, 4, False, 0) for t, f in product(PAPER, FAMILIES)),
            *(("family", t, "plain", f, 4, False, 0) for t, f in product(PAPER, FAMILIES[:2])),
            *(("decoders", "mel", "plain", "vp", n, s, w) for n, s, w in DECODERS),
            *(("decoders", "mel", "whitened", "vp", n, s, 0) for n, s in WHITENED_DECODERS),
        )
    ]
    pulse = [
        Arm(question="pulse", task="wave", coordinates="whitened", family="vp", decoders=4, pulse=heard)
        for heard in (True, False)
    ]
    unrolled = (Way(kind="few", calls=2),)
    pulse += [replace(arm, question="pulse end game", refined=True, ways=unrolled) for arm in pulse]
    trained += [
        replace(arm, seed=seed, ways=arm.ways if arm.refined else ways)
        for seed in range(trainings)
        for arm in pulse
    ]
    return shipped + trained


def nfe_ways(quick: bool) -> tuple[Way, ...]:
    flow, noisy = ((1, 2), (4,)) if quick else ((1, 2, 4, 8, 16, 32, 64, 256, 1000), (16, 64, 256, 1000))
    found = [Way(kind="flow", calls=n) for n in flow]
    found += [Way(kind="predictor", calls=n) for n in noisy[:3]]
    return (*found, *(Way(kind="pc", calls=n) for n in noisy))


def langevin_ways(quick: bool) -> tuple[Way, ...]:
    """r = 0 is the predictor alone with as many steps, so half the calls: no corrector is paid for."""
    calls = 4 if quick else 64
    alone = Way(kind="predictor", calls=calls // 2 + 1)
    return (alone, *(Way(kind="pc", calls=calls, snr=r) for r in (0.08, 0.16, 0.32)))


def clip_ways(quick: bool) -> tuple[Way, ...]:
    """At most 50 steps: a call of the paper's network costs tens of times one of the others."""
    return tuple(
        Way(kind=kind, calls=n) for kind in ("flow", "predictor", "pc") for n in ((4,) if quick else (10, 50))
    )


def grid_ways(quick: bool) -> tuple[Way, ...]:
    many = (2, 4) if quick else (4, 8, 16)
    return tuple(Way(kind="flow", calls=n, grid=grid) for n in many for grid in GRIDS)


def sampling_ways(quick: bool, *, calls: int = 64) -> tuple[Way, ...]:
    calls = 4 if quick else calls
    return tuple(Way(kind=kind, calls=calls) for kind in ("flow", "predictor", "pc"))
