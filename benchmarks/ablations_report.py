"""Tables and picture of the ablations: differences with 95 % intervals, so that "no difference shown" can be
said honestly."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import t as student

Row = dict[str, Any]
Figures = list[Row]
SAME = 2e-3  # what rounding leaves of flows that are the same in theory
FAMILIES = {"vp": "VP", "ve": "VE", "vp_cosine": "VP cosine", "sub_vp": "sub-VP"}


@dataclass(frozen=True)
class Summary:
    """text: Markdown; rows: the same as values."""

    text: str
    rows: list[Row]


def tables(results: Figures) -> Summary:
    """A table for each question, task, coordinates and metric: of trained networks arms are rows and ways
    columns, differences are from the first arm; of a shipped one they are from what `_reference` names."""
    groups: dict[tuple[str, ...], dict[str, Figures]] = defaultdict(lambda: defaultdict(list))
    for found in results:
        arm = found["arm"]
        for metric in next(iter(found["values"].values())):
            place = (found["question"], arm["task"], arm["coordinates"] if arm["decoders"] else "shipped")
            groups[*place, metric][found["name"]].append(found)
    lines, rows = [], []
    for place, named in groups.items():
        made = [row | {"at": list(place)} for row in _rows(place, named)]
        lines += ["", ", ".join(place), "", *_grid(made)]
        rows += made
    return Summary("\n".join(lines).strip(), rows)


def _grid(made: list[Row]) -> list[str]:
    """Arms as rows and ways as columns; of one arm, ways as rows."""
    names, ways = (list(dict.fromkeys(row[key] for row in made)) for key in ("name", "way"))
    cells = {(row["name"], row["way"]): _cell(row) for row in made}
    if len(names) == 1:
        head = [f"| {names[0]} | |", "|---|---|"]
        return head + [f"| {way} | {cells[names[0], way]} |" for way in ways]
    head = [f"| | {' | '.join(ways)} |", "|---" * (len(ways) + 1) + "|"]
    return head + [f"| {name} | {' | '.join(cells.get((name, way), '') for way in ways)} |" for name in names]


def _rows(place: tuple[str, ...], named: dict[str, Figures]) -> list[Row]:
    """One of each arm and way: mean, spread over draws, and difference from the reference."""
    metric, trained, rows = place[3], place[2] != "shipped", []
    first = next(iter(named))
    for name, found in named.items():
        for way in found[0]["values"]:
            mine = _values(found, way, metric)
            beside = _values(named[first], way, metric) if trained else _reference(place, named, way, metric)
            row = {"name": name, "way": way, "mean": float(mine.mean())}
            # Trainings are the units where networks were trained, held-out items where one is given.
            units = mine.mean((1, 2)) if trained else mine.mean((0, 1))
            row["spread_of_draws"] = float(mine.mean(2).std(1, ddof=1).mean())
            if beside is not None and not np.allclose(beside, mine, rtol=SAME):
                others = beside.mean((1, 2)) if trained else beside.mean((0, 1))
                row |= _difference(units[: len(others)], others[: len(units)])
            rows.append(row)
    return rows


def _values(found: Figures, way: str, metric: str) -> np.ndarray:
    """(trainings, draws, items), in order of seeds."""
    return np.array([one["values"][way][metric] for one in sorted(found, key=lambda one: one["seed"])])


def _reference(place: tuple[str, ...], named: dict[str, Figures], way: str, metric: str) -> np.ndarray | None:
    """What a way of the shipped network is compared with: of families VP; of pc the predictor alone with as
    many steps where that was drawn (r = 0), else with as many calls; of grids, edm; of NFE, flow 64 (of
    clips 50)."""
    found, kind, calls = next(iter(named.values())), *way.split()[:2]
    if place[0] == "sampling":
        return _values(found, way, metric)
    wanted = f"predictor {int(calls) // 2 + 1}" if place[0] == "Langevin" else f"predictor {calls}"
    if kind != "pc":
        wanted = f"flow {calls}" if place[0] == "grid" else f"flow {50 if place[1] == 'clip' else 64}"
    return _values(found, wanted, metric) if wanted in found[0]["values"] else None


def _difference(mine: np.ndarray, others: np.ndarray) -> Row:
    """Paired mean difference with half its 95 % interval by Student's t; nan for a single unit."""
    gaps, count = mine - others, len(mine)
    half = student.ppf(0.975, count - 1) * gaps.std(ddof=1) / count**0.5 if count > 1 else float("nan")
    return {
        "difference": float(gaps.mean()),
        "half_interval": float(half),
        "units": count,
        "significant": bool(abs(gaps.mean()) > half),
    }


def _cell(row: Row) -> str:
    """mean (difference +- half interval), bold where the interval excludes no difference."""
    mean = f"{row['mean']:.3f}"
    if "difference" not in row:
        return mean
    gap = f"{row['difference']:+.3f} ± {row['half_interval']:.3f}"
    return f"{mean} (**{gap}**)" if row["significant"] else f"{mean} ({gap})"


def picture(results: Figures, path: Path) -> None:
    """Above: error against calls of the shipped networks; below: the families by coordinates, with every
    training a dot."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 2, figsize=(12, 8))
    for axis, task in zip(axes[0], ("wave", "mel")):
        _curves(axis, task, results)
    for axis, task in zip(axes[1], ("wave", "mel")):
        _dots(axis, task, results)
    for axis in axes.flat:
        axis.yaxis.set_major_formatter("{x:g}")
        axis.yaxis.set_minor_formatter("{x:g}")
        axis.tick_params(which="both", labelsize=8)
        axis.grid(which="both", axis="y", alpha=0.2)
    figure.tight_layout()
    figure.savefig(path, dpi=90)
    pyplot.close(figure)


def _curves(axis: Any, task: str, results: Figures) -> None:
    lines = defaultdict(list)
    for found in results:
        if found["question"] == "NFE" and found["arm"]["task"] == task:
            for way, values in found["values"].items():
                lines[way.split()[0]].append((int(way.split()[1]), np.mean(values["energy"])))
    for kind, label in (("flow", "probability flow"), ("predictor", "predictor"), ("pc", "with corrector")):
        if kind in lines:
            axis.loglog(*zip(*sorted(lines[kind])), "o-", label=label)
    axis.set(title=f"{task}, shipped network", xlabel="network calls", ylabel="energy distance")
    axis.legend()


def _dots(axis: Any, task: str, results: Figures) -> None:
    places = []
    for found in results:
        arm = found["arm"]
        if found["question"] != "family" or arm["task"] != task:
            continue
        place = f"{arm['coordinates']}\n{FAMILIES[arm['family']]}"
        if place not in places:
            places.append(place)
        for offset, (way, values) in enumerate(found["values"].items()):
            where = places.index(place) + 0.15 * (offset - 1.5)
            label = way if len(places) == 1 and arm["seed"] == 0 else None
            axis.plot(where, np.mean(values["energy"]), "o", color=f"C{offset}", ms=4, label=label)
    axis.set_xticks(range(len(places)), places, fontsize=7)
    axis.set(title=f"{task}, small networks, each dot a training", ylabel="energy distance", yscale="log")
    if places:
        axis.legend(fontsize=7)
