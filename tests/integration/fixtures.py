"""The fixtures of the admission rules as commits: what tests/unit/admission/test_rules.c judges in one process, for a daemon and the command line to judge."""
import hashlib
import os
import re
import zlib

from system import ROOT

FOLDER = os.path.join(ROOT, "tests", "unit", "admission", "fixtures")
# Facts, and words to the unit test alone: both sides judge without them. "lock" writes what servers are said to have said.
FACTS = {"author", "check", "confirm", "forgotten", "guarded", "lock", "notes", "now", "says", "approves", "restores", "seen", "signed", "slow", "spares", "unsigned"}


class Fixture:
    """before: the files that are deployed; after: those of the change."""

    def __init__(self, name, before, after):
        self.name, self.before, self.after = name, before, after


def edit(files, word, rest):
    """append FILE TEXT puts a line below "policy:"; replace FILE WORD: TEXT puts another for the block that begins with it."""
    path, line = rest.split(" ", 1)
    if word == "append":
        files[path] = files[path].replace("policy:\n", "policy:\n" + line + "\n", 1)
    else:
        text = line.split(" ", 1)[1].strip()
        files[path] = re.sub(r"policy:\n( .*\n)*", lambda _: text + "\n", files[path], count=1)


def read(text, base):
    """The files of a fixture's text, and what of them "! deployed" stood after."""
    files, deployed, path, body = dict(base), None, None, []
    for line in text.split("\n") + ["! end"]:
        if line.startswith(("@ ", "@- ", "! ")):
            if path:
                files[path] = "".join(b + "\n" for b in body)
            path, body = None, []
        if line.startswith("@ "):
            path = line[2:].strip()
        elif line.startswith("@- "):
            gone = line[3:].strip()
            files = {p: t for p, t in files.items() if p != gone and not p.startswith(gone + "/")}
        elif line.startswith("! "):
            word, _, rest = line[2:].partition(" ")
            if word == "deployed":
                deployed = dict(files)
            elif word in ("append", "replace"):
                edit(files, word, rest)
            else:
                assert word in FACTS or word == "end", line
        elif path:
            body.append(line)
    return deployed, files


def base():
    with open(os.path.join(FOLDER, "base.txt"), encoding="utf-8") as f:
        return read(f.read().rstrip("\n"), {})[1]


def fixtures():
    stock = base()
    for file in sorted(os.listdir(FOLDER)):
        if file in ("base.txt", "reports.txt"):
            continue
        with open(os.path.join(FOLDER, file), encoding="utf-8") as f:
            cases = re.split(r"^== ", f.read(), flags=re.M)[1:]
        for case in cases:
            name, _, rest = case.partition("\n")
            before, after = read(rest.split("\n--\n", 1)[0], stock)
            yield Fixture(file[:-4] + ": " + name, before or stock, after)


class Commits:
    """Commits made of dictionaries of files, as loose objects of a repository."""

    def __init__(self, repo):
        self.objects, self.count = os.path.join(repo, "objects"), 0

    def put(self, kind, data):
        data = b"%s %d\0" % (kind, len(data)) + data
        name = hashlib.sha1(data).hexdigest()
        path = os.path.join(self.objects, name[:2], name[2:])
        if not os.path.exists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path + ".new", "wb") as f:
                f.write(zlib.compress(data, 1))
            os.rename(path + ".new", path)
        return name

    def tree(self, files):
        """files: a list of (path, text)."""
        below, entries = {}, []
        for path, text in files:
            name, slash, rest = path.partition("/")
            if slash:
                below.setdefault(name, []).append((rest, text))
            else:
                entries.append((name, b"100644 ", self.put(b"blob", text.encode())))
        for name, list_ in below.items():
            entries.append((name + "/", b"40000 ", self.tree(list_)))
        entries.sort(key=lambda e: e[0].encode())
        return self.put(b"tree", b"".join(mode + name.rstrip("/").encode() + b"\0" + bytes.fromhex(id_) for name, mode, id_ in entries))

    def make(self, files, parent=None):
        self.count += 1
        who = "A <a@example.com> %d +0000" % (1700000000 + self.count)
        text = "tree %s\n%sauthor %s\ncommitter %s\n\na change\n" % (
            self.tree(list(files.items())), "parent %s\n" % parent if parent else "", who, who)
        return self.put(b"commit", text.encode())
