"""Ways to prove who one is: only those an account has, and only what is right."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.models.accounts import Account
from portal.models.accounts.proving import WAYS, proven, proves, ways_of
from tests.people import PASSWORD
from tests.stage.cast import Cast


def test_the_password_proves_it_where_there_is_one(app, cast: Cast):
    with cast.at_work():
        account = cast.account("owner")
        assert "password" in [way.name for way in ways_of(account)]
        assert proven(account, "password", PASSWORD)
        assert not proven(account, "password", PASSWORD + " ")
        account.password_hash = None
        assert "password" not in [way.name for way in ways_of(account)]
        assert not proven(account, "password", "")


@pytest.fixture
def always(cast: Cast) -> Iterator[None]:
    """A way that anything proves, for everybody but the owner."""
    with cast.at_work():
        owner = cast.account("owner").id
    proves("always", label="x", offered=lambda account: account.id != owner)(_right)
    yield
    del WAYS["always"]


def _right(_account: Account, _text: str) -> bool:
    return True


def test_a_way_that_an_account_does_not_have_proves_nothing(app, cast: Cast, always):
    with cast.at_work():
        account = cast.account("owner")
        assert not proven(account, "always", "")
        assert proven(cast.account("neighbour"), "always", "")
        assert not proven(account, "no such way", "")
        with pytest.raises(ValueError, match="always"):
            proves("always", label="x", offered=lambda _account: True)(_right)
