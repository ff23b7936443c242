"""A process that serves leaves no image of its memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

AFTER = """
import resource
from pathlib import Path
from portal.cli.hardening import harden
harden()
harden()
print(resource.getrlimit(resource.RLIMIT_CORE), {})
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a flag of Linux")
def test_no_core_and_not_dumpable():
    code = AFTER.format("__import__('ctypes').CDLL(None).prctl(3, 0, 0, 0, 0)")
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "(0, 0) 0\n"


def test_where_the_system_does_not_let_it_nothing_is_raised():
    code = "import ctypes, resource, sys\n"
    code += "def no(*_given): raise OSError\n"
    code += "ctypes.CDLL = no; resource.setrlimit = no\n"
    code += "from portal.cli.hardening import harden\nharden()\nprint('served')"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "served\n"
