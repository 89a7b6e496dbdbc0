"""The manual says what the programs do: names are compared with the sources, and examples that need no server are run."""
import os
import re
import shlex
import shutil
import subprocess

import pytest

from system import BUILD, EXAMPLES, ROOT

ENV = {**{k: v for k, v in os.environ.items() if not k.startswith("ASPORA_")},
       "PATH": os.path.join(BUILD, "bin") + ":" + os.environ["PATH"], "LC_ALL": "C.UTF-8"}


def page(name):
    with open(os.path.join(ROOT, "man", name), encoding="utf-8") as f:
        return f.read()


def section(name, title):
    found = re.search(r"^\.S[hs] %s\n(.*?)(?=^\.S[hs] |\Z)" % re.escape(title), page(name), re.S | re.M)
    assert found, "%s has no section %s" % (name, title)
    return found.group(1)


def literal(text):
    """A line of mdoc as a reader sees it."""
    return text.replace("\\(dq", '"').replace("\\&", "").replace("\\-", "-").replace("\\e", "\\")


def displays(text):
    """(what the line above names, content) of each literal display."""
    return [(path, literal(body)) for path, body in
            re.findall(r"(?:^\.Pa (\S+) :\n)?^\.Bd -literal[^\n]*\n(.*?)^\.Ed$", text, re.S | re.M)]


def commands(text):
    """Commands of the examples for the one who reads: those after "$ "."""
    lines = re.findall(r"^\.Dl (\$ .*)$", text, re.M)
    for _, body in displays(text):
        lines += body.split("\n")
    return [literal(line)[2:] for line in lines if line.startswith("$ ")]


def sources():
    for folder in ("agent", "agent/gateway"):
        full = os.path.join(ROOT, folder)
        for name in sorted(os.listdir(full)):
            if name.endswith(".c"):
                with open(os.path.join(full, name), encoding="utf-8") as f:
                    yield "%s/%s" % (folder, name), f.read()


def arguments(text, at):
    """The arguments of a call whose parenthesis is open at `at`."""
    depth, quoted, args = 0, False, [""]
    while True:
        c = text[at]
        if quoted and c == "\\":
            args[-1] += text[at:at + 2]
            at += 2
            continue
        if c == '"':
            quoted = not quoted
        elif not quoted and c in "([{":
            depth += 1
        elif not quoted and c in ")]}":
            if depth == 0:
                return args
            depth -= 1
        elif not quoted and c == "," and depth == 0:
            args.append("")
            at += 1
            continue
        args[-1] += c
        at += 1


def items(text, macro):
    """{name: words below it} of a list."""
    return {m.group(1): m.group(2) for m in re.finditer(r"^\.It %s (\S+)\n(.*?)(?=^\.It |^\.El)" % macro, text, re.S | re.M)}


def run(argv, cwd, **kw):
    return subprocess.run(argv, cwd=cwd, env=ENV, capture_output=True, text=True, timeout=120, check=False, **kw)


def run_line(line, cwd):
    done = run(shlex.split(line), cwd)
    assert done.returncode == 0, "%s: %d\n%s%s" % (line, done.returncode, done.stdout, done.stderr)
    return done.stdout


# --- asporad(8) -------------------------------------------------------------------------------------------------------

def test_every_log_event_is_in_the_manual():
    events = set()
    for path, text in sources():
        for call in re.finditer(r"\blog_(?:event|err)\(", text):
            names = re.findall(r'"([^"]+)"', arguments(text, call.end())[1])
            assert names, "%s: an event whose name is no constant" % path
            events |= set(names)
    described = items(section("asporad.8", "LOG EVENTS"), "Sy")
    assert set(described) == events
    assert list(described) == sorted(described)
    for name, words in described.items():
        assert re.fullmatch(r"[A-Z][^\n]*\.\n", words), name


