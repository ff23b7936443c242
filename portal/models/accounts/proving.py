"""How somebody who is signed in proves once more who they are: one table of ways, which other modules add theirs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.models.accounts.account import Account
from portal.models.errors import N_

Check = Callable[..., bool]  # of an account and a text; of the session too where the way is bound to it


@dataclass(frozen=True, slots=True)
class Way:
    """A way to prove it: ``offered`` says whether an account has it, ``check`` whether a text typed in is right.

    ``bound``: the text is good only in the session that asked for it, and ``check`` is handed its name.
    """

    name: str
    label: str
    offered: Callable[[Account], bool]
    check: Check
    bound: bool = False


WAYS: dict[str, Way] = {}


def proves(
    name: str, *, label: str, offered: Callable[[Account], bool], bound: bool = False
) -> Callable[[Check], Check]:
    """Mark a check as a way to prove; ``label`` is a source text for its field. The first marked is offered first."""

    def kept(check: Check) -> Check:
        if name in WAYS:
            raise ValueError(f"{name} is a way already")
        WAYS[name] = Way(name, label, offered, check, bound)
        return check

    return kept


def ways_of(account: Account) -> list[Way]:
    """The ways an account has; none where it has neither a password nor anything else."""
    return [way for way in WAYS.values() if way.offered(account)]


def proven(account: Account, name: str, text: str, session: str = "") -> bool:
    """Whether the text proves it in a way that the account has; a way it does not have proves nothing."""
    way = WAYS.get(name)
    if way is None or not way.offered(account):
        return False
    return way.check(account, text, session) if way.bound else way.check(account, text)


@proves("password", label=N_("密码"), offered=lambda account: account.password_hash is not None)
def _password(account: Account, text: str) -> bool:
    return account.proves(text)
