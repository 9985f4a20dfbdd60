"""Our samplers beside diffusers, k-diffusion and azula: error against network calls, and time a step.

    pip install --no-deps --target .venv-samplers -r benchmarks/samplers_rivals.txt
    python benchmarks/samplers.py [--json FILE] [--picture FILE] [--quick]

All solve the same Gaussian mixture with the same exact score, from the same noise, on the same grid (EDM's
rho = 7). Flows are compared with a 10,000-step float64 solution (RMS error); SDEs with draws of the data by
sliced Wasserstein. The work runs in a process that sees the rivals too (see `samplers_rivals.py`); this one
only starts it and draws.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import defaultdict
from functools import partial
from pathlib import Path

import numpy as np

from itoaudio.sde import (
    EDM,
    GRIDS,
    PARAMETRISATIONS,
    PREDICTORS,
    Denoiser,
    GaussianMixture,
    HeunFlow,
    VPCosine,
    sample,
)

ROOT = Path(__file__).parent.parent
CALLS = [2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]
SDE, SIGMA_END = EDM(), 0.002
OURS = {
    ("flow", 1): ["ddim", "euler_level"],
    ("flow", 2): ["heun_edm", "dpm_solver_pp_2m", "deis_2", "adams_2"],
    ("flow", 3): ["dpm_solver_pp_3m", "deis_3", "unipc", "adams_3", "adams_2_corrected"],
    ("flow", 4): ["unipc_3", "adams_3_corrected"],
    ("sde", 1): ["euler_maruyama", "ancestral", "exponential_euler"],
    ("sde", 2): ["dpm_solver_pp_2m_sde", "seeds_2", "er_sde_2"],
    ("sde", 3): ["dpm_solver_pp_3m_sde", "er_sde_3"],
}
TWICE = (
    "heun",
    "Heun",
    "dpm_2",
    "dpmpp_sde",
    "2s_ancestral",
)  # two network calls a step, but for 2M-SDE's "heun"
CONTENDERS = {
    "order 1": ("ddim", "euler", "Euler"),
    "2M": ("dpm_solver_pp_2m", "dpmpp_2m", "xEAB 2", "DPM++ 2M"),
}


def mixture():
    """Four overlapping modes in 8 dimensions, centred, with unit variance in each coordinate."""
    generator = np.random.default_rng(7)
    means, scales = generator.standard_normal((4, 8)), generator.uniform(0.2, 0.5, (4, 8))
    weights = generator.dirichlet(np.full(4, 3.0))
    means -= weights @ means
    spread = np.sqrt(weights @ (means**2 + scales**2))
    return GaussianMixture(weights, means / spread, scales / spread)


def grid_for(name, calls):
    steps = calls // 2 if any(word in name for word in TWICE) and "2m_sde" not in name else calls
    twice = steps != calls
    return None if twice and calls % 2 else GRIDS["edm"](SDE, steps, t_end=SIGMA_END)


def ours(denoiser, predictor, grid, x, denoise, draw):
    return sample(denoiser, x, grid=grid, predictor=predictor, noise=draw)


def theirs(run, grid, x, denoise, draw):
    return run(grid, x, denoise, draw)


def contenders(denoiser):
    """{(kind, order, name): function of (grid, x, denoise, draw)}, ours first."""
    from samplers_rivals import all_rivals

    table = {
        (*group, f"itoaudio {name}"): partial(ours, denoiser, PREDICTORS[name])
        for group, names in OURS.items()
        for name in names
    }
    return table | {key: partial(theirs, run) for key, run in all_rivals().items()}


def sliced_wasserstein(x, y, directions):
    """Root mean square over directions of the 1-D Wasserstein-2 distances of two samples of one size."""
    gap = np.sort(x @ directions, axis=0) - np.sort(y @ directions, axis=0)
    return float(np.sqrt((gap**2).mean()))


def accuracy(quick):
    """[{kind, order, name, calls, error, noise}]; noise is 3 bootstrap errors of sliced Wasserstein, 0 for
    flows."""
    import torch

    data, generator = mixture(), np.random.default_rng(0)
    denoiser = Denoiser(SDE, data.network, PARAMETRISATIONS["v"])
    calls = [0]

    def denoise(x, sigma):
        calls[0] += 1
        return denoiser.at(x, SDE.at(float(sigma), x)).denoised

    x_flow = torch.from_numpy(generator.standard_normal((64, 8))) * SDE.t_max
    reference_grid = GRIDS["edm"](SDE, 500 if quick else 10_000, t_end=SIGMA_END)
    reference = sample(
        denoiser, x_flow, grid=reference_grid, predictor=HeunFlow(along=VPCosine()), noise=None
    )
    count = 1000 if quick else 4000
    truth, other = data.draw(count, 1), data.draw(count, 2)
    directions = generator.standard_normal((8, 64))
    directions /= np.linalg.norm(directions, axis=0)
    repeats = [
        sliced_wasserstein(truth[generator.integers(count, size=count)], other, directions) for _ in range(20)
    ]
    floor, noise = float(np.mean(repeats)), 3 * float(np.std(repeats))
    x_sde = torch.from_numpy(generator.standard_normal((count, 8))) * SDE.t_max
    rows = []
    for (kind, order, name), run in contenders(denoiser).items():
        for nfe in CALLS[:5] if quick else CALLS:
            grid = grid_for(name, nfe)
            if grid is None:
                continue
            x = x_flow if kind == "flow" else x_sde
            torch.manual_seed(0)
            calls[0] = 0
            end = run(grid, x, denoise, lambda: torch.randn(x.shape, dtype=x.dtype))  # noqa: B023
            assert name.startswith("itoaudio") or calls[0] == nfe, (name, calls[0], nfe)
            if kind == "flow":
                error = float(((end - reference) ** 2).mean() ** 0.5)
            else:
                error = sliced_wasserstein(end.numpy(), truth, directions)
            row = {"kind": kind, "order": order, "name": name, "calls": nfe, "error": error}
            rows.append(row | {"noise": 0.0 if kind == "flow" else floor + noise})
    return rows


def overhead(quick):
    """{method: {name: median microseconds a step}} of a float32 state (1, 80, 100) and a network that costs
    nothing."""
    import torch

    x, steps = torch.randn(1, 80, 100) * SDE.t_max, 64
    answer = torch.zeros_like(x)
    grid = GRIDS["edm"](SDE, steps, t_end=SIGMA_END)
    denoiser = Denoiser(SDE, lambda u, level: answer, PARAMETRISATIONS["denoised"])
    table = {key: run for key, run in contenders(denoiser).items() if key[0] == "flow"}
    times = defaultdict(lambda: defaultdict(list))
    for _ in range(2 if quick else 7 * 5):
        for method, words in CONTENDERS.items():
            for (_, order, name), run in table.items():
                if order <= 2 and any(name.endswith(word) for word in words):
                    start = time.process_time()  # of this process alone: the machine may be busy
                    run(grid, x, lambda u, s: answer, None)
                    times[method][name].append((time.process_time() - start) / steps * 1e6)
    return times


def worst_ratio(rows):
    """Our best error over the best rival's, per (kind, order, calls); points below the noise do not count."""
    best = defaultdict(dict)
    for row in rows:
        group = best[row["kind"], row["order"], row["calls"]]
        side = row["name"].startswith("itoaudio")
        if row["error"] > row["noise"]:
            group[side] = min(row["error"], group.get(side, np.inf))
        elif side:
            group["silent"] = True  # ours cannot be told from the data
    ratios = {
        key: g[True] / g[False] for key, g in best.items() if True in g and False in g and "silent" not in g
    }
    worst = max(ratios, key=ratios.get)
    return ratios[worst], worst


