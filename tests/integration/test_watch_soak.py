"""Writers and readers at once, readers that break off at random: nobody misses a change, sees one twice, or out of order.

ASPORA_SOAK_EVENTS sets how many changes are written (make soak-watch: ten millions)."""
import os
import random
import threading

import pytest

from gateway_api import Api
from system import System
from test_gateway_watch import Watch

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


class Reader(threading.Thread):
    def __init__(self, api, seed, last):
        super().__init__(daemon=True)
        self.api, self.random, self.last, self.seen, self.left = api, random.Random(seed), last, [], 0

    def run(self):
        at, done = "i1.0", False
        while not done:
            w = Watch(self.api, "/api/v1/changes?watch=1&kind=Platform&resourceVersion=" + at)
            assert w.status == 200, w.problem
            stay = self.random.randrange(1, EVENTS // 3)
            while not done and stay > 0:
                e = w.next()
                if e is None or e["type"] == "ERROR":
                    break
                at = e["resourceVersion"]
                if e["type"] == "BOOKMARK":
                    done = self.last.is_set() and len(self.seen) >= EVENTS
                    continue
                rev, _, ord_ = at.partition("-")[0][3:].partition(".")
                self.seen.append((int(rev), int(e["object"]["name"])))
                done = len(self.seen) >= EVENTS
                stay -= 1
            self.left += 1
            w.close()


def write(s, seed, revisions):
    c, dice = s.connect(), random.Random(seed)
    for size in revisions:
        c.cursor().execute(WRITE, (size - 1,))
        if dice.random() < 0.01:
            c.close()
            c = s.connect()
    c.close()


def sizes(count, seed):
    """Revisions of 1 to 40 changes that are count together."""
    dice, out = random.Random(seed), []
    while count:
        out.append(min(count, dice.choice((1, 1, 2, 5, 40))))
        count -= out[-1]
    return out


def test_nobody_misses_a_change_or_sees_one_twice_or_out_of_order(s):
    api, last = Api(s.gateway(), s.key("soak", "admin")), threading.Event()
    readers = [Reader(api, i, last) for i in range(READERS)]
    writers = [threading.Thread(target=write, args=(s, i, sizes(EVENTS // WRITERS, i))) for i in range(WRITERS)]
    for t in readers + writers:
        t.start()
    for t in writers:
        t.join()
    last.set()
    want = s.rows("select revision, ord from change where kind = 'Platform' order by revision, ord")
    assert len(want) == EVENTS // WRITERS * WRITERS
    for r in readers:
        r.join(60 + EVENTS // 2000)
        assert not r.is_alive(), (len(r.seen), len(want))
        assert r.seen == want
    assert sum(r.left for r in readers) > len(readers)
