"""https: a real asporad with a certificate, its renewal, what is said to who does it wrong, and the command line that trusts or does not."""
import json
import os
import socket
import ssl
import warnings
import subprocess
import time

import pytest

from gateway_api import Api
from pki import Authority
from system import BUILD, System

PAIR = "tls: {certificate: \"%s\", key: \"%s\"}\n"


@pytest.fixture(scope="module")
def s():
    with System(roles="gateway") as system:
        system.pki = os.path.join(system.home, "pki")
        os.mkdir(system.pki, 0o700)  # not even the folder can be entered by the account that the gateway runs as
        system.ca = Authority(system.pki)
        system.cert, system.pkey = os.path.join(system.pki, "cert.pem"), os.path.join(system.pki, "key.pem")
        system.ca.issue(system.cert, system.pkey)
        system.extra = PAIR % (system.cert, system.pkey)
        system.write_conf(sources="")
        system.start()
        system.admin = system.key("root", "admin") if system.gateway() else None
        yield system


def port(s):
    return int(s.gateway().rpartition(":")[2])


def trusted(s):
    return ssl.create_default_context(cafile=s.ca.certificate)


def served(s, context=None):
    """The certificate that a new connection is shown."""
    with socket.create_connection(("127.0.0.1", port(s)), timeout=10) as raw:
        with (context or trusted(s)).wrap_socket(raw, server_hostname="localhost") as tls:
            return tls.getpeercert(binary_form=True), tls.version(), tls.selected_alpn_protocol()


def test_the_address_says_https_and_a_client_that_checks_is_served(s):
    assert s.gateway().startswith("https://127.0.0.1:")
    context = trusted(s)
    context.set_alpn_protocols(["h2", "http/1.1"])
    _, version, protocol = served(s, context)
    assert (version, protocol) == ("TLSv1.3", "http/1.1")
    api = Api(s.gateway(), s.admin)
    assert api.get("/api/v1/whoami").json["name"] == "root"
    assert api.get("/healthz").headers["Strict-Transport-Security"] is None
    assert s.logged("event=tls.loaded") and s.logged("scheme=https")


def test_the_key_stays_roots_while_the_gateway_is_not(s):
    if os.geteuid() != 0:
        pytest.skip("not root: the gateway's account is ours")
    pid = s.roles_running()["gateway"]
    assert os.stat("/proc/%d" % pid).st_uid != 0 or "Uid:\t0" not in open("/proc/%d/status" % pid, encoding="utf-8").read()
    assert os.stat(s.pkey).st_uid == 0 and os.stat(s.pkey).st_mode & 0o077 == 0


def test_plain_http_is_told_to_use_https(s):
    with socket.create_connection(("127.0.0.1", port(s)), timeout=10) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        said = b""
        while chunk := raw.recv(65536):
            said += chunk
    assert said.startswith(b"HTTP/1.1 400 ") and b"write https:// instead of http://" in said


def test_check_config_looks_at_the_pair(s):
    argv = s.argv("--check-config")
    assert subprocess.run(argv, capture_output=True, text=True).returncode == 0
    conf = os.path.join(s.home, "other.conf")
    with open(conf, "w", encoding="utf-8") as f:
        f.write(PAIR % (s.cert, s.cert))
    r = subprocess.run([argv[0], "--config", conf, "--check-config"], capture_output=True, text=True)
    assert r.returncode == 3 and "is open to everybody" in r.stderr and "1 thing to put right" in r.stderr, r


def test_old_versions_are_refused(s):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of them as well
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        served(s, context)


def test_a_session_cookie_is_for_https_only(s):
    r = Api(s.gateway()).post("/ui/session", {"key": s.admin})
    assert r.status == 200 and r.headers["Set-Cookie"].endswith("; SameSite=Strict; Secure")


def test_the_unix_socket_has_no_tls(s):
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(os.path.join(s.state, "gateway", "gateway.sock"))
        raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert raw.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_renewed_pair_is_taken_and_a_bad_one_is_not(s):
    first, _, _ = served(s)
    connection = socket.create_connection(("127.0.0.1", port(s)), timeout=10)
    old = trusted(s).wrap_socket(connection, server_hostname="localhost")
    s.ca.issue(s.cert, s.pkey)
    s.wait("the new certificate", lambda: served(s)[0] != first, 15)
    second, _, _ = served(s)
    # Who was connected goes on.
    old.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert old.recv(65536).startswith(b"HTTP/1.1 200 OK")
    old.close()
    for make, says in [
            (lambda: subprocess.run("echo nonsense > %s" % s.cert, shell=True, check=True), "there is no certificate in it"),
            (lambda: s.ca.issue(s.cert, s.pkey, days=-1), "it has expired"),
            (lambda: (s.ca.issue(s.cert, s.pkey), os.chmod(s.pkey, 0o644)), "is open to everybody"),
            (lambda: (s.ca.issue(s.cert, s.pkey), s.ca.issue(os.path.join(s.pki, "other.pem"), s.pkey)), "not that of the certificate"),
            (lambda: os.unlink(s.cert), "there is no such file")]:
        before = len(s.logged("event=tls.kept_old"))
        make()
        s.wait("word of it: " + says, lambda: len(s.logged("event=tls.kept_old")) > before, 15)
        assert says in s.logged("event=tls.kept_old")[-1], s.logged("event=tls.kept_old")[-1]
        assert served(s)[0] == second
    s.ca.issue(s.cert, s.pkey)
    s.wait("the third certificate", lambda: served(s)[0] != second, 15)


