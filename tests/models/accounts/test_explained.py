"""Every right has its words, once, and every role its letters."""

from __future__ import annotations

from portal.models.accounts.explained import CODES, HARD_RULES, REACH_WORDS, THINGS, scope_words
from portal.models.accounts.permissions import P, Role
from portal.models.actor import Reach
from tools.words import has_chinese


def test_every_right_stands_in_one_group_with_words():
    explained = [right for thing in THINGS for right in thing.rights]
    assert sorted(explained) == sorted(P), "a right without words, or twice: models/accounts/explained.py"
    assert all(has_chinese(words) for thing in THINGS for words in (thing.words, *thing.rights.values()))
    assert all(map(has_chinese, HARD_RULES))


def test_every_role_has_its_letters_and_a_scope():
    assert set(CODES) == set(Role)
    assert len(set(CODES.values())) == len(CODES)
    assert set(REACH_WORDS) == set(Reach)
    assert scope_words(Role.TECHNICIAN) == scope_words(Role.OWNER) == REACH_WORDS[Reach.OWN]
    assert scope_words(Role.MANAGER) == REACH_WORDS[Reach.ALL]
