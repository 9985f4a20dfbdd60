"""Who hears what: the balance that the design promises."""

from collections import Counter

import pytest

from itoaudio.listen import design, spec


def everyone(test, raters):
    """Screens of so many raters, who take the windows in turn."""
    count = design.windows(test)
    return [
        design.screens(test, window=rater % count, turn=rater // count, rater=rater + 1)
        for rater in range(raters)
    ]


def index(test):
    return {stimulus.file: stimulus for stimulus in test.stimuli}


@pytest.mark.parametrize(("items", "arms"), [(20, 4), (7, 3), (3, 5), (1, 4), (5, 1)])
def test_cells_hold_every_pair_once_and_every_block_is_a_row_of_a_latin_square(items, arms):
    table = design.cells(items, arms, seed=3)
    assert len(set(map(tuple, table.tolist()))) == items * arms
    for block in table.reshape(arms, items, 2):
        assert sorted(block[:, 0]) == list(range(items))
        often = Counter(block[:, 1].tolist())
        assert max(often.values()) - min(often[arm] for arm in range(arms)) <= 1


def test_another_seed_is_another_design():
    assert (design.cells(20, 4, seed=0) != design.cells(20, 4, seed=1)).any()


@pytest.mark.parametrize("trials", [3, 6, 7, 10, 24])
def test_every_sound_is_heard_equally_often_and_every_rater_hears_all_systems(make_test, trials):
    test = spec.load(make_test(systems=("a", "b", "c", "d"), trials=trials))
    known = index(test)
    screens = everyone(test, design.windows(test))
    heard = Counter(screen.sounds[0] for rater in screens for screen in rater)
    assert len(heard) == 24
    assert len(set(heard.values())) == 1
    for rater in screens:
        systems = Counter(known[screen.sounds[0]].system for screen in rater)
        assert max(systems.values()) - min(systems[name] for name in "abcd") <= 2
        items = Counter(screen.item for screen in rater)
        assert max(items.values()) <= -(-trials // 6)
        assert len({screen.sounds[0] for screen in rater}) == trials


def test_raters_of_one_window_hear_it_in_different_orders(make_test):
    test = spec.load(make_test())
    one, other = (design.screens(test, window=0, turn=0, rater=rater) for rater in (1, 2))
    assert one != other
    assert sorted(screen.sounds[0] for screen in one) == sorted(screen.sounds[0] for screen in other)


@pytest.mark.parametrize("kind", ["ab", "cmos"])
def test_each_system_of_a_pair_comes_first_half_of_the_time(make_test, kind):
    test = spec.load(make_test(kind, systems=("a", "b", "c"), items=12))
    known = index(test)
    orders = Counter()
    for rater in everyone(test, 2 * design.windows(test)):
        own = Counter()
        for screen in rater:
            pair = tuple(known[sound].system for sound in screen.sounds)
            assert len({known[sound].item for sound in screen.sounds}) == 1
            own[pair] += 1
        assert all(abs(own[a, b] - own[b, a]) <= 1 for a, b in own)
        orders += own
    assert len(orders) == 6
    assert len(set(orders.values())) == 1


def test_a_baseline_is_in_every_pair(make_test):
    test = spec.load(make_test("ab", systems=("a", "b", "c"), baseline="b"))
    assert test.pairs == [("a", "b"), ("c", "b")]
    known = index(test)
    for screen in everyone(test, 2)[0]:
        assert "b" in {known[sound].system for sound in screen.sounds}


def test_mushra_shows_all_systems_with_hidden_reference_and_anchors(make_test):
    test = spec.load(make_test("mushra", reference=True))
    known = index(test)
    places = Counter()
    for rater in everyone(test, 40):
        for screen in rater:
            assert {known[sound].item for sound in screen.sounds} == {screen.item}
            systems = [known[sound].system for sound in screen.sounds]
            assert sorted(systems) == ["anchor-3500", "fair", "good", "poor", "reference"]
            assert known[screen.reference].system == "reference"
            places[systems.index("reference")] += 1
    assert min(places[place] for place in range(5)) > 240 / 5 / 2


@pytest.mark.parametrize("kind", ["mos", "ab", "mushra"])
def test_attention_checks_are_strewn_in_and_never_first(make_test, kind):
    test = spec.load(make_test(kind, reference=True, practice=2, attention=3))
    known = index(test)
    for rater in everyone(test, 20):
        phases = [screen.phase for screen in rater]
        assert phases[:3] == ["practice", "practice", "test"]
        assert Counter(phases) == {"practice": 2, "test": 6, "attention": 3}
        for screen in rater:
            beeping = [place for place, sound in enumerate(screen.sounds) if known[sound].beeps]
            if screen.phase != "attention":
                assert beeping == []
                assert screen.expected is None
            elif kind == "mos":
                assert screen.expected == known[screen.sounds[0]].beeps
            else:
                assert beeping == [screen.expected]
