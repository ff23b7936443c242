"""How many of the changes that mutmut made to the crypto modules the tests noticed: fails below a floor, in percent.

``python -m tools.mutants 90``, after ``mutmut run``. A change that made the tests hang counts as noticed; one that no
test ran, or that nobody judged, does not.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

# mutmut's own numbers: what the tests' process ended with. 24, 36, 152 and 255: it ran too long.
NOTICED = {1, 3, 24, 36, 152, 255, -24}


def judged(folder: Path) -> dict[str, Counter[bool]]:
    """By module: how many changes were noticed, and how many not."""
    found: dict[str, Counter[bool]] = {}
    for file in sorted(folder.rglob("*.meta")):
        ended = json.loads(file.read_text("utf-8"))["exit_code_by_key"]
        if ended:
            found[file.name.removesuffix(".py.meta")] = Counter(code in NOTICED for code in ended.values())
    return found


def main(floor: str) -> int:
    """Print the share of each module and of all; 1 when the floor is not reached."""
    found = judged(Path("mutants"))
    total: Counter[bool] = sum(found.values(), Counter())
    for module, count in [*found.items(), ("all", total)]:
        share = 100 * count[True] / max(1, count.total())
        print(f"{module:<14}{count[True]:>5} of {count.total():>4}  {share:5.1f} %")
    return int(100 * total[True] < float(floor) * total.total() or not total)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
