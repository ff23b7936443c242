"""Whatever is wrong in a file is said in one line: file, row, column."""

import pytest

from portal.models.catalogue import CatalogueError
from portal.models.catalogue.loader import read_catalogue

WRONG_CELLS = [
    ("categories.csv", "WALL", "position", "first", "'first' is not a whole number from 1"),
    ("categories.csv", "WALL", "place", "roof", "'roof' is none of home, common, both"),
    ("categories.csv", "HEAT", "season", "rain", "'rain' is none of heating, cooling"),
    ("defects.csv", "ELEC-03", "priority", "urgnt", "'urgnt' is none of emergency, urgent, normal, complex, parts"),
    ("defects.csv", "ELEC-03", "severity", "", "'' is none of critical, major, minor, cosmetic"),
    ("defects.csv", "ELEC-03", "defect_en", "", "it is empty"),
    ("defects.csv", "ELEC-03", "defect_zh", "裂" * 61, "61 characters where 60 fit"),
    ("defects.csv", "ELEC-03", "self_help_en", "", "self_help_zh and self_help_en go together"),
    ("defects.csv", "ELEC-03", "category", "ELECTRIC", "ELECTRIC is not in categories.csv"),
    ("defects.csv", "ELEC-03", "warranty_class", "wires", "wires is not in warranty_terms.csv"),
    ("defects.csv", "ELEC-03", "code", "ELEC-02", "ELEC-02 stands in row 22 already"),
    ("warranty_terms.csv", "WD5", "classes", "plumbing;;electrical", "is not a list such as plumbing;electrical"),
    ("warranty_terms.csv", "WD5", "amount", "", "year takes a number"),
    ("warranty_terms.csv", "WD1", "amount", "50", "design_life takes no number"),
    ("warranty_terms.csv", "WD5", "unit", "decade", "'decade' is none of year, month"),
    ("warranty_terms.csv", "WD6", "classes", "plumbing", "plumbing has its owner's default in row 29 already"),
    ("warranty_terms.csv", "WM1", "superseded_by", "WQ99", "there is no term WQ99"),
    ("warranty_terms.csv", "WD5", "owner_default", "maybe", "'maybe' is none of yes, no"),
    ("service_limits.csv", "PD9", "amount", "", "an adopted limit needs a number"),
    ("service_limits.csv", "PD9", "amount", "0", "'0' is not a whole number from 1"),
    ("service_limits.csv", "PD9", "amount", "2.5", "'2.5' is not a whole number from 1"),
    ("service_limits.csv", "PD9", "unit", "ring", "ring cannot be counted on a working clock"),
    ("service_limits.csv", "PD9", "unit", "calendar_day", "calendar_day cannot be counted on a working clock"),
    ("service_limits.csv", "SU5", "priority", "later", "'later' is none of emergency, urgent"),
    ("service_limits.csv", "PD9", "metric", "arrive", "'arrive' is none of first_response, on_site"),
    ("calendar_days.csv", "2026-10-10", "date", "2026-13-10", "'2026-13-10' is not a day such as 2026-02-14"),
    ("calendar_days.csv", "2026-10-10", "kind", "half", "'half' is none of holiday, workday"),
    ("statutory_days.csv", "2027-01-01", "date", "2026-01-01", "2026 is published in calendar_days.csv"),
]


@pytest.mark.parametrize(("file", "code", "column", "value", "problem"), WRONG_CELLS)
def test_a_wrong_cell_is_named(folder, sheets, file, code, column, value, problem):
    number = sheets.set(file, code, column, value)
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(folder)
    error = caught.value
    assert (error.file, error.row, error.column) == (file, number, column)
    assert str(error).startswith(f"{file}, row {number}, column {column}: ")
    assert problem in str(error)
    assert "\n" not in str(error)


def test_of_two_rules_for_a_step_the_later_row_is_named(folder, sheets):
    first = sheets.set("service_limits.csv", "SL4", "adopted", "yes")
    second = sheets.set("service_limits.csv", "PD6", "adopted", "yes")
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(folder)
    problem = f"urgent on_site is adopted in row {first} already"
    assert str(caught.value) == f"service_limits.csv, row {second}, column adopted: {problem}"


def test_a_missing_column_is_named(folder, sheets):
    sheets.change("defects.csv", lambda rows: [row.pop(10) for row in rows])
    with pytest.raises(CatalogueError, match=r"^defects.csv, row 1, column priority: the header must name it once$"):
        read_catalogue(folder)


def test_an_unknown_column_is_named(folder, sheets):
    sheets.change("defects.csv", lambda rows: [row.append("respond") for row in rows])
    with pytest.raises(CatalogueError, match=r"^defects.csv, row 1, column respond: no such column is known$"):
        read_catalogue(folder)


def test_a_row_with_a_cell_too_many_is_named(folder, sheets):
    sheets.change("defects.csv", lambda rows: rows[6].append("x"))
    with pytest.raises(CatalogueError, match=r"^defects.csv, row 7: 17 cells where 16 belong$"):
        read_catalogue(folder)


def test_a_missing_file_is_named(folder):
    (folder / "service_limits.csv").unlink()
    with pytest.raises(CatalogueError, match=r"^service_limits.csv, row 1: there is no such file$"):
        read_catalogue(folder)


def test_an_empty_file_lacks_its_header(folder):
    (folder / "categories.csv").write_text("", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"^categories.csv, row 1, column code: the header must name it once$"):
        read_catalogue(folder)


def test_another_encoding_is_refused(folder):
    file = folder / "calendar_days.csv"
    file.write_bytes(file.read_text(encoding="utf-8").encode("gb18030"))
    with pytest.raises(CatalogueError, match=r"^calendar_days.csv, row \d+: this is not UTF-8$"):
        read_catalogue(folder)


def test_a_broken_quotation_is_refused(folder):
    with (folder / "statutory_days.csv").open("a", encoding="utf-8") as file:
        file.write('2027-12-31,holiday,"新年"前夕,Eve,own\n')
    with pytest.raises(CatalogueError, match=r"^statutory_days.csv, row 15: "):
        read_catalogue(folder)


def test_a_byte_order_mark_quotes_and_blank_lines_are_fine(folder):
    file = folder / "defects.csv"
    text = file.read_text(encoding="utf-8")
    file.write_bytes(b"\xef\xbb\xbf" + text.replace("\nPLUMB-01", "\n\nPLUMB-01").encode())
    entries = {model.__name__: found for model, found in read_catalogue(folder).items()}
    assert len(entries["Defect"]) == 117
    assert entries["Defect"]["PLUMB-01"]["self_help_en"] == "Shut main valve, cut power"
