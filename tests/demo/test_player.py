"""The scenes play through the real verbs, on a whole installation."""

from __future__ import annotations

from sqlalchemy import func, select

from portal import clock
from portal.cli.setting_up import install_keys, ready
from portal.demo.player import play
from portal.demo.scenes import load_scenes
from portal.models.base import db
from portal.models.events import Event
from portal.models.property import Home
from portal.models.queue import Job
from portal.models.repairs import State, Ticket
from tests.stage.building import close, settings_of


def test_the_hand_written_scenes_and_some_more_play_to_the_end(tmp_path):
    """Every state is there, every history is ordered in time, and nothing waits to be sent outside."""
    app = install_keys(settings_of(tmp_path / "instance"))
    ready(app)
    with app.app_context():
        play(load_scenes(), clock.now(), count=40)
        db.session.commit()
        assert db.session.scalar(select(func.count()).select_from(Home)) == 300
        assert db.session.scalar(select(func.count()).select_from(Ticket)) == 40
        assert set(db.session.scalars(select(Ticket.state))) == set(State)
        for ticket in db.session.scalars(select(Ticket)):
            found = select(Event.at).where(Event.about_id == ticket.id).order_by(Event.id)
            times = db.session.scalars(found).all()
            assert times == sorted(times)
            assert times[-1] <= clock.now()
            assert ticket.submitted_at == times[0]
        assert not set(db.session.scalars(select(Job.kind))) & {"notices.mail", "notices.fan_out"}
    close(app)