def test_every_metric_is_in_the_manual():
    described = {}
    for name, words in items(section("asporad.8", "METRICS"), "Sy").items():
        kind, labels, help_text = re.fullmatch(r"\.Pq (\w+)(?:; labels ([\w, ]+))?\n([^\n]+)\n", words).groups()
        described[name] = (kind, help_text)
    exposed = {}
    for path, text in sources():
        if not os.path.basename(path).startswith("metrics"):
            continue
        for m in re.finditer(r'(?:metric_head|one)\(out, "(aspora_\w+)", "(\w+)",\s*"([^"]*)"', text):
            exposed[m.group(1)] = (m.group(2), m.group(3))
        for m in re.finditer(r'\{"\w+",\s*"(aspora_\w+)",\s*"(\w+)",\s*"([^"]*)"', text):
            exposed[m.group(1)] = (m.group(2), m.group(3))
        for name in re.findall(r'"(aspora_[a-z_]+)"', text):
            assert re.sub(r"_(bucket|sum|count)$", "", name) in described or name in described, name
    assert described == exposed
    assert list(described) == sorted(described)


@pytest.mark.parametrize("verb", [[], ["key"], ["db"], ["executor"]], ids=lambda v: " ".join(v) or "asporad")
def test_every_option_of_asporad_is_in_the_manual(verb, tmp_path):
    told = run(["asporad", *verb, "--help"], tmp_path).stdout
    text = page("asporad.8")
    options = re.findall(r"^ +(?:-(\w), )?--([\w-]+)", told, re.M)
    assert options
    for short, name in options:
        if verb and name == "help":
            continue
        assert re.search(r"\.?\bFl -%s\b" % name, text) or "Fl -%s" % name in text, name
        assert not short or "Fl %s" % short in text, short


def test_every_option_and_verb_in_the_manual_is_one_of_asporad(tmp_path):
    told = run(["asporad", "--help"], tmp_path).stdout
    for verb in ("key", "db", "executor"):
        told += run(["asporad", verb, "--help"], tmp_path).stdout
    text = section("asporad.8", "DESCRIPTION") + section("asporad.8", "Verbs")
    for name in re.findall(r"Fl -([a-z-]+)", text):
        assert "--" + name in told, name
    verbs = set(re.findall(r"^  (\w+) ", told.split("Verbs:\n")[1], re.M))
    assert {v.split()[0] for v in re.findall(r"^\.It Cm (\w+)", section("asporad.8", "Verbs"), re.M)} >= {"key", "db", "executor"}
    assert {"key", "db", "executor"} <= verbs


def test_the_examples_of_asporad_run(tmp_path):
    shutil.copytree(EXAMPLES, tmp_path / "skills-repo")
    (tmp_path / "asporad.conf").write_text(displays(section("asporad.conf.5", "EXAMPLES"))[0][1])
    lines = [c for c in commands(section("asporad.8", "EXAMPLES")) if c.startswith("asporad ")]
    check, sql, executor = lines
    assert "asporad.conf: fine, 1 source" in run_line(check, tmp_path)
    assert "skills" in run_line(sql, tmp_path)
    assert '"state":"shipped"' in run_line(executor, tmp_path)


