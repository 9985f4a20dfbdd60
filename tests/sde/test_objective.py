"""The loss is least at the exact score, whatever the weighting; times and weights keep their promises."""

import numpy as np
import pytest
import torch

from itoaudio.sde import (
    PARAMETRISATIONS,
    TIMES,
    VP,
    WEIGHTINGS,
    Denoiser,
    Importance,
    LogitNormal,
    VPCosine,
    denoising_error,
    sliced_score_error,
    stratified,
    times,
)

MEANING = {
    # factor on the squared error of eps, as the papers state it; sigma, alpha, g2 of the family
    "sigma2": lambda a, s, g2: 1.0,
    "likelihood": lambda a, s, g2: g2 / s**2,
    "min_snr": lambda a, s, g2: np.minimum(1.0, 5 * s**2 / a**2),
    "edm": lambda a, s, g2: (a**2 + s**2) / a**2,
    "sigmoid": lambda a, s, g2: 1 / (1 + np.exp(2 * np.log(a / s) - 2)),
}


@pytest.mark.parametrize("name", sorted(MEANING))
def test_weightings_mean_what_the_papers_say(sde, parametrisation, name):
    """The same error of eps costs the same in every parametrisation: the paper's weight times its square."""
    t = np.array([0.1, 0.4, 0.8])
    x0, noise, wrong = np.random.default_rng(0).standard_normal((3, 3, 5))
    state = sde.perturb(x0, t, noise)
    now = sde.at(t, x0)
    # A network whose eps is off by `wrong`; its x_0 is then off by -sigma/alpha wrong.
    output = parametrisation.target(sde, t, (state - now.sigma * (noise + wrong)) / now.alpha, noise + wrong)
    denoiser = Denoiser(sde, lambda u, level: output, parametrisation)
    error = denoising_error(denoiser, x0, t, noise, weighting=WEIGHTINGS[name])
    np.testing.assert_allclose(error, MEANING[name](now.alpha, now.sigma, now.g2) * wrong**2, rtol=1e-6)


@pytest.mark.parametrize("name", sorted(WEIGHTINGS))
def test_exact_score_is_the_minimum(sde, mixture, name):
    generator, count = np.random.default_rng(0), 20_000
    x0, noise = mixture.draw(count, 0), generator.standard_normal((count, 2))
    t = times(sde, stratified(count, 0.5), t_min=0.05)

    def loss(gain):
        denoiser = Denoiser(sde, lambda u, level: gain * mixture.network(u, level), PARAMETRISATIONS["v"])
        return denoising_error(denoiser, x0, t, noise, weighting=WEIGHTINGS[name]).mean()

    assert loss(1.0) < min(loss(0.6), loss(1.4))


@pytest.mark.parametrize("name", ["v", "eps", "scaled_score"])
def test_at_one_noise_level_every_family_asks_the_same_of_a_network(sde, name):
    """So what a family decides of training is how often each level is looked at, and nothing else."""
    x0, noise = np.random.default_rng(0).standard_normal((2, 3, 5))
    levels = np.array([0.1, 0.3, 0.45])

    def error(family):
        denoiser = Denoiser(family, lambda u, level: np.sin(u) + level[:, None], PARAMETRISATIONS[name])
        return denoising_error(denoiser, x0, family.t_of_noise_level(levels), noise)

    np.testing.assert_allclose(error(sde), error(VPCosine()), rtol=1e-6, atol=1e-9)


def test_error_is_elementwise_and_carries_gradient(sde):
    weight = torch.tensor(0.5, requires_grad=True)
    denoiser = Denoiser(sde, lambda u, level: weight * u, PARAMETRISATIONS["v"])
    for weighting in WEIGHTINGS.values():
        x, t = torch.ones(3, 2, 4), torch.tensor([0.1, 0.5, 0.9])
        error = denoising_error(denoiser, x, t, x, weighting=weighting)
        assert error.shape == (3, 2, 4)
        assert error.dtype == torch.float32
        error.mean().backward()
    assert torch.isfinite(weight.grad)


@pytest.mark.parametrize("name", ["edm", "sigma2", "min_snr", "sigmoid", "unit"])
def test_weights_of_v_are_finite_at_both_ends(name):
    for t in (0.0, 1.0):
        assert np.isfinite(WEIGHTINGS[name](VPCosine().at(t, np.ones(1)), PARAMETRISATIONS["v"]))


