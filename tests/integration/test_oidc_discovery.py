"""What an issuer may say of itself, and what is done when it says something else: one odd issuer a case, all asked at the gateway's start."""
import http.server
import json
import os
import ssl
import threading
import time

import pytest

from pki import Authority
from system import System

ED = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "k"}
RULES = "rules: [{role: viewer, domains: [ecm], claims: {sub: x}}]"


def keys(*list_):
    return json.dumps({"keys": list_})


# name → (what discovery says, what stands at its jwks_uri, what the log says: None when it is fine)
GOOD = lambda me: {"issuer": me, "jwks_uri": me.rstrip("/") + "/keys"}  # noqa: E731
CASES = {
    "good": (GOOD, keys(ED), None),
    "good-with-more": (lambda me: dict(GOOD(me), authorization_endpoint=me + "/a", token_endpoint=me + "/t", x=[1, {}]), keys({"kty": "XX"}, ED), None),
    "another-name": (lambda me: dict(GOOD(me), issuer=me + "/"), keys(ED), "it calls itself"),
    "no-name": (lambda me: {"jwks_uri": me + "/keys"}, keys(ED), "it calls itself \\\"\\\""),
    "no-keys-address": (lambda me: {"issuer": me}, keys(ED), "its jwks_uri is not an address that may be asked"),
    "keys-by-http-elsewhere": (lambda me: dict(GOOD(me), jwks_uri="http://192.0.2.1/keys"), keys(ED), "its jwks_uri is not an address"),
    "keys-in-a-file": (lambda me: dict(GOOD(me), jwks_uri="file:///etc/passwd"), keys(ED), "its jwks_uri is not an address"),
    "keys-with-a-user": (lambda me: dict(GOOD(me), jwks_uri="http://127.0.0.1@192.0.2.1/keys"), keys(ED), "its jwks_uri is not an address"),
    "keys-in-the-cloud": (lambda me: dict(GOOD(me), jwks_uri="https://169.254.169.254/latest/meta-data"), keys(ED), "is not an address of the public Internet"),
    "login-by-script": (lambda me: dict(GOOD(me), authorization_endpoint="javascript:alert(1)"), keys(ED), "its authorization_endpoint is not an address"),
    "tokens-by-http-elsewhere": (lambda me: dict(GOOD(me), token_endpoint="http://192.0.2.1/t"), keys(ED), "its token_endpoint is not an address"),
    "a-list": (lambda me: [1], keys(ED), "it calls itself"),
    "a-name-twice": (lambda me: '{"issuer":"%s","issuer":"%s"}' % (me, me), keys(ED), "is written twice"),
    "no-json": (lambda me: "<html>", keys(ED), "event=oidc.keys_not_fetched"),
    "no-json-keys": (GOOD, "<html>", "event=oidc.keys_not_fetched"),
    "no-list-of-keys": (GOOD, "{}", "it has no list of keys"),
    "no-keys": (GOOD, keys(), "there is no key in it that can be used"),
    "weak-keys": (GOOD, keys({"kty": "RSA", "n": "AQAB", "e": "AQAB"}), "there is no key in it that can be used"),
    "a-private-key": (GOOD, keys(dict(ED, d="AQAB")), "shows a private or shared key"),
    "a-shared-key": (GOOD, keys({"kty": "oct", "k": "AQAB"}), "shows a private or shared key"),
    "too-many-keys": (GOOD, keys(*[dict(ED, kid=str(i)) for i in range(65)]), "more than 64 keys"),
    "too-large": (GOOD, keys(ED) + " " * (1 << 20), "is over the limit of 1048576 bytes"),
    "not-utf-8": (GOOD, b'{"keys":[{"kid":"\xff"}]}', "not UTF-8"),
    "status-404": (404, "", "answered 404"),
    "status-302": (302, "", "answered 302"),
    "status-204": (204, "", "answered 204"),
    "never-ends": ("trickle", "", "did not answer in time"),
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def log_message(self, *args):
        pass

    def do_GET(self):
        name = self.path.split("/")[1]
        if "//" in self.path or name not in CASES:
            return self.say(404, "")
        discovery, at_keys, _ = CASES[name]
        me = "%s/%s" % (self.server.base, name)
        if self.path.endswith("/keys"):
            return self.say(200, at_keys)
        if isinstance(discovery, int):
            return self.say(discovery, "")
        if discovery == "trickle":
            return self.trickle()
        doc = discovery(me)
        return self.say(200, doc if isinstance(doc, str) else json.dumps(doc))

    def say(self, status, text):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Location", self.server.base + "/good/.well-known/openid-configuration")
        self.end_headers()
        try:
            self.wfile.write(text if isinstance(text, bytes) else text.encode())
        except OSError:
            pass  # it has had enough

    def trickle(self):
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b" ")
                time.sleep(0.5)
        except OSError:
            pass


def serve(context=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.base = "%s://127.0.0.1:%d" % ("https" if context else "http", server.server_port)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def tls(ca, folder, name, **how):
    cert, key = os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key")
    ca.issue(cert, key, **how)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return serve(context)


@pytest.fixture(scope="module")
def s():
    with System(roles="gateway") as system:
        ca, stranger = Authority(system.home), Authority(system.home, "stranger")
        os.chmod(ca.certificate, 0o644)
        plain = serve()
        servers = {"tls-good": tls(ca, system.home, "good"), "tls-name": tls(ca, system.home, "name", names="DNS:elsewhere.example"),
                   "tls-late": tls(ca, system.home, "late", days=-1), "tls-stranger": tls(stranger, system.home, "stranger2")}
        system.extra = "oidc:\n"
        for name in CASES:
            system.extra += "  %s: {issuer: \"%s/%s\", audience: a, allow_plain: true, %s}\n" % (name, plain.base, name, RULES)
        for name, server in servers.items():
            system.extra += "  %s: {issuer: \"%s/good\", audience: a, allow_private: true, ca_file: %s, %s}\n" % (name, server.base, ca.certificate, RULES)
        untold = tls(ca, system.home, "untold")
        system.extra += "  tls-untold: {issuer: \"%s/good\", audience: a, allow_private: true, %s}\n" % (untold.base, RULES)
        system.extra += "  guarded: {issuer: \"https://127.0.0.1:1/x\", audience: a, %s}\n" % RULES
        system.write_conf(sources="")
        system.start()
        yield system
        for server in (plain, untold, *servers.values()):
            server.shutdown()


def said_of(s, name):
    return [line for event in ("keys_fetched", "keys_not_fetched") for line in s.logged("event=oidc." + event) if "issuer=" + name in line.split()]


@pytest.mark.parametrize("name", CASES)
def test_an_issuer_is_taken_at_its_word_and_no_further(s, name):
    says = CASES[name][2]
    line = s.wait("word of " + name, lambda: said_of(s, name), 40)[0]
    if says is None:
        assert "event=oidc.keys_fetched" in line and "keys=1" in line, line
    else:
        assert "event=oidc.keys_not_fetched" in line and says in line, line


@pytest.mark.parametrize("name,says", [
    ("tls-good", None), ("tls-name", "is not trusted"), ("tls-late", "certificate has expired"), ("tls-stranger", "is not trusted"),
    ("tls-untold", "is not trusted"), ("guarded", "is not an address of the public Internet")])
def test_an_issuer_is_who_its_certificate_says(s, name, says):
    line = s.wait("word of " + name, lambda: said_of(s, name), 40)[0]
    assert ("event=oidc.keys_fetched" in line) if says is None else (says in line), line
