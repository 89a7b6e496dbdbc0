"""A real provider of OpenID Connect beside a test: tests/oidc/provider.mjs, started on loopback and asked over HTTP."""
import base64
import json
import os
import shutil
import socket
import subprocess
import urllib.parse
import urllib.request

import pytest

from system import ROOT

FOLDER = os.path.join(ROOT, "tests", "oidc")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Provider:
    def __init__(self, *redirects):
        if not shutil.which("node"):
            pytest.skip("no node on this machine")
        if not os.path.isdir(os.path.join(FOLDER, "node_modules")):
            pytest.skip("the packages of tests/oidc are not installed: script/bootstrap")
        self.process = subprocess.Popen(["node", "provider.mjs", *redirects], cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if line.startswith("{"):
                self.issuer = json.loads(line)["issuer"]
                return
        raise AssertionError("the provider did not start")

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()

    def ask(self, path, doc=None):
        data = json.dumps(doc).encode() if doc is not None else None
        with urllib.request.urlopen(urllib.request.Request(self.issuer + path, data), timeout=20) as r:
            return json.loads(r.read())

    def sign(self, key="r1", header=None, **claims):
        return self.ask("/test/sign", {"claims": claims, "key": key, "header": header or {}})["token"]

    def state(self, **changes):
        return self.ask("/test/state", changes)

    def seen(self):
        return self.ask("/test/seen")

    def access_token(self, client="robot"):
        """As a program gets one: by its own credentials."""
        secret = urllib.parse.quote_plus("a secret: of/" + client)
        q = urllib.request.Request(self.issuer + "/token", b"grant_type=client_credentials&scope=api")
        q.add_header("Authorization", "Basic " + base64.b64encode((client + ":" + secret).encode()).decode())
        with urllib.request.urlopen(q, timeout=20) as r:
            return json.loads(r.read())["access_token"]
