"""aspora label, aspora delete, aspora apply --dry-run: what they print, what they refuse, and what is so afterwards."""
import json
import os

import pytest

from system import System
from test_cli_operators import Cli, ROLES
from test_gateway_objects import skill


@pytest.fixture(scope="module")
def cli():
    with System(ROLES) as s:
        s.init_repo()
        s.deploy()
        yield Cli(s)


def apply(cli, *skills):
    """A folder of its own, applied."""
    folder = os.path.join(cli.s.home, "applied-%d" % len(os.listdir(cli.s.home)))
    for files in skills:
        cli.s.put(files, folder)
    cli.good("apply", "-f", folder)
    return folder


def labels(cli, word):
    return json.loads(cli.good("get", word, "-o", "json"))["metadata"]["labels"]


# --- label ---------------------------------------------------------------------------------------------------------------


def test_a_label_is_set_shown_and_taken_away(cli):
    assert cli.good("label", "skill", "ecm/order-details", "team=orders", "tier=gold") == "skill/ecm/order-details labeled\n"
    assert cli.good("label", "skill/ecm/order-details", "--list") == "skill/ecm/order-details:\n  team=orders\n  tier=gold\n"
    assert cli.good("get", "skills", "-l", "team=orders", "--no-headers").split()[:2] == ["ecm", "order-details"]
    assert cli.good("label", "sk", "order-details", "-d", "ecm", "tier-") == "skill/ecm/order-details unlabeled\n"
    assert labels(cli, "skill/ecm/order-details") == {"team": "orders"}
    # What is so already is no change; what is not there is said.
    assert cli.good("label", "skill/ecm/order-details", "team=orders") == "skill/ecm/order-details not labeled\n"
    done = cli.run("label", "skill/ecm/order-details", "nothing-")
    assert done.returncode == 0 and done.stdout == "skill/ecm/order-details not labeled\n"
    assert done.stderr == "aspora: skill/ecm/order-details: label \"nothing\" not found\n"
    cli.good("label", "skill/ecm/order-details", "team-")


def test_another_value_needs_overwrite(cli):
    cli.good("label", "domain", "hr", "region=eu")
    r = cli.bad(5, "label", "domain", "hr", "region=us")
    assert "domain/hr: label region is \"eu\" already" in r.stderr and "add --overwrite to make it \"us\"" in r.stderr
    assert labels(cli, "domain/hr") == {"region": "eu"}
    assert cli.good("label", "domain", "hr", "region=us", "--overwrite") == "domain/hr labeled\n"
    assert labels(cli, "domain/hr") == {"region": "us"}
    cli.good("label", "domain", "hr", "region-")


def test_several_objects_by_name_by_selector_and_all(cli):
    assert cli.good("label", "domains", "ecm", "frm", "batch=1") == "domain/ecm labeled\ndomain/frm labeled\n"
    assert cli.good("label", "domain/ecm", "source/main", "mixed=1") == "domain/ecm labeled\nsource/main labeled\n"
    assert cli.good("label", "domains", "-l", "batch=1", "seen=yes") == "domain/ecm labeled\ndomain/frm labeled\n"
    everything = cli.good("label", "skills", "--all", "-d", "ecm", "all=1").splitlines()
    assert len(everything) == 3 and everything[0] == "skill/ecm/manager labeled"
    cli.good("label", "skills", "--all", "all-", "--overwrite")
    for word in ("domain/ecm", "domain/frm"):
        cli.good("label", word, "batch-", "seen-", "mixed-")
    cli.good("label", "source/main", "mixed-")
    assert labels(cli, "domain/ecm") == {} and labels(cli, "source/main") == {}
    assert cli.good("label", "domains", "-l", "batch=1", "x=1") == ""


def test_the_first_refusal_ends_it_and_what_was_done_is_said(cli):
    cli.good("label", "domain/frm", "taken=1")
    r = cli.bad(5, "label", "domains", "ecm", "frm", "taken=2")
    assert r.stdout == "domain/ecm labeled\n" and "domain/frm: label taken is \"1\" already" in r.stderr
    for word in ("domain/ecm", "domain/frm"):
        cli.good("label", word, "taken-")


def test_objects_are_printed_as_asked(cli):
    o = json.loads(cli.good("label", "domain/hr", "shown=1", "-o", "json"))
    assert o["kind"] == "Domain" and o["metadata"]["labels"] == {"shown": "1"}
    assert cli.good("label", "domain/hr", "shown-", "-o", "name") == "domain/hr\n"


