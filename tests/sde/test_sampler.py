"""The loop: numpy and torch agree, float32 stays, gradients pass, callbacks see each step, faults are
named."""

import numpy as np
import pytest
import torch

from itoaudio.sde import (
    GRIDS,
    PARAMETRISATIONS,
    PREDICTORS,
    VE,
    VP,
    AnnealedLangevin,
    Denoiser,
    GaussianMixture,
)
from itoaudio.sde import sample as run


def draws(seed, shape, dtype=np.float64):
    generator = np.random.default_rng(seed)
    return lambda: generator.standard_normal(shape).astype(dtype)


def by_seed(seeds, shape, library):
    """Noise of a batch, each item from its own seed."""
    items = [draws(seed, (1, *shape)) for seed in seeds]
    return lambda: library(np.concatenate([item() for item in items]))


@pytest.mark.parametrize("name", sorted(PREDICTORS))
@pytest.mark.parametrize("library", [np.asarray, torch.as_tensor])
def test_a_seed_gives_the_same_bits_whatever_the_batch(exact, name, library):
    sde = VP()
    options = {
        "grid": GRIDS["uniform"](sde, 6, t_start=0.9),
        "predictor": PREDICTORS[name],
        "corrector": AnnealedLangevin(),
        "denoise_last": True,
    }

    def ends(seeds):
        noise = by_seed(seeds, (2,), library)
        return np.asarray(run(exact(sde), noise(), noise=noise, **options))

    batch = ends(range(7))
    for seeds in ([0], [3], [6, 2], [5, 1, 4]):
        np.testing.assert_array_equal(ends(seeds), batch[seeds])


