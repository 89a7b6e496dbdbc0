"""The profile "strict" agrees with the reference validator of the open format (skills-ref), over cases at its limits, every SKILL.md of the examples and of
the fixtures of the admission rules, and what `aspora fmt --portable` makes of them."""
import json
import os
import re
import subprocess

import pytest

import fixtures
from system import BUILD, EXAMPLES, ROOT

ASPORA = os.path.join(BUILD, "bin", "aspora")
PYTHON = os.path.join(ROOT, ".venv", "bin", "python")
VALIDATE = "import json, pathlib, skills_ref, sys; print(json.dumps([skills_ref.validate(pathlib.Path(p)) for p in json.load(sys.stdin)]))"

FRONT = "name: x-y\ndescription: Says it. Use for it.\n"
CASES = {
    "plain": FRONT,
    "metadata": FRONT + "metadata:\n  aspora.role: manager\n  team: a\n",
    "license and tools": FRONT + "license: MIT\nallowed-tools: Read Bash\ncompatibility: any\n",
    "short form": FRONT + "role: manager\n",
    "unknown key": FRONT + "owner: me\n",
    "no name": "description: Says it.\n",
    "no description": "name: x-y\n",
    "empty description": "name: x-y\ndescription: \"\"\n",
    "other name": FRONT.replace("x-y", "x-z"),
    "upper case": FRONT.replace("x-y", "X-Y"),
    "double hyphen": FRONT.replace("x-y", "x--y"),
    "underscore": FRONT.replace("x-y", "x_y"),
    "description at its limit": "name: x-y\ndescription: " + "d" * 1024 + "\n",
    "description past its limit": "name: x-y\ndescription: " + "d" * 1025 + "\n",
    "description of 1024 letters that are two bytes each": "name: x-y\ndescription: " + "\u00e9" * 1024 + "\n",
    "description of 1025 such letters": "name: x-y\ndescription: " + "\u00e9" * 1025 + "\n",
    "compatibility at its limit": FRONT + "compatibility: " + "c" * 500 + "\n",
    "compatibility past its limit": FRONT + "compatibility: " + "c" * 501 + "\n",
    "brackets": FRONT + "metadata: {a: b}\n",
    "a key twice": FRONT + "license: MIT\nlicense: MIT\n",
}


def aspora(cwd, *argv):
    return subprocess.run([ASPORA, *argv], cwd=cwd, text=True, capture_output=True, timeout=60, check=False,
                          env={"PATH": os.environ["PATH"], "HOME": str(cwd)})


def texts():
    """Each SKILL.md once: (where it is from, the name of its folder, its text)."""
    found = {}
    for folder, _, names in os.walk(EXAMPLES):
        if "SKILL.md" in names:
            with open(os.path.join(folder, "SKILL.md"), encoding="utf-8") as f:
                found.setdefault((os.path.basename(folder), f.read()), "examples")
    for fixture in fixtures.fixtures():
        for path, text in fixture.after.items():
            place = re.fullmatch(r"skills/[^/]+/([^/]+)/SKILL\.md", path)
            if place:
                found.setdefault((place[1], text), fixture.name)
    return [(where, name, text) for (name, text), where in found.items()]


def lay(root, all_texts):
    """A repository with a domain for each text; the folders of the skills."""
    folders = []
    for i, (_, name, text) in enumerate(all_texts):
        folder = root / "skills" / ("d%03d" % i) / name
        folder.mkdir(parents=True)
        # Its domain is another here; the reference knows no such key either way.
        (folder / "SKILL.md").write_text(re.sub(r"^domain: .*$", "domain: d%03d" % i, text, count=1, flags=re.M), encoding="utf-8")
        folders.append(folder)
    return folders


def reference(folders):
    done = subprocess.run([PYTHON, "-c", VALIDATE], input=json.dumps([str(f) for f in folders]), text=True, capture_output=True, timeout=120,
                          check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def strict(root):
    """By domain, what the profile denies."""
    done = aspora(root, "validate", "--profile", "strict", "-o", "json")
    denied = {}
    for f in json.loads(done.stdout)["findings"]:
        # The words of our own keys are ours to refuse: the reference reads neither triggers nor roles.
        if f["severity"] == "deny" and not f["rule"].startswith(("SK-TRIGGER", "SK-ROLE")):
            denied.setdefault(f["domain"], []).append("%s %s" % (f["rule"], f["message"]))
    return denied


def disagreements(root, all_texts):
    folders = lay(root, all_texts)
    denied = strict(root)
    return [(where, name, said, denied.get("d%03d" % i)) for i, ((where, name, _), said) in enumerate(zip(all_texts, reference(folders)))
            if bool(said) != ("d%03d" % i in denied)]


@pytest.fixture(scope="module", autouse=True)
def installed():
    if subprocess.run([PYTHON, "-c", "import skills_ref"], check=False, capture_output=True).returncode:
        pytest.skip("skills-ref is not installed: script/bootstrap could not make .venv")


def test_strict_says_what_the_reference_says(tmp_path):
    cases = [(name, "x-y", "---\n" + front + "---\n# X\nText.\n") for name, front in CASES.items()]
    assert not disagreements(tmp_path, cases)


def test_strict_says_what_the_reference_says_of_every_example_and_fixture(tmp_path):
    found = texts()
    assert len(found) >= 60
    assert not disagreements(tmp_path, found)


def test_the_portable_form_of_every_example_and_fixture_is_one_that_the_reference_takes(tmp_path):
    kept = []
    found = texts()
    for (where, name, _), folder in zip(found, lay(tmp_path / "short", found)):
        done = aspora(tmp_path / "short", "fmt", "--portable", str(folder))
        if done.returncode == 0:
            kept.append((where, name, (folder / "SKILL.md").read_text(encoding="utf-8")))
    assert len(kept) > 50, len(kept)
    assert not disagreements(tmp_path / "long", kept)
    folders = [tmp_path / "long" / "skills" / ("d%03d" % i) / name for i, (_, name, _) in enumerate(kept)]
    assert [k[0] for k, said in zip(kept, reference(folders)) if not said], "none is taken"
