"""The roots that may be live: the one in use and the one a rotation goes to. Found by id, never by trial."""

from __future__ import annotations

from portal.config import Settings
from portal.vault.errors import KeyStoreError
from portal.vault.root import Root, environment_of, in_file, kind_of_root, named_next, read_root
from portal.vault.root_file import drop_next, make_next, read_next_file, replace_root, tidy_root
from portal.vault.wrapping import FIRST


class Roots:
    """The roots of an installation as far as they were needed; an unknown id makes it look again.

    So a process that runs while another rotates the root finds the next one, and after it has taken the old one's
    place too. One that was found stays known: a row read a moment before may still name it.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.environment = environment_of(settings)
        self.first = read_root(settings)
        self._live = {self.first.id: self.first}

    def of(self, root_id: bytes, named_by: str) -> Root:
        """The root of this id. Raises KeyStoreError that says what of the installation names it."""
        found = self._live.get(root_id)
        if found is None:
            self._look()
            found = self._live.get(root_id)
        if found is None and root_id[:1] != bytes((FIRST[self.environment],)):
            raise KeyStoreError(f"the {named_by} is not one of a {self.environment} installation")
        if found is None:
            raise KeyStoreError(f"the {named_by} was made with another root key; give the portal that one")
        return found

    @property
    def in_file(self) -> bool:
        """Whether the root in use lies in a file."""
        return in_file(self._settings)

    @property
    def kind(self) -> str:
        """Where the root in use is, for people."""
        return kind_of_root(self._settings)

    def named_next(self) -> Root | None:
        """The root that the settings name as the next one."""
        return named_next(self._settings)

    def present(self) -> Root:
        """The root in use, read afresh."""
        return read_root(self._settings)

    def next_in_file(self) -> Root:
        """The key beside the present one, made where there is none yet."""
        return make_next(self._settings)

    def settle(self, root: Root) -> str:
        """No row names another root than this one: let it take its place. What is left to do for people, one line."""
        tidy_root(self._settings)
        if self.named_next() is None:
            replace_root(self._settings)
            return "The new root key is in its file. Copy the file to where its copies lie, and destroy the old copies."
        drop_next(self._settings)
        name = "PROVIDER" if self._settings.next_root_provider else "KEY"
        return (
            f"Set PORTAL_ROOT_{name} to what PORTAL_NEXT_ROOT_{name} holds, remove the latter, start the portal again, "
            "then destroy the old root key."
        )

    def _look(self) -> None:
        """Read all places again, the next root first: it may take the place of the other between two reads."""
        beside = read_next_file(self._settings) if in_file(self._settings) else None
        seen = [beside, named_next(self._settings), read_root(self._settings)]
        self._live = self._live | {root.id: root for root in seen if root is not None}
