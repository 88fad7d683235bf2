"""Long work as a screen shows it: how far it is, Escape, what it refuses, how it fails, and what is newer."""

from pathlib import Path

import pytest

from tests.app.test_computing import chatter, double, fail, refuse
from tui.app.welcome import EXAMPLES


def test_work_shows_how_far_it_is_stops_at_escape_and_fails_as_a_message(drive, until, screen_text):
    async def steps(pilot):
        app, screen, given, refused, told = pilot.app, pilot.app.screen, [], [], []

        def notices() -> list[str]:
            return [notice.message for notice in app._notifications]

        screen.compute(chatter, 30.0, then=given.append, says="Chattering", told=told.append)
        await until(pilot, lambda: "on the way" in screen_text(app))
        assert "Chattering" in screen_text(app)
        assert "Esc cancels" in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: "Chattering" not in screen_text(app))
        assert notices() == ["Cancelled."]
        assert (told[0], told[-1]) == ("on the way", "")  # however it ends, what told of it is cleared
        await pilot.press("escape")  # there is nothing more to cancel
        assert notices() == ["Cancelled."]

        screen.compute(refuse, then=given.append, says="Asking")
        await until(pilot, lambda: any("dose = -1 mg; need more than 0" in text for text in notices()))
        screen.compute(refuse, then=given.append, refused=lambda error: refused.append(str(error)))
        await until(pilot, lambda: refused)
        assert refused == ["dose = -1 mg; need more than 0"]
        assert len(notices()) == 2  # it was taken, and told once

        screen.compute(fail, then=given.append, says="Failing")
        await until(pilot, lambda: any("unexpected: ZeroDivisionError: of a bug" in text for text in notices()))
        details = Path(notices()[-1].rpartition("(details: ")[2].rstrip(")"))
        assert "ZeroDivisionError: of a bug" in details.read_text("utf-8")
        assert "Failing" not in screen_text(app)
        assert given == []

        screen.compute(chatter, 30.0, then=given.append, group="twice", says="Older")
        await until(pilot, lambda: "on the way" in screen_text(app))
        screen.compute(double, 5, then=given.append, group="other")
        await pilot.pause()
        screen.compute(double, 21, then=given.append, group="twice")
        await until(pilot, lambda: len(given) == 2)
        assert sorted(given) == [10, 42]  # the older of a group is never shown, and another group goes on
        await pilot.press("f4")
        assert app.current_mode == "compare"

    drive(steps)


@pytest.mark.parametrize("count", range(len(EXAMPLES)))
def test_an_example_of_the_welcome_opens_on_its_screen(drive, until, monkeypatch, count):
    async def steps(pilot):
        app, asked = pilot.app, []

        async def noted(function, *arguments, **named):
            asked.append(function.__module__)
            return await never()

        monkeypatch.setattr(app.computing, "run", noted)
        await pilot.press(*["down"] * count, "enter")
        place, slot = (("compare", "question"), ("data", "data"), ("design", "target"))[count]
        await until(pilot, lambda: app.current_mode == place and app.session.document(slot) is not None)
        assert not app.session.unsaved
        await until(pilot, lambda: f"tui.app.jobs.{place}" in asked)
        assert app.state.recent == ()  # a shipped file is none of theirs

    async def never():
        import asyncio

        await asyncio.Event().wait()

    drive(steps, welcomed=False)
