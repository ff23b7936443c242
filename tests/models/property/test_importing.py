"""The list of homes: checked whole, written whole or not at all, and the same again changes nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.models.base import db
from portal.models.property import Building, Entrance, Home, HouseType
from portal.models.property.importing import HomesError, HomesReport, import_homes
from tests.stage.cast import Cast

HEAD = "building,entrance,number,floor,house_type,area,handed_over_on"
GOOD = [
    "2,1,0101,1,C118,118.35,2026-09-30",
    "2,1,0201,2,C118,118.35,2026-09-30",
    "2,2,0101,1,C89,89.10,",
    "十二,,3A,3,,,",
    "3栋,1单元,0101室,1,C89,89.1,2026-10-01",
]
ERRORS = [
    (",1,0101,1,,,", ["row 2, building: is empty"]),
    ("2,1,,1,,,", ["row 2, number: is empty"]),
    ("2,1,0101,,,,", ["row 2, floor: is empty"]),
    ("2,1,0101,1,,x,", ["row 2, area: 'x' is no area in square metres"]),
    ("2,1,0101,1,,-5,", ["row 2, area: '-5' is no area in square metres"]),
    ("2,1,0101,1,,NaN,", ["row 2, area: 'NaN' is no area in square metres"]),
    ("2,1,0101,1,,1e9,", ["row 2, area: '1e9' is no area in square metres"]),
    ("2,1,0101,1,,0.001,", ["row 2, area: '0.001' is no area in square metres"]),
    ("2,1,0101,1,,,31.12.2025", ["row 2, handed_over_on: '31.12.2025' is no day such as 2025-06-28"]),
    ("2,1,0101,1,,,2025-02-30", ["row 2, handed_over_on: '2025-02-30' is no day such as 2025-06-28"]),
    ("2,1-2,0101,1,,,", ["row 2, entrance: '1-2' is no label such as 3, 3A or 1202"]),
    ("栋,1,0101,1,,,", ["row 2, building: '栋' is no label such as 3, 3A or 1202"]),
    (f"2,1,{'9' * 17},1,,,", ["row 2, number: is longer than 16 characters, or has some that cannot be printed"]),
    ("2,1,01\x0001,1,,,", ["row 2, number: is longer than 16 characters, or has some that cannot be printed"]),
]


def _file(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    file = folder / "homes.csv"
    file.write_text("\n".join((HEAD, *lines)) + "\n", encoding=encoding)
    return file


def _rows() -> list[int]:
    return [db.session.scalar(select(func.count(model.id))) or 0 for model in (Building, Entrance, Home, HouseType)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_good_file_makes_buildings_entrances_types_and_homes(any_app, cast: Cast, tmp_path: Path, encoding: str):
    with cast.at_work():
        development = cast.development()
        before = _rows()
        assert import_homes(_file(tmp_path, *GOOD, encoding=encoding), development) == HomesReport(5, 0, 0)
        db.session.commit()
        db.session.expire_all()
        assert [after - was for after, was in zip(_rows(), before, strict=True)] == [3, 4, 5, 2]
        home = Home.of_code(development.id, "2-1-0201")
        assert (home.floor, home.area, home.handed_over_on) == ("2", Decimal("118.35"), date(2026, 9, 30))
        assert home.house_type.code == "C118"
        assert home.house_type is cast.home().house_type
        assert Home.of_code(development.id, "3-1-0101").code == "3-1-0101"
        bare = Home.of_code(development.id, "十二-3A")
        assert (bare.area, bare.handed_over_on, len(bare.spaces)) == (None, None, 8)


def test_the_second_time_only_what_differs_is_written(any_app, cast: Cast, tmp_path: Path):
    with cast.at_work():
        development = cast.development()
        import_homes(_file(tmp_path, *GOOD), development)
        db.session.commit()
        assert import_homes(_file(tmp_path, *GOOD), development) == HomesReport(0, 0, 5)
        changed = [GOOD[0].replace("118.35", "119"), *GOOD[1:3], GOOD[3].replace("3A,3,,,", "3A,3,,,2026-12-01")]
        assert import_homes(_file(tmp_path, *changed, "4,1,0101,1,,,"), development) == HomesReport(1, 2, 2)
        assert Home.of_code(development.id, "2-1-0101").area == Decimal(119)
        assert Home.of_code(development.id, "3-1-0101") is not None


def test_an_empty_cell_takes_nothing_away(app, cast: Cast, tmp_path: Path):
    with cast.at_work():
        home = cast.home()
        assert import_homes(_file(tmp_path, "1,1,0101,1,,,"), cast.development()) == HomesReport(0, 0, 1)
        assert (home.house_type.code, home.handed_over_on) == ("C118", date(2025, 6, 28))


def test_every_bad_cell_is_named(app, cast: Cast, tmp_path: Path, subtests):
    for line, said in ERRORS:
        with subtests.test(line=line, said=said), cast.at_work():
            before = _rows()
            with pytest.raises(HomesError) as error:
                import_homes(_file(tmp_path, line, "5,1,0101,1,,,"), cast.development())
            assert error.value.lines == said
            assert _rows() == before


def test_all_bad_cells_of_a_file_are_named_at_once_by_the_files_own_lines(app, cast: Cast, tmp_path: Path):
    """Blank lines count: who looks for row 5 in the file must find it there."""
    lines = ("2,1,0101,1,,,", "", ",1,0102,,,,", ",,,,,,", "2栋,1,0101,1,,x,")
    with cast.at_work(), pytest.raises(HomesError) as error:
        import_homes(_file(tmp_path, *lines), cast.development())
    assert error.value.lines == [
        "row 4, building: is empty",
        "row 4, floor: is empty",
        "row 6, area: 'x' is no area in square metres",
        "row 6, number: the same home stands in row 2",
    ]


NO_LISTS = [
    (
        b"",
        [
            "row 1: the column building is missing",
            "row 1: the column number is missing",
            "row 1: the column floor is missing",
        ],
    ),
    (b"building,number\n1,2\n", ["row 1: the column floor is missing"]),
    (HEAD.encode() + b"\n", ["the file has no rows"]),
    (HEAD.encode() + b"\n,,,,,,\n", ["the file has no rows"]),
    ("building,number,floor\n三栋,1,1\n".encode("gb18030"), ["the file is not UTF-8; save it as CSV UTF-8"]),
    (HEAD.encode() + b'\n"' + b"x" * 200_000 + b'"\n', ["the file is no CSV"]),
]


def test_a_file_that_is_no_list_says_why(app, cast: Cast, tmp_path: Path, subtests):
    for content, said in NO_LISTS:
        with subtests.test(content=content, said=said):
            file = tmp_path / "homes.csv"
            file.write_bytes(content)
            with cast.at_work(), pytest.raises(HomesError) as error:
                import_homes(file, cast.development())
            assert error.value.lines == said


def test_the_command_says_what_it_would_do_and_then_does_it(any_app: Flask, cast: Cast, tmp_path: Path):
    file = str(_file(tmp_path, *GOOD))
    command = ["homes", "import", file, "--development", "here"]
    run = any_app.test_cli_runner().invoke
    with cast.at_work():
        before = _rows()
    assert run(args=[*command, "--dry-run"]).output == "Would add 5, changed 0, same 0.\n"
    with cast.at_work():
        assert _rows() == before
    assert run(args=command).output == "Added 5, changed 0, same 0.\n"
    assert run(args=[*command, "--dry-run"]).output == "Would add 0, changed 0, same 5.\n"


def test_the_command_names_every_error_and_needs_to_know_where(app: Flask, cast: Cast, tmp_path: Path):
    run = app.test_cli_runner().invoke
    bad = run(args=["homes", "import", str(_file(tmp_path, ",1,0101,,,,")), "--development", "here"])
    assert bad.exit_code == 1
    assert bad.output.splitlines() == [
        "row 2, building: is empty",
        "row 2, floor: is empty",
        "Error: 2 errors; nothing was imported.",
    ]
    assert "Name the development" in run(args=["homes", "import", str(_file(tmp_path, *GOOD))]).output
    nowhere = run(args=["homes", "import", str(_file(tmp_path, *GOOD)), "--development", "nowhere"])
    assert "There is no development nowhere." in nowhere.output