def test_a_gateway_that_has_no_pair_says_so_and_comes_up_once_it_has(s):
    home = os.path.join(s.home, "second")
    os.mkdir(home, 0o755)
    with System(roles="gateway", home=home) as other:
        cert, key = os.path.join(home, "c.pem"), os.path.join(home, "k.pem")
        other.extra = PAIR % (cert, key)
        other.write_conf(sources="")
        other.start()
        other.wait("word of it", lambda: other.logged("c.pem: there is no such file"), 60)
        s.ca.issue(cert, key)
        assert other.gateway(60).startswith("https://")


# --- the command line ----------------------------------------------------------------------------------------------------


def aspora(s, *args, server=None, **env):
    base = {k: v for k, v in os.environ.items() if not k.startswith("ASPORA_")}
    base.update(ASPORA_SERVER=server or "https://localhost:%d" % port(s), ASPORA_KEY=s.admin, HOME=s.home, XDG_CONFIG_HOME=os.path.join(s.home, "xdg"))
    base.update(env)
    base = {k: v for k, v in base.items() if v is not None}
    return subprocess.run([os.path.join(BUILD, "bin", "aspora"), *args], capture_output=True, text=True, env=base)


def test_the_command_line_trusts_whom_it_is_told_to(s):
    r = aspora(s, "auth", "whoami", "-o", "json", ASPORA_CA=s.ca.certificate)
    assert r.returncode == 0 and json.loads(r.stdout)["name"] == "root", r
    other = Authority(s.pki, "other-authority")
    for ca in (None, other.certificate):
        r = aspora(s, "auth", "whoami", ASPORA_CA=ca)
        assert r.returncode == 6 and "the certificate of https://localhost:" in r.stderr and "is not trusted" in r.stderr, r
        assert "ASPORA_CA=FILE" in r.stderr
    r = aspora(s, "auth", "whoami", ASPORA_CA="/nowhere.pem")
    assert r.returncode == 3 and "/nowhere.pem cannot be read" in r.stderr, r


def test_a_certificate_of_another_name_or_past_its_time_is_refused(s):
    before = served(s)[0]
    s.ca.issue(s.cert, s.pkey, names="DNS:elsewhere.example")
    s.wait("the other name", lambda: b"elsewhere.example" in served_unchecked(s), 15)
    r = aspora(s, "auth", "whoami", ASPORA_CA=s.ca.certificate)
    assert r.returncode == 6 and "host name" in r.stderr and "use the name that the certificate is for" in r.stderr, r
    # The running gateway refuses to take an expired one; one that starts with it serves it, and says so.
    home = os.path.join(s.home, "late")
    os.mkdir(home, 0o755)
    with System(roles="gateway", home=home) as late:
        cert, key = os.path.join(home, "c.pem"), os.path.join(home, "k.pem")
        s.ca.issue(cert, key, days=-1)
        late.extra = PAIR % (cert, key)
        late.write_conf(sources="")
        late.start()
        r = aspora(s, "auth", "whoami", server="https://localhost:%d" % port(late), ASPORA_CA=s.ca.certificate)
        assert r.returncode == 6 and "expired" in r.stderr and "its operator must renew it" in r.stderr, r
        assert late.logged("event=tls.expired")
    s.ca.issue(s.cert, s.pkey)
    s.wait("the right name", lambda: b"localhost" in served_unchecked(s), 15)
    assert served(s)[0] != before


def served_unchecked(s):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return served(s, context)[0]


def test_a_context_carries_its_trust(s):
    url = "https://localhost:%d" % port(s)
    alone = dict(ASPORA_SERVER=None, ASPORA_KEY=None)
    key = os.path.join(s.home, "key")
    with open(key, "w", encoding="utf-8") as f:
        f.write(s.admin + "\n")
    r = aspora(s, "config", "set-context", "here", "--server", url, "--key", "file:" + key, "--certificate-authority", s.ca.certificate, **alone)
    assert r.returncode == 0, r
    assert aspora(s, "auth", "whoami", "-o", "name", **alone).returncode == 0
    aspora(s, "config", "set-context", "here", "--certificate-authority", "", **alone)
    assert aspora(s, "auth", "whoami", **alone).returncode == 6
    aspora(s, "config", "set-context", "here", "--insecure-skip-tls-verify", **alone)
    assert aspora(s, "auth", "whoami", **alone).returncode == 0
    assert "insecure-skip-tls-verify: true" in aspora(s, "config", "view", **alone).stdout


def test_the_wrong_scheme_is_told_apart(s):
    r = aspora(s, "auth", "whoami", server="http://localhost:%d" % port(s))
    assert r.returncode != 0 and "write https:// instead of http://" in r.stderr, r
    with System(roles="gateway") as plain:
        plain.write_conf(sources="")
        plain.start()
        r = aspora(s, "auth", "whoami", server="https://" + plain.gateway())
        assert r.returncode == 9 and "it speaks plain HTTP: write http:// instead of https://" in r.stderr, r


@pytest.mark.serial
def test_slow_handshakes_leave_others_alone(s):
    """Tricklers of a handshake: held to the caps, and nobody else waits for them."""
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
    slow = []
    for _ in range(60):
        c = socket.create_connection(("127.0.0.1", port(s)), timeout=10)
        c.sendall(hello)
        slow.append(c)
    took = []
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(os.path.join(s.state, "gateway", "gateway.sock"))
        for _ in range(50):
            began = time.monotonic()
            raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert raw.recv(65536).startswith(b"HTTP/1.1 200 OK")
            took.append(time.monotonic() - began)
    assert sorted(took)[-2] < 0.5
    for c in slow:
        c.close()
