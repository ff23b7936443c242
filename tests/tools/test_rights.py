"""docs/roles.md is what the code says."""

from __future__ import annotations

from tools.rights import PAGE, rendered


def test_the_page_of_roles_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == rendered(), "docs/roles.md is stale: make inventory"
