"""A client of the gateway for tests: JSON over one connection a call, and raw sockets for what no client library sends."""
import http.client
import json
import socket
import ssl


class Reply:
    def __init__(self, status, headers, text):
        self.status, self.headers, self.text = status, headers, text

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def code(self):
        return self.json.get("code")

    def __repr__(self):
        return "%d %s" % (self.status, self.text[:600])


def anybody():
    """Takes any certificate: whom it is for is test_tls.py's affair."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Api:
    def __init__(self, address, key=None, timeout=60):
        self.address, self.key, self.timeout = address, key, timeout
        self.tls = address.startswith("https://")
        self.host, _, port = address.rpartition("//")[2].rpartition(":")
        self.port = int(port)

    def call(self, method, path, body=None, headers=None, raw=None):
        fields = {} if self.key is None else {"Authorization": "Bearer " + self.key}
        data = raw
        if body is not None:
            data = json.dumps(body).encode()
        if data is not None:
            fields["Content-Type"] = "application/json"
        fields.update(headers or {})
        if self.tls:
            c = http.client.HTTPSConnection(self.host, self.port, timeout=self.timeout, context=anybody())
        else:
            c = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        try:
            c.request(method, path, body=data, headers=fields)
            r = c.getresponse()
            return Reply(r.status, r.headers, r.read().decode())
        finally:
            c.close()

    def get(self, path, **kw):
        return self.call("GET", path, **kw)

    def post(self, path, body=None, **kw):
        return self.call("POST", path, {} if body is None and "raw" not in kw else body, **kw)

    def items(self, path):
        r = self.get(path)
        assert r.status == 200, r
        return r.json["items"]

    def send(self, data):
        """Raw bytes on a connection of their own; everything that comes back."""
        with socket.create_connection((self.host, self.port), timeout=10) as s:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            out = b""
            while True:
                try:
                    got = s.recv(65536)
                except ConnectionResetError:
                    break
                if not got:
                    break
                out += got
        return out.decode("latin-1")

    def path(self, target):
        """The status of a GET of exactly this target."""
        said = self.send(("GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n"
                          % (target, self.key)).encode("latin-1"))
        return int(said.split(" ", 2)[1])