def test_a_dry_run_of_labels_changes_nothing(cli):
    assert cli.good("label", "domain/hr", "tried=1", "--dry-run", "--list") == \
        "domain/hr labeled (server dry run)\ndomain/hr:\n  tried=1\n"
    assert cli.good("label", "domain/hr", "tried=1", "--dry-run=client") == "domain/hr labeled (client dry run)\n"
    assert labels(cli, "domain/hr") == {}
    assert cli.good("label", "domain/hr", "tried=1", "--dry-run=none") == "domain/hr labeled\n"
    cli.good("label", "domain/hr", "tried-")


def test_a_version_that_was_read_is_held_to(cli):
    old = json.loads(cli.good("get", "domain/hr", "-o", "json"))["metadata"]["resourceVersion"]
    cli.good("label", "domain/hr", "moved=1")
    r = cli.bad(5, "label", "domain/hr", "a=1", "--resource-version", old)
    assert "not at " + old in r.stderr and "read it again" in r.stderr
    cli.good("label", "domain/hr", "moved-")
    r = cli.bad(2, "label", "domains", "hr", "ecm", "a=1", "--resource-version", old)
    assert "--resource-version is of one object, and 2 are named" in r.stderr


@pytest.mark.parametrize("argv,status,says", [
    (("skill", "ecm/order-details"), 2, "say which label: KEY=VALUE sets one, KEY- takes it away"),
    (("skill", "a=b"), 2, "say which skill: a name, -l SELECTOR or --all"),
    (("a=b",), 2, "say what: a kind and a name"),
    (("skill", "ecm/order-details", "a b=c"), 3, "\"a b\" is no name of a label"),
    (("skill", "ecm/order-details", "a=b c"), 3, "label a: \"b c\" is no value of a label"),
    (("skill", "ecm/order-details", "a=1", "a-"), 2, "label a is named twice"),
    (("skill", "ecm/order-details", "a=1", "ecm/manager"), 2, "\"ecm/manager\" stands behind the labels"),
    (("skills", "ecm/order-details", "-l", "x=y", "a=1"), 2, "names do not go together with -l and --all"),
    (("skill/ecm/order-details", "frm", "a=1"), 2, "\"frm\" stands among objects written KIND/NAME"),
    (("skil", "ecm/order-details", "a=1"), 2, "did you mean skill"),
    (("skill", "ecm/order-detail", "a=1"), 4, "did you mean ecm/order-details?"),
    (("release", "1", "a=1"), None, ""),
    (("domain", "hr", "a=1", "--dry-run=clien"), 2, "did you mean client?"),
])
def test_what_is_no_label_of_anything_is_refused(cli, argv, status, says):
    done = cli.run("label", *argv)
    assert done.returncode != 0 and (status is None or done.returncode == status), done
    assert says in done.stderr, done.stderr


# --- delete --------------------------------------------------------------------------------------------------------------


def test_an_applied_skill_is_deleted_after_a_yes(cli):
    apply(cli, skill("shop", "boss", role="manager"), skill("shop", "old"))
    r = cli.bad(2, "delete", "skill", "shop/old")
    assert "delete asks before it takes away skill/shop/old, and there is nobody to answer" in r.stderr and "add --yes" in r.stderr
    status, out, seen = cli.answering("n", "delete", "skill", "shop/old")
    assert status != 0 and out == "" and "delete skill/shop/old? [y/N]" in seen and "nothing was deleted" in seen
    assert cli.s.content("shop", "old")
    assert cli.good("delete", "skill", "shop/old", "--dry-run") == "skill/shop/old deleted (server dry run)\n"
    assert cli.good("delete", "skill/shop/old", "--dry-run=client") == "skill/shop/old deleted (client dry run)\n"
    assert cli.s.content("shop", "old")
    status, out, seen = cli.answering("y", "delete", "skill", "shop/old", "--reason", "no longer sold")
    assert (status, out) == (0, "skill/shop/old deleted\n"), seen
    assert cli.s.content("shop", "old") is None and cli.s.content("shop", "boss")
    cli.s.wait("its end", lambda: cli.run("get", "skill/shop/old").returncode == 4)
    r = cli.bad(4, "delete", "skill", "shop/old", "-y")
    assert "shop/old" in r.stderr
    assert cli.good("delete", "skill", "shop/old", "-y", "--ignore-not-found") == ""


def test_what_git_has_is_deleted_in_git(cli):
    r = cli.bad(5, "delete", "skill", "ecm/order-details", "--yes")
    assert "domain ecm belongs to source main, a Git repository" in r.stderr
    assert "delete it in Git: git rm -r skills/ecm/order-details, commit and push" in r.stderr
    assert r.stdout == "" and cli.s.content("ecm", "order-details")