def overhead_ratios(times):
    """{method: median over 7 pairs of ours to the leanest rival}, each of a pair the least of five runs."""
    ratios = {}
    for method, by_name in times.items():
        least = {name: np.array(t).reshape(-1, max(1, len(t) // 7)).min(1) for name, t in by_name.items()}
        rivals = [t for name, t in least.items() if not name.startswith("itoaudio")]
        mine = next(t for name, t in least.items() if name.startswith("itoaudio"))
        ratios[method] = float(np.median(mine / np.min(rivals, axis=0)))
    return ratios


def measure(quick):
    import torch

    torch.set_num_threads(1)
    rows, times = accuracy(quick), overhead(quick)
    ratio, where = worst_ratio(rows)
    ratios = overhead_ratios(times)
    return {
        "worst_error_ratio": ratio,
        "worst_error_at": where,
        "step_overhead_ratio": max(ratios.values()),
        "step_overhead_ratios": ratios,
        "step_microseconds": {m: {n: float(np.median(t)) for n, t in by.items()} for m, by in times.items()},
        "points": rows,
    }


def table(result):
    """Markdown: for each order, our best and the best rival at each number of calls."""
    lines = ["| kind | order | who | " + " | ".join(map(str, CALLS)) + " |", "|" + "---|" * (len(CALLS) + 3)]
    best = defaultdict(dict)
    for row in result["points"]:
        who = "itoaudio" if row["name"].startswith("itoaudio") else "best rival"
        cell = best[row["kind"], row["order"], who]
        if row["error"] < cell.get(row["calls"], (np.inf,))[0]:
            cell[row["calls"]] = (row["error"], row["name"])
    for (kind, order, who), cell in sorted(best.items()):
        cells = [f"{cell[c][0]:.2g} ({cell[c][1].split(maxsplit=1)[1]})" if c in cell else "" for c in CALLS]
        lines.append(f"| {kind} | {order} | {who} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def picture(result, path):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    groups = sorted({(row["kind"], row["order"]) for row in result["points"]})
    figure, axes = pyplot.subplots(2, (len(groups) + 1) // 2, figsize=(16, 9), squeeze=False)
    for axis, group in zip(axes.flat, groups):
        lines = defaultdict(list)
        for row in result["points"]:
            if (row["kind"], row["order"]) == group:
                lines[row["name"]].append((row["calls"], row["error"]))
        for name, points in lines.items():
            own = name.startswith("itoaudio")
            axis.loglog(*zip(*points), "-" if own else ":", lw=2.5 if own else 1.2, label=name)
        axis.set(title=f"{group[0]}, order {group[1]}", xlabel="network calls", ylabel="error")
        axis.set_xticks(CALLS, map(str, CALLS), fontsize=7)
        axis.minorticks_off()
        axis.legend(fontsize=6, framealpha=0.3)
    for axis in axes.flat[len(groups) :]:
        axis.remove()
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--picture", type=Path, help="draw error against calls here (.png)")
    parser.add_argument("--quick", action="store_true", help="a smoke test, not a measurement")
    parser.add_argument(
        "--rivals", type=Path, default=ROOT / ".venv-samplers", help="folder with the rivals' packages"
    )
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        json.dump(measure(options.quick), sys.stdout)
        return
    if not options.rivals.is_dir():
        parser.error(f"--rivals {options.rivals} is no folder: the first command above makes it")
    command = [sys.executable, __file__, "--worker", *(["--quick"] if options.quick else [])]
    packages = f"{ROOT / 'src'}:{options.rivals.resolve()}"
    environment = {"PYTHONPATH": packages, "OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"}
    output = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout
    result = json.loads(output)
    print(table(result))
    print({key: value for key, value in result.items() if key != "points"})
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))
    if options.picture:
        picture(result, options.picture)


if __name__ == "__main__":
    main()
