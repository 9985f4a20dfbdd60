import numpy as np

from itoaudio.audio.pulse import harmonics, pulse_spectrum, pulse_train, pulse_turns, to_samples

RATE, HOP = 22050, 256


def test_the_closed_form_is_the_sum_of_cosines():
    f0 = np.full(4000, 137.0)
    turns = np.cumsum(f0) / RATE
    phase = 2 * np.pi * turns
    count = 10300.0 / 137.0
    whole = int(count)
    total = sum(np.cos(k * phase) for k in range(1, whole + 1)) + (count - whole) * np.cos(
        (whole + 1) * phase
    )
    np.testing.assert_allclose(harmonics(turns, f0), total / np.sqrt(count / 2), atol=1e-4)


def test_phase_zero_is_the_limit():
    assert np.isfinite(harmonics(np.zeros(3), np.full(3, 100.0))).all()
    np.testing.assert_allclose(harmonics(np.zeros(1), np.array([103.0])), 100 / np.sqrt(50), rtol=1e-6)


def test_a_glide_has_no_click_and_unit_power():
    log_f0 = np.linspace(np.log(90.0), np.log(300.0), 200)
    pulse = pulse_train(log_f0, np.ones(200), hop_samples=HOP, sample_rate=RATE)
    assert abs((pulse**2).mean() - 1) < 0.1
    spectrum = np.abs(np.fft.rfft(pulse)) ** 2
    above = spectrum[int(len(spectrum) * 10800 / 11025) :].sum() / spectrum.sum()
    assert above < 1e-3, "nothing above the highest harmonic: a click would be there"


def test_silence_where_unvoiced():
    voicing = np.zeros(50)
    assert not pulse_train(np.full(50, 5.0), voicing, hop_samples=HOP, sample_rate=RATE).any()


def test_frame_values_belong_to_frame_centres():
    samples = to_samples(np.array([0.0, 1.0, 2.0]), HOP)
    assert samples.shape == (3 * HOP,)
    np.testing.assert_allclose(samples[[127, 128]].mean(), 0.0, atol=1 / HOP)
    np.testing.assert_allclose(samples[[383, 384]].mean(), 1.0, atol=1 / HOP)


def test_white_noise_has_a_spectrum_of_unit_variance():
    noise = np.random.default_rng(0).standard_normal(HOP * 400).astype(np.float32)
    spectrum = pulse_spectrum(noise, hop_samples=HOP, window_samples=1024)
    assert spectrum.shape == (1026, 400)
    power = (spectrum**2).sum(0)[4:-4].mean() / 513
    assert abs(power - 1) < 0.03


def test_a_stretch_goes_on_where_the_one_before_ended():
    log_f0 = np.linspace(np.log(90.0), np.log(300.0), 60)
    whole = pulse_train(log_f0, np.ones(60), hop_samples=HOP, sample_rate=RATE)
    turns = pulse_turns(log_f0, hop_samples=HOP, sample_rate=RATE)[:40].sum() % 1
    stretch = pulse_train(
        log_f0[35:], np.ones(25), hop_samples=HOP, sample_rate=RATE, turns=turns, turns_at=5
    )
    np.testing.assert_allclose(stretch[5 * HOP :], whole[40 * HOP :], atol=1e-4)