@pytest.mark.parametrize("name", sorted(PREDICTORS))
def test_torch_equals_numpy(sde, exact, mixture, name):
    grid = GRIDS["uniform"](sde, 6, t_start=0.9, t_end=0.05)
    x = sde.perturb(mixture.draw(5, 0), 0.9, draws(1, (5, 2))())
    noise, torch_noise = draws(2, (5, 2)), draws(2, (5, 2))
    options = {
        "grid": grid,
        "predictor": PREDICTORS[name],
        "corrector": AnnealedLangevin(),
        "denoise_last": True,
    }
    by_numpy = run(exact(sde), x, noise=noise, **options)
    by_torch = run(exact(sde), torch.from_numpy(x), noise=lambda: torch.from_numpy(torch_noise()), **options)
    np.testing.assert_allclose(by_torch.numpy(), by_numpy, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", sorted(PREDICTORS))
def test_float32_in_float32_out(sde, exact, name):
    dtypes = set()
    grid = GRIDS["uniform"](sde, 3, t_start=0.9)
    x = draws(0, (4, 2), np.float32)()
    callback = lambda step, t, state, prediction: dtypes.add(state.dtype)  # noqa: E731
    run(exact(sde), x, grid=grid, predictor=PREDICTORS[name], noise=draws(1, (4, 2), np.float32),
        corrector=AnnealedLangevin(), callback=callback)  # fmt: skip
    assert dtypes == {np.dtype(np.float32)}


def test_gradient_passes_through_an_unrolled_sampler(sde):
    weight = torch.tensor(0.1, requires_grad=True)
    denoiser = Denoiser(sde, lambda x, level: weight * x, PARAMETRISATIONS["v"])
    x = torch.ones(2, 3)
    grid = GRIDS["uniform"](sde, 4, t_start=0.9)
    run(denoiser, x, grid=grid, predictor=PREDICTORS["dpm_solver_pp_2m"], noise=lambda: x).sum().backward()
    assert weight.grad is not None
    assert torch.isfinite(weight.grad)


def test_an_item_does_not_see_its_batch(sde, exact):
    grid = GRIDS["uniform"](sde, 5, t_start=0.9)
    x, noise = draws(0, (3, 2))(), draws(1, (5 + 4, 3, 2))()
    together, alone = iter(noise), iter(noise)
    options = {"grid": grid, "predictor": PREDICTORS["euler_maruyama"], "corrector": AnnealedLangevin()}
    batch = run(exact(sde), x, noise=lambda: next(together), **options)
    single = run(exact(sde), x[1:2], noise=lambda: next(alone)[1:2], **options)
    np.testing.assert_array_equal(batch[1:2], single)


def test_callback_sees_each_step(exact):
    sde, seen = VP(), []
    grid = GRIDS["log_snr"](sde, 4)
    x = draws(0, (2, 2))()
    end = run(exact(sde), x, grid=grid, predictor=PREDICTORS["dpm_solver_pp_2m"], noise=lambda: x,
              callback=lambda *step: seen.append(step))  # fmt: skip
    assert [step[0] for step in seen] == [0, 1, 2, 3]
    np.testing.assert_array_equal([step[1] for step in seen], grid[1:])
    np.testing.assert_array_equal(seen[-1][2], end)
    np.testing.assert_array_equal(seen[0][3].x, x)


def test_denoise_last_answers_the_posterior_mean(sde, exact):
    grid = GRIDS["uniform"](sde, 3, t_start=0.9)
    options = {"grid": grid, "predictor": PREDICTORS["euler_flow"], "noise": draws(1, (2, 2))}
    x = draws(0, (2, 2))()
    state = run(exact(sde), x, **options)
    mean = run(exact(sde), x, denoise_last=True, **options)
    np.testing.assert_array_equal(mean, exact(sde)(state, grid[-1]).denoised)


def test_langevin_leaves_the_marginal_unchanged(sde):
    """In many dimensions, where |score| hardly varies and the step of the SNR rule is the same for all."""
    count, dimensions, t = 400, 256, sde.at(0.4, np.ones(1))
    scales = np.linspace(0.5, 1.5, dimensions)[None]
    gaussian = GaussianMixture(np.ones(1), np.zeros((1, dimensions)), scales)
    denoiser = Denoiser(sde, gaussian.network, PARAMETRISATIONS["v"])
    std = np.sqrt(t.alpha**2 * scales**2 + t.sigma**2)
    before = draws(0, (count, dimensions))() * std
    corrector = AnnealedLangevin(snr=0.1, steps=50)
    after = corrector.correct(denoiser, before, t, t, draws(2, before.shape))
    assert np.corrcoef((before / std).ravel(), (after / std).ravel())[0, 1] < 0.5
    np.testing.assert_allclose((after / std).var(), 1, atol=6 * np.sqrt(2 / before.size) + 0.02)


@pytest.mark.parametrize("family", [VE(), VP()], ids=lambda s: type(s).__name__)
def test_the_papers_pair_reaches_the_data(family):
    """Reverse diffusion with a Langevin step of r = 0.16 after each, from the prior, with a Gaussian's exact
    score: mean and spread of every dimension."""
    count, scales = 200, np.linspace(0.5, 1.5, 64)[None]
    means = np.linspace(-1.0, 1.0, 64)[None]
    denoiser = Denoiser(family, GaussianMixture(np.ones(1), means, scales).network, PARAMETRISATIONS["v"])
    noise = draws(0, (count, 64))
    x = run(denoiser, family.prior(noise()), grid=GRIDS["uniform"](family, 400), noise=noise,
            predictor=PREDICTORS["reverse_diffusion"], corrector=AnnealedLangevin(snr=0.16))  # fmt: skip
    z = (x - means) / scales
    assert abs(z.std() - 1) < 0.05
    assert np.abs(z.mean(0)).max() < 5 / np.sqrt(count)


@pytest.mark.parametrize("grid", [[0.5], [0.1, 0.5], [0.5, 0.5], [0.5, np.nan], [[0.5, 0.1]]])
def test_refuses_a_grid_that_does_not_fall(exact, grid):
    x = np.ones((2, 2))
    with pytest.raises(ValueError, match="grid must fall strictly"):
        run(exact(VP()), x, grid=np.array(grid), predictor=PREDICTORS["euler_flow"], noise=lambda: x)


def test_names_the_time_where_the_network_fails(sde):
    broken = Denoiser(sde, lambda x, level: x / (0.0 if level < 0.3 else 1.0), PARAMETRISATIONS["v"])
    x = torch.ones(2, 3)
    grid = GRIDS["uniform"](sde, 20, t_start=0.9)
    options = {"grid": grid, "predictor": PREDICTORS["dpm_solver_pp_2m"], "noise": None}
    with pytest.raises(ValueError, match=r"x is (nan|-?inf) after the step from t = 0\.\d+ to 0\.\d+"):
        run(broken, x, **options)
    steps = []
    end = run(broken, x, **options, check_finite=False, callback=lambda step, *_: steps.append(step))
    assert steps == list(range(20)), "to the end all the same"
    assert not end.isfinite().any()


def test_refuses_noise_of_another_shape(sde, exact):
    x = np.ones((1, 2))
    options = {"grid": np.array([0.9, 0.5]), "predictor": PREDICTORS["euler_maruyama"]}
    for library in (np.asarray, torch.as_tensor):
        for rows in (2, 3):
            with pytest.raises(ValueError, match=rf"noise\(\) of shape \({rows}, 2\) does not fit x"):
                run(exact(sde), library(x), noise=lambda: library(np.ones((rows, 2))), **options)  # noqa: B023
    with pytest.raises(ValueError, match="noise = None"):
        run(exact(sde), x, noise=None, **options)


def test_names_a_network_that_fails_at_the_last_look():
    broken = Denoiser(VP(), lambda x, level: x * (np.nan if level < 0.2 else 1.0), PARAMETRISATIONS["v"])
    options = {"grid": np.array([0.9, 0.05]), "predictor": PREDICTORS["ddim"], "noise": None}
    assert np.isfinite(run(broken, np.ones((1, 2)), **options)).all()
    with pytest.raises(ValueError, match=r"denoised is nan at t = 0.05: check the network"):
        run(broken, np.ones((1, 2)), denoise_last=True, **options)


@pytest.mark.parametrize("options", [{"snr": 0.0}, {"steps": 0}])
def test_refuses_impossible_correctors(options):
    name, value = next(iter(options.items()))
    with pytest.raises(ValueError, match=f"{name} = {value}"):
        AnnealedLangevin(**options)
