"""The way of a rater: what is saved, what is refused, what survives a closed tab."""

import pytest
import simulated_raters

from itoaudio.listen import design
from itoaudio.listen.session import HEADPHONE_TRIALS, Refused, Session
from itoaudio.listen.store import sounds_of


@pytest.fixture
def session(make_test, clock):
    return Session(make_test(attention=1, practice=1), clock=clock)


def answer(session, token, value=3.0):
    step = session.step(token)
    session.clock.wait(5)
    session.answer(token, step["number"], [value], [1])
    return step["number"]


def test_a_rater_meets_every_screen_once_and_gets_a_code(session):
    token = session.begin()
    numbers = []
    while session.step(token)["step"] == "screen":
        numbers.append(answer(session, token))
    assert numbers == list(range(8))
    done = session.step(token)
    assert done["step"] == "done"
    assert len(done["code"]) == 8
    assert session.step(token) == done


def test_a_common_code_is_given_to_all(make_test, clock):
    session = Session(make_test(completion_code="PANEL7", trials=1), clock=clock)
    for _ in range(2):
        token = session.begin()
        answer(session, token)
        assert session.step(token)["code"] == "PANEL7"


def test_every_answer_is_saved_at_once_and_a_new_process_goes_on(session):
    token = session.begin()
    answer(session, token, 4.0)
    # No goodbye: as after a crash, another process opens the folder.
    again = Session(session.folder, clock=session.clock)
    assert again.step(token)["number"] == 1
    row = again.store.all("SELECT value, plays FROM answer")[0]
    assert (row["value"], row["plays"]) == (4.0, 1)
    answer(again, token)
    assert session.step(token)["number"] == 2


def test_the_first_answer_stands(session):
    token = session.begin()
    number = answer(session, token, 4.0)
    session.answer(token, number, [1.0], [1])
    assert [row["value"] for row in session.store.all("SELECT value FROM answer")] == [4.0]


def test_an_answer_before_the_end_is_refused_and_not_saved(session):
    token = session.begin()
    number = session.step(token)["number"]
    with pytest.raises(Refused, match="heard to its end"):
        session.answer(token, number, [3.0], [1])
    session.clock.wait(5)
    with pytest.raises(Refused, match="heard to its end"):
        session.answer(token, number, [3.0], [0])
    assert session.store.all("SELECT * FROM answer") == []
    session.answer(token, number, [3.0], [1])


@pytest.mark.parametrize(
    ("kind", "values"),
    [("mos", [6.0]), ("mos", [2.5]), ("mos", [3.0, 3.0]), ("ab", [0.5]), ("cmos", [4.0]), ("mushra", [50.0])],
)
def test_what_is_not_on_the_scale_is_refused(make_test, clock, kind, values):
    session = Session(make_test(kind, reference=True), clock=clock)
    token = session.begin()
    step = session.step(token)
    clock.wait(5)
    with pytest.raises(Refused) as error:
        session.answer(token, step["number"], values, [1] * step["sounds"])
    assert error.value.status == 422


def test_ties_where_they_are_allowed(make_test, clock):
    session = Session(make_test("ab", ties=True), clock=clock)
    assert [one["label"] for one in session.about()["choices"]] == ["A", "B", "No preference"]
    token = session.begin()
    number = session.step(token)["number"]
    clock.wait(5)
    session.answer(token, number, [0.5], [1, 2])
    assert session.store.all("SELECT plays FROM answer")[0]["plays"] == 3


def test_a_screen_that_was_not_shown_can_neither_be_heard_nor_answered(session):
    token = session.begin()
    session.step(token)
    with pytest.raises(Refused, match="was not shown"):
        session.answer(token, 3, [3.0], [1])
    with pytest.raises(Refused, match="was not shown"):
        session.sound(token, 3, 0)
    with pytest.raises(Refused, match="no such sound"):
        session.sound(token, 0, 1)
    with pytest.raises(Refused, match="no such sound"):
        session.sound(token, 0, None)


def test_strangers(session):
    with pytest.raises(Refused) as error:
        session.step("nobody")
    assert error.value.status == 404


def test_one_participant_takes_part_once(session):
    token = session.begin("panel-17")
    answer(session, token)
    assert session.begin("panel-17") == token
    assert session.begin("panel-18") != token
    assert session.begin() != session.begin()


def test_raters_share_the_windows_and_dropouts_leave_no_hole(make_test, clock):
    session = Session(make_test(), clock=clock)
    assert design.windows(session.test) == 3
    gone = [session.begin() for _ in range(3)]
    clock.wait(3 * 3600)
    tokens = [session.begin() for _ in range(6)]
    slots = [session.store.rater(token)["slot"] for token in gone + tokens]
    assert slots[:3] == [0, 1, 2]
    assert sorted(slots[3:]) == [0, 0, 1, 1, 2, 2]
    heard = [
        sounds_of(row)[0]
        for token in tokens
        for row in session.store.all(
            "SELECT sounds FROM screen WHERE rater = ?", session.store.rater(token)["id"]
        )
    ]
    assert sorted(heard) == sorted(2 * [s.file for s in session.test.stimuli if not s.beeps])


def check_headphones(session, token, choose):
    for _ in range(HEADPHONE_TRIALS):
        step = session.step(token)
        place = (step["attempt"], step["trial"])
        choice = choose([session.tone(token, *place, tone) for tone in range(3)])
        session.answer_tone(token, *place, choice)


def test_headphones_pass_at_once(make_test, clock):
    session = Session(make_test(headphones="require"), clock=clock)
    token = session.begin()
    check_headphones(session, token, simulated_raters.softest)
    assert session.step(token)["step"] == "screen"
    assert session.store.rater(token)["headphones"] == "passed"


@pytest.mark.parametrize(("policy", "then"), [("require", "refused"), ("record", "screen")])
def test_loudspeakers_fail_twice(make_test, clock, policy, then):
    session = Session(make_test(headphones=policy), clock=clock)
    token = session.begin()
    check_headphones(session, token, simulated_raters.softest_in_the_air)
    assert session.step(token) == {"step": "headphones", "attempt": 1, "trial": 0, "of": HEADPHONE_TRIALS}
    check_headphones(session, token, simulated_raters.softest_in_the_air)
    assert session.step(token)["step"] == then
    assert session.store.rater(token)["headphones"] == "failed"


def test_an_answer_about_another_tone_than_asked_changes_nothing(make_test, clock):
    session = Session(make_test(headphones="require"), clock=clock)
    token = session.begin()
    session.answer_tone(token, 0, 4, 1)
    assert session.step(token)["trial"] == 0
    with pytest.raises(Refused, match="tones 0, 1 and 2"):
        session.answer_tone(token, 0, 0, 3)
