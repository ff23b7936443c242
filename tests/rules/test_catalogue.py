"""The English catalogue is complete, and a Chinese reader sees the source texts."""

import polib
import pytest
from flask import Flask
from flask_babel import Babel, force_locale, gettext

from tools import words

POT = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8"

msgid "报修 %(number)s"
msgstr ""

msgid "%(num)s 天"
msgid_plural "%(num)s 天"
msgstr[0] ""
msgstr[1] ""
"""
GOOD = POT.replace('报修 %(number)s"\nmsgstr ""', '报修 %(number)s"\nmsgstr "Repair %(number)s"')
GOOD = GOOD.replace('msgstr[0] ""', 'msgstr[0] "One day"').replace('msgstr[1] ""', 'msgstr[1] "%(num)s days"')


@pytest.fixture
def said(tmp_path):
    """The complaints about a catalogue, given as text, for the template above."""

    def complaints(catalogue: str) -> list[str]:
        (tmp_path / "messages.pot").write_text(POT, "utf-8")
        (tmp_path / "messages.po").write_text(catalogue, "utf-8")
        return words.complaints(tmp_path / "messages.pot", tmp_path / "messages.po")

    return complaints


def test_english_is_complete(tmp_path):
    words.extract(tmp_path / "messages.pot")
    assert words.complaints(tmp_path / "messages.pot") == []


def test_a_complete_catalogue_has_no_complaints(said):
    assert said(GOOD) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("Repair %(number)s", ""), "not translated: 报修 %(number)s"),
        (("One day", ""), "not translated: %(num)s 天"),
        (("Repair %(number)s", "Repair %(no)s"), "other placeholders than the source: 报修 %(number)s"),
        (("%(num)s days", "days"), "other placeholders than the source: %(num)s 天"),
        (("Repair", "报修"), "Chinese in the English text: 报修 %(number)s"),
        (('msgid "报修 %(number)s"', '#, fuzzy\nmsgid "报修 %(number)s"'), "fuzzy: 报修 %(number)s"),
        (('msgid "报修 %(number)s"', 'msgid "%(number)s"'), "not in the catalogue (make words): 报修 %(number)s"),
    ],
)
def test_what_is_wrong_is_told(said, change, complaint):
    assert complaint in said(GOOD.replace(*change))


def test_a_text_that_is_gone_is_told(said):
    assert said(GOOD + '\nmsgid "旧的"\nmsgstr "Old"\n') == ["no longer in the code (make words): 旧的"]


def test_texts_are_found_in_code_and_templates(tmp_path):
    (tmp_path / "portal" / "templates").mkdir(parents=True)
    (tmp_path / "babel.cfg").write_text((words.ROOT / "babel.cfg").read_text("utf-8"), "utf-8")
    (tmp_path / "portal" / "ticket.py").write_text('WORDS = N_("已受理"), lazy_gettext("派工")\n', "utf-8")
    page = '{{ _("照片") }}{% trans n=3 %}\n  一张\n{% pluralize %}{{ n }} 张\n{% endtrans %}'
    (tmp_path / "portal" / "templates" / "show.html").write_text(page, "utf-8")
    words.extract(tmp_path / "found.pot", tmp_path)
    found = {(entry.msgid, entry.msgid_plural) for entry in polib.pofile(str(tmp_path / "found.pot"))}
    assert found == {("已受理", ""), ("派工", ""), ("照片", ""), ("一张", "%(n)s 张")}


@pytest.fixture
def translator(tmp_path):
    """An app whose English catalogue knows one text; there is no Chinese catalogue, as in the portal."""
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    catalogue.append(polib.POEntry(msgid="照片", msgstr="Photos"))
    catalogue.save_as_mofile(str(folder / "messages.mo"))
    app = Flask(__name__)
    Babel(app, default_translation_directories=str(tmp_path), default_locale="zh")
    with app.test_request_context():
        yield app


@pytest.mark.parametrize("locale", ["zh", "zh_CN", "zh_Hans", "zh_Hans_CN"])
def test_a_chinese_reader_sees_the_source(translator, locale):
    with force_locale(locale):
        assert gettext("照片") == "照片"


@pytest.mark.parametrize("locale", ["en", "en_US", "en_GB"])
def test_an_english_reader_sees_the_catalogue(translator, locale):
    with force_locale(locale):
        assert gettext("照片") == "Photos"