def test_several_are_deleted_by_their_labels(cli):
    apply(cli, skill("trial", "boss", role="manager"), skill("trial", "a"), skill("trial", "b"))
    cli.good("label", "skills", "trial/a", "trial/b", "tier=trial")
    assert cli.good("delete", "skills", "-l", "tier=trial", "-y") == "skill/trial/a deleted\nskill/trial/b deleted\n"
    assert cli.s.content("trial", "boss")
    assert cli.good("delete", "domain", "trial", "-y", "-o", "name") == "domain/trial\n"
    assert cli.s.content("trial", "boss") is None
    assert cli.good("delete", "skills", "-l", "tier=none", "-y") == ""


def test_an_overlay_is_taken_off(cli):
    folder = os.path.join(cli.s.home, "over")
    cli.s.put(skill("frm", "on-top"), folder)
    cli.good("apply", "-f", folder, "--override", "--ttl", "1h")
    assert "frm" in cli.good("overlay", "list")
    assert cli.good("delete", "overlay", "frm", "-y") == "domain/frm overlay ended\n"
    assert cli.run("overlay", "list").stdout == ""
    r = cli.bad(4, "delete", "overlay/frm", "-y")
    assert "there is no overlay over domain frm" in r.stderr
    assert cli.good("delete", "overlay/frm", "-y", "--ignore-not-found") == ""


def test_a_quarantine_is_cleared_a_key_revoked_an_execution_ended(cli):
    cli.good("quarantine", "add", "hr/leave-balance", "d" * 64)
    name = cli.good("get", "quarantines", "-o", "name").strip()
    assert cli.good("delete", name) == name + " cleared\n"
    assert cli.run("quarantine", "list").stdout == ""
    root = cli.make_key("root", "admin")
    assert cli.run("key", "create", "passing", ASPORA_KEY=root).returncode == 0
    done = cli.run("delete", "key", "passing", "-y", ASPORA_KEY=root)
    assert (done.returncode, done.stdout) == (0, "key/passing revoked\n"), done
    assert "role operator may not" in cli.bad(6, "delete", "key", "root", "-y").stderr
    ended = cli.s.execute("ecm/order-details", {"order_id": "17"})["id"]
    r = cli.bad(5, "delete", "execution", ended)
    assert "has ended: what ran is history" in r.stderr
    # A list passes over what has ended.
    assert cli.good("delete", "executions", "--all", "-d", "ecm") == ""


@pytest.mark.parametrize("argv,says", [
    (("source", "main"), "sources cannot be deleted"),
    (("release", "1"), "releases cannot be deleted"),
    (("skill",), "say which skill: a name, -l SELECTOR or --all"),
    (("skills", "ecm/manager", "--all"), "names do not go together with -l and --all"),
    (("domain", "hr", "-o", "json"), "delete prints no json: the objects are gone"),
    (("domain", "hr", "ecm", "--resource-version", "i1.1"), "--resource-version is of one object, and 2 are named"),
    (("skill", "manager"), "the skill \"manager\" is named without its domain"),
])
def test_what_cannot_be_deleted_is_said(cli, argv, says):
    assert says in cli.bad(2, "delete", *argv).stderr


def test_a_stale_version_deletes_nothing(cli):
    apply(cli, skill("stale", "boss", role="manager"), skill("stale", "a"))
    r = cli.bad(5, "delete", "skill/stale/a", "-y", "--resource-version", "i1.1")
    assert "skill stale/a is at i1." in r.stderr and cli.s.content("stale", "a")


# --- apply --dry-run -------------------------------------------------------------------------------------------------------


def test_apply_rehearses_on_the_server_or_asks_nobody(cli):
    folder = apply(cli, skill("dry", "boss", role="manager"))
    with open(os.path.join(folder, "skills/dry/boss/SKILL.md"), "a", encoding="utf-8") as f:
        f.write("\nMore.\n")
    before = cli.s.content("dry", "boss")
    for how in ("--dry-run", "--dry-run=server"):
        assert "would deploy 1 domain" in cli.good("apply", "-f", folder, how)
    assert cli.good("apply", "-f", folder, "--dry-run=client") == "3 files would be sent (client dry run)\n"
    assert cli.s.content("dry", "boss") == before
    cli.good("apply", "-f", folder, "--dry-run=none")
    assert cli.s.content("dry", "boss") != before
