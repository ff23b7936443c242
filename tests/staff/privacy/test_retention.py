"""The page of what is kept: classes with their last run and their next, and the register, for those who may see it."""

from __future__ import annotations

from portal.jobs.retaining import apply_class
from portal.jobs.schedule import plan
from portal.models.base import db
from portal.models.privacy.outside import OUTSIDE
from portal.models.privacy.register import REGISTER
from portal.models.privacy.retention import CLASSES
from portal.models.privacy.retention_run import RetentionRun

PAGE = "/staff/privacy/retention"


def test_every_class_and_every_entry_stands_on_it(app, sign_in):
    page = sign_in("auditor").get(PAGE).text
    for kept in CLASSES.values():
        assert kept.words in page
        assert kept.rule in page
    for entry in (*REGISTER, *OUTSIDE):
        assert f"<strong>{entry.words}</strong>" in page
        assert entry.purpose in page
    assert "还没有做过" in page


def test_the_last_run_and_the_next_are_told(app, cast, sign_in):
    with cast.at_work():
        plan()
        plan("privacy.retain.notice")
        for code, dry in (("link", False), ("notice", True)):
            run = db.session.get_one(RetentionRun, apply_class(code, dry=dry))
            run.count(5, {"warranty": 2})
        db.session.commit()
    page = sign_in("admin").get(PAGE).text
    assert "看了 5 条，移除 3 条，留下：保修还没到期 2 条" in page
    assert "试运行：看了 5 条，会移除 3 条" in page
    assert "下次 今天" in page


def test_a_run_that_was_killed_says_so(app, cast, sign_in):
    with cast.at_work():
        RetentionRun.begin("link", dry=False)
        db.session.commit()
    assert "没有做完，下次接着做" in sign_in("auditor").get(PAGE).text


def test_it_reads_in_english(app, sign_in):
    page = sign_in("auditor").get(PAGE, headers={"Accept-Language": "en"}).text
    assert "Contract (Article 13(1)(2))" in page
    assert "Seen by: The person, service agent" in page


def test_only_auditor_and_administrator_find_it_in_the_rail(app, sign_in):
    for key, there in (("auditor", True), ("admin", True), ("manager", False), ("technician", False)):
        assert (PAGE in sign_in(key).get("/staff/repairs").text) is there
