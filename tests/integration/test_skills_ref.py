"""The profile "strict" agrees with the reference validator of the open format (skills-ref), where that is installed."""
import os
import pathlib
import subprocess

import pytest

from system import BUILD

skills_ref = pytest.importorskip("skills_ref", reason="skills-ref is not installed (pip install skills-ref)")

FRONT = "name: x-y\ndescription: Says it. Use for it.\n"
CASES = {
    "plain": FRONT,
    "metadata": FRONT + "metadata:\n  aspora.role: manager\n  team: a\n",
    "license and tools": FRONT + "license: MIT\nallowed-tools: Read Bash\ncompatibility: any\n",
    "short form": FRONT + "role: manager\n",
    "unknown key": FRONT + "owner: me\n",
    "no name": "description: Says it.\n",
    "no description": "name: x-y\n",
    "other name": FRONT.replace("x-y", "x-z"),
    "upper case": FRONT.replace("x-y", "X-Y"),
    "double hyphen": FRONT.replace("x-y", "x--y"),
    "description at its limit": "name: x-y\ndescription: " + "d" * 1024 + "\n",
    "description past its limit": "name: x-y\ndescription: " + "d" * 1025 + "\n",
    "compatibility at its limit": FRONT + "compatibility: " + "c" * 500 + "\n",
    "compatibility past its limit": FRONT + "compatibility: " + "c" * 501 + "\n",
    "brackets": FRONT + "metadata: {a: b}\n",
    "a key twice": FRONT + "license: MIT\nlicense: MIT\n",
}


@pytest.mark.parametrize("name", CASES)
def test_strict_says_what_the_reference_says(tmp_path, name):
    from skills_ref import validate
    folder = tmp_path / "skills" / "ecm" / "x-y"
    folder.mkdir(parents=True)
    (folder / "SKILL.md").write_text("---\n" + CASES[name] + "---\n# X\nText.\n", encoding="utf-8")
    reference = validate(pathlib.Path(folder))
    done = subprocess.run([os.path.join(BUILD, "bin", "aspora"), "validate", "--profile", "strict"], cwd=tmp_path, text=True,
                          capture_output=True, timeout=30, check=False, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
    assert (done.returncode == 0) == (not reference), (reference, done.stdout)
