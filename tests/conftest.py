"""What every test may ask for."""

import pytest
from hypothesis import settings

pytest_plugins = ["tests.servers.fixtures", "tests.stage.fixtures"]

# A slow moment of a busy machine is no finding.
settings.register_profile("portal", deadline=None)
settings.load_profile("portal")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many cells of the matrix of rights were walked: endpoint × person × whose × page and fragment."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, ())]
    cells = sum(
        value for report in reports for name, value in getattr(report, "user_properties", ()) if name == "cells"
    )
    if cells:
        terminalreporter.write_line(f"matrix of rights: {cells} cells walked")