# --- asporad.conf(5) ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("which", range(4))
def test_the_examples_of_asporad_conf_are_fine(which, tmp_path):
    examples = displays(section("asporad.conf.5", "EXAMPLES"))
    assert len(examples) == 4
    (tmp_path / "a.conf").write_text(examples[which][1])
    done = run(["asporad", "-c", "a.conf", "--check-config"], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert ": fine, " in done.stdout


def test_check_config_exits_as_the_manual_says(tmp_path):
    (tmp_path / "bad.conf").write_text("gateway:\n  per_address: 0\n")
    bad = run(["asporad", "-c", "bad.conf", "--check-config"], tmp_path)
    assert bad.returncode == 3 and "bad.conf:2:16" in bad.stderr
    assert run(["asporad", "-c", "none.conf", "--check-config"], tmp_path).returncode == 4
    (tmp_path / "odd.conf").write_text("gatway:\n  listen: 127.0.0.1:1\n")
    odd = run(["asporad", "-c", "odd.conf", "--check-config"], tmp_path)
    assert odd.returncode == 3 and 'odd.conf:1:1: unknown key "gatway"; did you mean "gateway"?' in odd.stderr


# --- aspora-config(5) ---------------------------------------------------------------------------------------------------

def test_the_fields_of_the_configuration_are_those_of_the_table(tmp_path):
    stands = re.search(r'^\.\\" Begin fields: .*?\n(.*)^\.\\" End fields$', page("aspora-config.5"), re.S | re.M)
    assert stands.group(1) == run(["aspora", "explain", "--mdoc", "config"], tmp_path).stdout, "run: make man"


def test_the_examples_of_the_configuration_hold_together(tmp_path):
    text = section("aspora-config.5", "EXAMPLES")
    run_line("aspora create skill ecm/order-details -C .", tmp_path)
    run_line("aspora create skill frm/escalation -C .", tmp_path)
    files = {path: body for path, body in displays(text) if path}
    assert set(files) == {"aspora.config.yaml", "skills/ecm/aspora.config.yaml", "skills/ecm/order-details/aspora.config.yaml"}
    for path, body in files.items():
        (tmp_path / path).write_text(body)
    assert run_line("aspora validate", tmp_path) == "2 skills in 2 domains: fine\n"
    assert "0 denied" in run_line("aspora admit -q", tmp_path)
    (effective,) = commands(text)
    values = run_line(effective, tmp_path)
    assert re.search(r"^budget.per_run_usd: 0.1 +# skills/ecm/order-details/aspora.config.yaml:2:16$", values, re.M)
    assert re.search(r"^budget.per_day_usd: 60 +# skills/ecm/aspora.config.yaml:3:16$", values, re.M)
    assert re.search(r"^tests.min_cases: 1 +# aspora.config.yaml:12:14$", values, re.M)


# --- aspora-skill(5) ----------------------------------------------------------------------------------------------------

@pytest.fixture
def repository(tmp_path):
    for path, body in displays(section("aspora-skill.5", "EXAMPLES")):
        if path:
            full = tmp_path / path
            full.parent.mkdir(parents=True, exist_ok=True)
            full.write_text(body)
    assert (tmp_path / "skills/ecm/refund-check/SKILL.md").exists()
    return tmp_path


def test_the_example_of_a_skill_passes_as_it_stands(repository):
    validate, admit, test, once = commands(section("aspora-skill.5", "EXAMPLES"))
    assert run_line(validate, repository) == "1 skill in 1 domain: fine\n"
    assert "0 denied" in run_line(admit, repository)
    assert "3 passed" in run_line(test, repository)
    assert run_line(once, repository) == "You may approve a refund of 40 alone.\n"


def test_the_command_of_the_example_hands_over_its_word(repository):
    trigger = '{"kind": "command", "text": "refund check 700", "params": {"amount": "700"}}'
    done = run(["asporad", "executor", "--local", ".", "ecm/refund-check", "--trigger", trigger], repository)
    assert '"text":"Two people approve a refund of 700."' in done.stdout


@pytest.mark.parametrize("which", ["context", "result"])
def test_the_keys_of_both_documents_are_in_the_manual(which, tmp_path):
    schema = run(["aspora", "schema", which], tmp_path).stdout
    told = set(re.findall(r'^    "(\w+)": \{$', schema.split('"properties"', 1)[1], re.M))
    text = section("aspora-skill.5", "HANDLERS")
    first, second = text.split(".Em SkillResult", 1)
    lines = re.findall(r"^\.It Ic (.*)$", first if which == "context" else second, re.M)
    assert {name for line in lines for name in line.replace(",", " ").split()} == told


def test_the_keys_of_the_head_are_in_the_manual(tmp_path):
    schema = run(["aspora", "schema", "frontmatter"], tmp_path).stdout
    told = set(re.findall(r'^    "([\w-]+)": \{$', schema.split('"$defs"')[0], re.M))
    lines = re.findall(r"^\.It Ic (.*)$", section("aspora-skill.5", "SKILL.MD"), re.M)
    assert {name for line in lines for name in line.replace(",", " ").split()} == told


@pytest.mark.parametrize("trigger", [
    "command: order status {order_id}", "cron: daily 07:30", "cron: mon,thu 07:30", "cron: daily 09:00,17:00", "cron: hourly",
    "cron: every 15m", "cron: 30 9 * * 1-5", "cron: weekdays 09:00 Asia/Dubai", "alert: order.stuck", "always: 1s", "always: 1d", "always:"])
def test_every_trigger_of_the_manual_is_one(repository, trigger):
    text = page("aspora-skill.5")
    words = trigger.split(": ")[-1].rstrip(":")
    assert re.sub(r"^(mon,thu|daily|weekdays) .*", r"\1", words) in text
    skill = repository / "skills/ecm/refund-check/SKILL.md"
    skill.write_text(skill.read_text().replace("command: refund check {amount}", trigger))
    assert run_line("aspora validate", repository) == "1 skill in 1 domain: fine\n"


def test_every_expectation_of_the_manual_is_one(repository):
    lines = [literal(line) for line in re.findall(r"^\.It Li (.*)$", section("aspora-skill.5", "TEST CASES"), re.M)]
    assert len(lines) == 5
    lines += re.findall(r"^\.Ql (field [^.\n]+/|must not \w+) ?,?$", section("aspora-skill.5", "TEST CASES"), re.M)
    lines = [line + ' "x"' if line.endswith(" equal") else line for line in lines]
    assert len(lines) == 7
    cases = repository / "skills/ecm/refund-check/tests/cases.md"
    cases.write_text("# Cases\n\n## All of them\n### Input\nwords\n### Expect\n" + "".join("- %s\n" % line for line in lines))
    assert run_line("aspora validate", repository) == "1 skill in 1 domain: fine\n"
    told = run(["aspora", "test", "ecm/refund-check"], repository)
    assert told.returncode == 1  # each was read, and the example's skill meets few of them


@pytest.mark.parametrize("header,name,value,words", [
    ("skill/trigger.h", "TRIGGERS_MAX", "16", "a list of at most 16"),
    ("skill/cases.h", "CASES_MAX", "1000", "at most 1,000 cases"),
    ("skill/cases.h", "CASE_EXPECTS_MAX", "64", "at most 64 expectations"),
    ("skill/cases.h", "CASES_BYTES_MAX", "(128 * 1024)", "expectations, and 128 KiB"),
    ("skill/skill.h", "SKILL_DESCRIPTION_MAX", "1024", "at most 1,024\ncharacters|at most 1,024 characters"),
    ("skill/skill.h", "SKILL_MD_MAX", "(128 * 1024)", "Markdown files have at most 128 KiB")])
def test_the_limits_of_the_manual_are_those_of_the_sources(header, name, value, words):
    with open(os.path.join(ROOT, header), encoding="utf-8") as f:
        text = re.sub(r"\s*\\\n\s*", " ", f.read())
    assert re.search(r"#define %s %s" % (name, re.escape(value)), text)
    assert re.search(words, page("aspora-skill.5"))


# --- the pages themselves -------------------------------------------------------------------------------------------------

PAGES = sorted(n for n in os.listdir(os.path.join(ROOT, "man")) if re.search(r"\.[1-8]$", n))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_sentence_a_line_and_leads_to_pages_that_exist(name):
    if not shutil.which("mandoc"):
        pytest.skip("there is no mandoc here")
    told = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", os.path.join(ROOT, "man", name)], capture_output=True, text=True)
    assert told.stdout + told.stderr == ""
    text = re.sub(r"^\.Bd -literal.*?^\.Ed$", "", page(name), flags=re.S | re.M)
    for line in text.split("\n"):
        if not line.startswith("."):
            assert not re.search(r"[a-z)]\. [A-Z]", line), line
    for other, number in re.findall(r"^\.Xr (aspora\S*) (\d)", text, re.M):
        assert "%s.%s" % (other, number) in PAGES + ["aspora.1"]


def test_make_man_writes_what_is_out_of_date(tmp_path):
    for folder in ("man", "script"):
        shutil.copytree(os.path.join(ROOT, folder), tmp_path / folder)
    for name in ("aspora-config.5", "asporad.8", "asporad.conf.5"):
        full = tmp_path / "man" / name
        full.write_text(re.sub(r'^(\.\\" Begin .*?\n).*?(?=^\.\\" End)', r"\1gone\n", full.read_text(), flags=re.S | re.M))
        assert "\ngone\n" in full.read_text()
    done = run(["script/gen-man", os.path.abspath(BUILD)], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("aspora-config.5", "asporad.8", "asporad.conf.5"):
        assert (tmp_path / "man" / name).read_text() == page(name)
