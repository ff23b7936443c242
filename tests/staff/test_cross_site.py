"""Another site's page may lead to a page of ours by a link, and to nothing else of the staff's."""

from __future__ import annotations

import pytest

FROM_ELSEWHERE = {"Sec-Fetch-Site": "cross-site"}


@pytest.mark.parametrize(("mode", "status"), [("navigate", 200), ("no-cors", 403), ("cors", 403)])
def test_staff_pages_and_other_sites(app, sign_in, mode: str, status: int):
    headers = FROM_ELSEWHERE | {"Sec-Fetch-Mode": mode}
    assert sign_in("manager").get("/staff/repairs", headers=headers).status_code == status


@pytest.mark.parametrize("path", ["/sessions", "/repairs", "/staff/notices/read"])
def test_no_form_is_taken_from_elsewhere(app, client, path: str):
    headers = FROM_ELSEWHERE | {"Sec-Fetch-Mode": "navigate"}
    assert client.post(path, headers=headers).status_code == 403
