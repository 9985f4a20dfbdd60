# %% [markdown]
# # A zoo of linear SDEs
# Forward paths of every family from the same data, and reverse paths back to it with the exact score:
# the reverse SDE (random) and the probability flow (smooth) share their marginals.
#
#     python examples/sde_zoo.py zoo.png

# %%
import sys

import numpy as np
from matplotlib import pyplot

from itoaudio.sde import (
    PARAMETRISATIONS,
    PREDICTORS,
    SDES,
    Denoiser,
    GaussianMixture,
    sample,
    simulate,
    times,
)

# %% Data with two modes, whose score is known
data = GaussianMixture(np.array([0.6, 0.4]), np.array([[-1.0], [1.2]]), np.array([[0.25], [0.15]]))
generator = np.random.default_rng(0)


def draw():
    return generator.standard_normal((24, 1))


# %% Forward: dX = f X dt + g dW. Backward: the same loop with two predictors
def paths(sde):
    clock = times(sde, np.linspace(1e-3, 0.98, 300))  # nearer to pure noise some g diverge
    forward = simulate(sde, data.draw(24, 1), times=clock, noise=draw)
    denoiser = Denoiser(sde, data.network, PARAMETRISATIONS["v"])
    both = [forward]
    for name in ("euler_maruyama", "heun_edm"):
        states = [sde.perturb(data.draw(24, 2), clock[-1], draw())]
        keep = lambda step, t, x, prediction: states.append(x)  # noqa: B023, E731
        sample(denoiser, states[0], grid=clock[::-1], predictor=PREDICTORS[name], noise=draw, callback=keep)
        both.append(states[::-1])
    return sde.noise_level(clock), [np.stack(p)[..., 0] / sde.at(clock, clock).size[:, None] for p in both]


# %% One row a family, over the noise level, scaled to unit variance
figure, axes = pyplot.subplots(len(SDES), 3, figsize=(12, 2 * len(SDES)), sharex=True, sharey=True)
for row, (name, family) in zip(axes, SDES.items(), strict=True):
    levels, columns = paths(family())
    for axis, column, title in zip(row, columns, ("forward", "reverse SDE", "probability flow"), strict=True):
        axis.plot(levels, column, lw=0.6)
        axis.set_title(f"{name}: {title}", fontsize=9)
axes[-1, 1].set_xlabel("noise level: 0 is data, 1 is noise")
figure.tight_layout()
if len(sys.argv) > 1:
    figure.savefig(sys.argv[1], dpi=100)