@pytest.mark.parametrize("library", [np.asarray, torch.as_tensor])
def test_sliced_score_matching_agrees_on_the_minimum(mixture, library):
    sde, count = VP(), 2000
    generator = np.random.default_rng(0)
    x = library(sde.perturb(mixture.draw(count, 0), 0.3, generator.standard_normal((count, 2))))
    z = library(generator.choice([-1.0, 1.0], size=(2, count, 2)))

    def error(gain):
        exact = Denoiser(sde, mixture.network, PARAMETRISATIONS["v"])
        score = Denoiser(
            sde, lambda u, level: gain * exact(u * sde.at(0.3, u).size, 0.3).score, PARAMETRISATIONS["score"]
        )
        return float(sliced_score_error(score, x, 0.3, z).mean())

    assert error(1.0) < min(error(0.7), error(1.3))


@pytest.mark.parametrize("library", [np.asarray, torch.as_tensor])
def test_errors_name_what_does_not_fit(exact, library):
    x, bad = library(np.ones((3, 2))), library(np.ones((2, 2)))
    with pytest.raises(ValueError, match=r"noise of shape \(2, 2\) does not fit x0 of shape \(3, 2\)"):
        denoising_error(exact(VP()), x, library(np.full(3, 0.4)), bad)
    with pytest.raises(ValueError, match=r"directions of shape \(1, 2, 2\) must be"):
        sliced_score_error(exact(VP()), x, 0.4, bad[None])
    broken = Denoiser(VP(), lambda u, level: u * np.nan, PARAMETRISATIONS["v"])
    with pytest.raises(ValueError, match=r"score is nan at t = 0.4"):
        sliced_score_error(broken, x, 0.4, x[None])


def test_times_and_weights_take_tensors(sde):
    u = stratified(9, 0.5)
    assert_same = lambda a, b: np.testing.assert_allclose(a.numpy(), b, rtol=1e-9)  # noqa: E731
    assert_same(times(sde, torch.from_numpy(u)), times(sde, u))
    for levels in (*TIMES.values(), Importance()):
        assert_same(levels(torch.from_numpy(u)), levels(u))
    numbers, tensors = Importance(bins=4), Importance(bins=4)
    numbers.update(u, u + 1)
    tensors.update(torch.from_numpy(u), torch.from_numpy(u + 1).requires_grad_())
    assert_same(tensors.weights(torch.from_numpy(u)), numbers.weights(u))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: stratified(0, 0.5), "count = 0"),
        (lambda: stratified(3, 1.5), "offset = 1.5"),
        (lambda: LogitNormal(std=0.0), "std = 0.0"),
        (lambda: Importance(bins=0), "got 0 and 0.99"),
        (lambda: Importance(memory=1.0), "got 64 and 1.0"),
        (lambda: Importance().update(np.array([0.5]), np.array([np.nan])), "losses hold nan"),
    ],
)
def test_refuses_impossible_laws_of_time(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_times_follow_the_noise_level(sde):
    t = times(sde, stratified(100, 0.5), t_min=1e-3)
    steps = np.diff(sde.noise_level(t))
    np.testing.assert_allclose(steps, steps[0], rtol=1e-5)
    assert t.min() >= 1e-3
    assert t.max() <= sde.t_max


@pytest.mark.parametrize("levels", [*TIMES.values(), LogitNormal(mean=1.0, std=0.5), Importance()])
def test_levels_rise_with_u_inside_the_unit_interval(levels):
    drawn = levels(stratified(1000, 0.5))
    assert np.all(np.diff(drawn) > 0)
    assert drawn.min() > 0
    assert drawn.max() < 1


def test_logit_normal_has_its_median_and_spread():
    drawn = LogitNormal(mean=0.5, std=0.7)(stratified(10_000, 0.5))
    logit = np.log(drawn / (1 - drawn))
    np.testing.assert_allclose([logit.mean(), logit.std()], [0.5, 0.7], atol=2e-3)


def test_importance_learns_where_the_loss_is_and_stays_unbiased():
    sampler, loss = Importance(bins=16, memory=0.5), lambda level: 0.1 + 10 * (level > 0.75)
    for step in range(50):
        levels = sampler(stratified(64, (step * 0.618) % 1))
        sampler.update(levels, loss(levels))
    levels = sampler(stratified(10_000, 0.5))
    assert np.mean(levels > 0.75) > 0.8
    np.testing.assert_allclose(np.mean(sampler.weights(levels) * loss(levels)), 0.1 + 10 * 0.25, rtol=1e-2)
