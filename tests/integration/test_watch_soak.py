"""Writers and readers at once, readers that break off at random: nobody misses a change, sees one twice, or out of order.

ASPORA_SOAK_EVENTS sets how many changes are written (make soak-watch: ten millions)."""
import json
import os
import random
import subprocess
import threading
import time

import pytest

from system import BUILD, System

EVENTS = int(os.environ.get("ASPORA_SOAK_EVENTS", "4000"))
WRITERS, READERS = (8, 50) if EVENTS > 100000 else (4, 8)

WRITE = """with s as (update store set rev = rev + 1, hash = sha256(hash || int8send(rev + 1)) where id = 1 returning rev, hash),
r as (insert into revision (revision, actor, token, body, hash) select rev, 'soak', uuid_send(gen_random_uuid()), sha256('x'), hash from s),
c as (insert into change (revision, ord, kind, domain, name, op, object)
	select rev, n, 'Platform', '', n::text, 'update', '{}' from s, generate_series(0, %s) n)
select rev, pg_notify('aspora', '') from s"""


@pytest.fixture(scope="module")
def s():
    with System(roles="gateway") as system:
        system.gateway_options(per_address=1000)
        system.write_conf(sources="")
        system.start()
        yield system


class Pace:
    """How far the readers are: writers of a long run keep near them, so that most changes are told as they happen and not read from the log later."""

    def __init__(self, ahead):
        self.ahead, self.written, self.slowest, self.lock = ahead, 0, 0, threading.Lock()

    def take(self, size, readers):
        while self.written > self.slowest + self.ahead and readers.poll() is None:
            time.sleep(0.01)
        with self.lock:
            self.written += size


def write(s, seed, revisions, pace, readers):
    c, dice = s.connect(), random.Random(seed)
    for size in revisions:
        pace.take(size, readers)
        c.cursor().execute(WRITE, (size - 1,))
        if dice.random() < 0.01:
            c.close()
            c = s.connect()
    c.close()


def sizes(count, seed):
    """Revisions of one change and of many that are count together."""
    dice, out, many = random.Random(seed), [], (40, 400) if EVENTS > 100000 else (40,)
    while count:
        out.append(min(count, dice.choice((1, 1, 2, 5) + many)))
        count -= out[-1]
    return out


# Of revision * 65536 + order modulo 2^64, as the readers add them up.
WANT = """select count(*), mod(sum(m), 18446744073709551616)::text, mod(sum(m * m), 18446744073709551616)::text
from (select revision::numeric * 65536 + ord as m from change where kind = 'Platform') c"""


def follow(readers, pace, patience_s):
    """What the readers say at the end. Somebody who has read nothing more for so long hangs."""
    killer, last = None, {}
    for line in readers.stdout:
        last = json.loads(line)
        if killer is None or last.get("slowest", pace.slowest) > pace.slowest:
            if killer:
                killer.cancel()
            killer = threading.Timer(patience_s, readers.kill)
            killer.start()
        pace.slowest = last.get("slowest", EVENTS)
    if killer:
        killer.cancel()
    return last


def test_nobody_misses_a_change_or_sees_one_twice_or_out_of_order(s):
    written, pace = EVENTS // WRITERS * WRITERS, Pace(8000)
    readers = subprocess.Popen([os.path.join(BUILD, "tests", "watch-readers"), s.gateway(), s.key("soak", "admin"), str(READERS), str(written), "1"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    writers = [threading.Thread(target=write, args=(s, i, sizes(EVENTS // WRITERS, i), pace, readers)) for i in range(WRITERS)]
    for t in writers:
        t.start()
    read = follow(readers, pace, 60)
    problem = readers.stderr.read()
    assert readers.wait() == 0, (problem, read)
    for t in writers:
        t.join()
    assert [(read["events"], read["sum"], read["squares"])] == s.rows(WANT)
    assert read["broken"] >= READERS
