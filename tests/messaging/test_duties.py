"""Timed duties: one at a time, done for every program, and their failures tell of nobody."""

import logging
from datetime import timedelta

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.utils.module_loading import import_string
from django_ox.models import OxTask
from django_ox.worker import Worker

from alongside.common.clock import now
from alongside.messaging import duties
from alongside.messaging.duties import DutyBusy, DutyFailed, run, run_duty
from alongside.messaging.models import Duty

pytestmark = pytest.mark.django_db
CALLED = []


def note(*, by):
    CALLED.append(by)


def fail(*, by):
    raise ValueError("Zyxwhale of 4411 Vlimmergate")


def fail_for_one(*, by):
    note(by=by)
    if len(CALLED) == 1:
        raise ValueError("Zyxwhale")


@pytest.fixture(autouse=True)
def duty(settings):
    """One made-up duty instead of the real ones."""
    CALLED.clear()

    def set_to(what, how="program"):
        settings.DUTIES = {"try": ("* * * * *", how, what if how == "command" else f"{__name__}.{what}")}

    set_to("note")
    return set_to


@pytest.mark.parametrize("how", ["program", "steps"])
def test_a_duty_is_done_for_every_program(cast, duty, how):
    duty("note", how)
    run("try")
    assert {by.program_id for by in CALLED} == {cast.ours.program.id, cast.other.program.id}
    assert {by.role for by in CALLED} == {"system"}
    assert Duty.objects.get().done_at is not None


def test_one_programs_fault_is_not_the_others(cast, duty):
    duty("fail_for_one")
    with pytest.raises(DutyFailed):
        run("try")
    assert len(CALLED) == 2


def test_two_workers_are_not_at_one_duty(cast, monkeypatch):
    inside = []

    def second_worker(how, what):
        with pytest.raises(DutyBusy):
            run("try")
        inside.append(how)

    monkeypatch.setattr(duties, "_do", second_worker)
    run("try")
    assert inside == ["program"]
    run_again = Duty.objects.get()
    assert (run_again.busy_until, run_again.holder) == (None, None)


def test_a_duty_of_a_worker_that_was_killed_is_taken_up_again(cast, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(how, what):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(duties, "_do", killed)
        with pytest.raises(Killed):
            run("try")
    with pytest.raises(DutyBusy):
        run("try")
    Duty.objects.update(busy_until=now() - timedelta(seconds=1))
    run("try")
    assert len(CALLED) == 2


def test_a_failure_is_one_line_without_data_and_nothing_of_it_is_kept(cast, duty, caplog):
    """Neither the log nor the queue's own record of the attempt holds what the fault said."""
    duty("fail")
    run_duty.enqueue("try")
    with caplog.at_level(logging.WARNING, logger="alongside.duties"):
        Worker(backend_alias="default", poll_interval=0.01, batch=True).run_once()
    lines = [line.getMessage() for line in caplog.records if line.name == "alongside.duties"]
    assert lines == ["The duty failed and is tried again: try: ValueError"]
    row = OxTask.objects.get()
    kept = " ".join(str(getattr(row, field.attname)) for field in row._meta.concrete_fields)
    assert "DutyFailed" in kept
    assert "Zyxwhale" not in kept + caplog.text
    assert Duty.objects.get().failed_at is not None


def test_a_failed_duty_is_tried_again(cast, duty):
    duty("fail")
    run_duty.enqueue("try")
    worker = Worker(backend_alias="default", poll_interval=0.01, batch=True)
    worker.run_once()
    row = OxTask.objects.get()
    assert row.status == "READY"
    assert row.run_after > now()
    OxTask.objects.update(run_after=now())
    duty("note")
    worker.run_once()
    assert OxTask.objects.get().status == "SUCCESSFUL"


def test_once_does_everything_and_says_what_failed(cast, duty, settings, capsys):
    settings.DUTIES |= {"other": ("* * * * *", "program", f"{__name__}.fail")}
    with pytest.raises(CommandError, match="^other: ValueError$"):
        call_command("worker", "--once")
    assert len(CALLED) == 2
    call_command("worker", "--once", "try")
    assert "1 duties done" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no duty"):
        call_command("worker", "--once", "sweep")


def test_every_duty_of_the_settings_is_there_and_takes_who_acts():
    """Prevents a clock that goes on ticking for something that was renamed."""
    options = project.TASKS["default"]["OPTIONS"]
    from alongside.settings import DUTIES  # noqa: PLC0415  # the real ones, not this module's

    assert set(options["SCHEDULES"]) == set(DUTIES)
    for _when, how, what in DUTIES.values():
        if how != "command":
            assert callable(import_string(what)), what
