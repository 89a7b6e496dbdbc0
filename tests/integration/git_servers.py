#!/usr/bin/python3
"""Git servers on loopback, honest and otherwise.

As a module: `with Daemon(root) as s: s.url("skills.git")`, likewise Http, Https, Ssh, Bad.
As a program: `git_servers.py KIND ROOT [ARG...]` prints "ready BASE_URL [EXTRA...]" on one line and serves until its
standard input ends. KIND is daemon, http, https, ssh, or bad (ARG: the misbehaviour, see Bad).

Everything listens on 127.0.0.1 at a port of the kernel's choice, keeps its files in a folder of its own, and ends with
this process.
"""
import base64
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

GIT_CORE = subprocess.run(["git", "--exec-path"], capture_output=True, text=True).stdout.strip()


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_port(port, process, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended with status {process.returncode}")
        with socket.socket() as s:
            s.settimeout(0.5)
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"{process.args[0]} does not listen on port {port}")


class Server:
    """What all share: a folder, processes, an end."""

    def __init__(self, root):
        self.root = os.path.abspath(root)
        self.dir = tempfile.mkdtemp(prefix="aspora-git-server-")
        self.processes = []
        self.extra = []

    def spawn(self, argv, **kw):
        log = open(os.path.join(self.dir, "log"), "ab")
        p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent, **kw)
        self.processes.append(p)
        return p

    def url(self, repo=""):
        return f"{self.base}/{repo}" if repo else self.base

    def log(self):
        with open(os.path.join(self.dir, "log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def close(self):
        for p in self.processes:
            p.kill()
        for p in self.processes:
            p.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *a):
        self.close()


class Daemon(Server):
    def __init__(self, root):
        super().__init__(root)
        port = free_port()
        # The daemon program itself, not "git daemon", whose child would outlive its parent.
        p = self.spawn([f"{GIT_CORE}/git-daemon", f"--base-path={self.root}", "--export-all", "--listen=127.0.0.1",
                        f"--port={port}", "--reuseaddr", self.root], env=open_env())
        wait_port(port, p)
        self.base = f"git://127.0.0.1:{port}"


def open_env(**more):
    """Git in a server must not mind who owns the repositories."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": "/nonexistent", "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*", **more}


class Http(Server):
    """nginx and fcgiwrap around git http-backend. user: "name:password" for HTTP Basic."""

    scheme = "http"

    def __init__(self, root, user=None):
        super().__init__(root)
        port = free_port()
        sock = os.path.join(self.dir, "fcgi.sock")
        self.spawn(["fcgiwrap", "-s", f"unix:{sock}", "-c", "1"], env=open_env())
        auth = self.password_file(user)
        conf = os.path.join(self.dir, "nginx.conf")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(f"""
daemon off; master_process off; pid {self.dir}/pid; error_log {self.dir}/error.log;
{"user root;" if os.getuid() == 0 else ""}
events {{ worker_connections 64; }}
http {{
  access_log {self.dir}/access.log; client_max_body_size 0;
  client_body_temp_path {self.dir}/t1; proxy_temp_path {self.dir}/t2; fastcgi_temp_path {self.dir}/t3;
  uwsgi_temp_path {self.dir}/t4; scgi_temp_path {self.dir}/t5;
  server {{
    listen 127.0.0.1:{port}{self.listen_options()};
    {self.tls()}
    location / {{
      {auth}
      include /etc/nginx/fastcgi_params;
      fastcgi_pass unix:{sock};
      fastcgi_param SCRIPT_FILENAME {GIT_CORE}/git-http-backend;
      fastcgi_param GIT_HTTP_EXPORT_ALL "";
      fastcgi_param GIT_PROJECT_ROOT {self.root};
      fastcgi_param PATH_INFO $uri;
      fastcgi_param REMOTE_USER bot;
      fastcgi_param GIT_PROTOCOL $http_git_protocol;
    }}
  }}
}}
""")
        p = self.spawn(["/usr/sbin/nginx", "-p", self.dir, "-e", f"{self.dir}/error.log", "-c", conf])
        wait_port(port, p)
        wait_path(sock)
        self.base = f"{self.scheme}://{self.host()}:{port}"

    def password_file(self, user):
        if not user:
            return ""
        name, password = user.split(":", 1)
        path = os.path.join(self.dir, "users")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f"{name}:{{PLAIN}}{password}\n")
        return f'auth_basic "skills"; auth_basic_user_file {path};'

    def host(self):
        return "127.0.0.1"

    def listen_options(self):
        return ""

    def tls(self):
        return ""


def wait_path(path, seconds=10):
    end = time.monotonic() + seconds
    while not os.path.exists(path):
        if time.monotonic() > end:
            raise RuntimeError(f"{path} does not appear")
        time.sleep(0.02)


class Https(Http):
    """The same behind a certificate of an authority made here, in dir/ca.pem; the name in it is localhost."""

    scheme = "https"

    def host(self):
        return "localhost"

    def listen_options(self):
        return " ssl"

    def tls(self):
        def openssl(*argv):
            subprocess.run(["openssl", *argv], cwd=self.dir, check=True, capture_output=True)

        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "ca.key",
                "-out", "ca.pem", "-days", "2", "-subj", "/CN=Aspora test authority")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "server.key",
                "-out", "server.csr", "-subj", "/CN=localhost")
        with open(f"{self.dir}/ext", "w", encoding="utf-8") as f:
            f.write("subjectAltName=DNS:localhost\n")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
                "server.pem", "-days", "2", "-extfile", "ext")
        self.ca = f"{self.dir}/ca.pem"
        self.extra = [self.ca]
        return f"ssl_certificate {self.dir}/server.pem; ssl_certificate_key {self.dir}/server.key;"


class Ssh(Server):
    """sshd with a host key and one user key made here. extra: the user's key file, the known_hosts file."""

    def __init__(self, root):
        super().__init__(root)
        port = free_port()
        for name in ("host", "user", "stranger"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{self.dir}/{name}"], check=True)
        shutil.copy(f"{self.dir}/user.pub", f"{self.dir}/authorized")
        os.makedirs("/run/sshd", exist_ok=True)
        with open(f"{self.dir}/sshd_config", "w", encoding="utf-8") as f:
            f.write(f"""Port {port}
ListenAddress 127.0.0.1
HostKey {self.dir}/host
AuthorizedKeysFile {self.dir}/authorized
PidFile {self.dir}/sshd.pid
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitUserEnvironment no
SetEnv GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=*
""")
        p = self.spawn(["/usr/sbin/sshd", "-D", "-e", "-f", f"{self.dir}/sshd_config"])
        wait_port(port, p)
        with open(f"{self.dir}/host.pub", encoding="utf-8") as f:
            kind, key = f.read().split()[:2]
        with open(f"{self.dir}/known_hosts", "w", encoding="utf-8") as f:
            f.write(f"# the test server\n[127.0.0.1]:{port} {kind} {key}\n")
        me = pwd.getpwuid(os.getuid()).pw_name
        self.base = f"ssh://{me}@127.0.0.1:{port}{self.root}"
        self.key, self.known_hosts = f"{self.dir}/user", f"{self.dir}/known_hosts"
        self.extra = [self.key, self.known_hosts]


class Bad(Server):
    """One misbehaviour per server; each connection gets its own thread.

    mute            accepts and never says a word
    trickle         answers one byte a second
    slow-refs       a proper head, then the list of refs one byte a second
    cut N           passes the honest server at ROOT on, and closes after N bytes of answer
    flip N          passes it on with one bit of byte N of the pack wrong
    status N        answers every request with this HTTP status
    redirect        302 to another port here; what arrives there is in the file extra[0]
    unauthorized    401 with a Basic challenge, always; the Authorization headers that came are in extra[0]
    html            200 and a page for people
    refs N          shows N refs
    endless         a list of refs without end
    sha256          shows refs as a SHA-256 repository does
    names           shows refs with impossible names
    """

    def __init__(self, root, kind, arg=None):
        super().__init__(root if "://" not in root else "/")
        self.upstream = root
        self.kind, self.arg = kind, arg
        self.record = os.path.join(self.dir, "record")
        open(self.record, "w").close()
        self.extra = [self.record]
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        if kind == "redirect":
            self.target = socket.create_server(("127.0.0.1", 0))
            self.serve(self.target, self.note)
        self.serve(self.listener, getattr(self, "do_" + kind.replace("-", "_")))

    def serve(self, listener, handler):
        def loop():
            while True:
                try:
                    conn, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=self.guard, args=(handler, conn), daemon=True).start()

        threading.Thread(target=loop, daemon=True).start()

    @staticmethod
    def guard(handler, conn):
        try:
            with conn:
                handler(conn)
                # A thread that still reads from it would keep a mere close from being seen.
                conn.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def note(self, conn):
        head = self.head(conn)
        with open(self.record, "a", encoding="utf-8") as f:
            f.write(head)

    @staticmethod
    def head(conn):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = conn.recv(4096)
            if not piece:
                break
            data += piece
        return data.decode("latin-1")

    @staticmethod
    def answer(conn, status, body=b"", kind="text/plain", headers=""):
        conn.sendall(f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body)

    def do_mute(self, conn):
        while conn.recv(4096):
            pass
        time.sleep(3600)

    def do_trickle(self, conn):
        self.head(conn)
        for byte in b"HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\n" * 100:
            conn.sendall(bytes([byte]))
            time.sleep(1)

    ADVERT = "application/x-git-upload-pack-advertisement"

    @staticmethod
    def line(text):
        return f"{len(text) + 4:04x}{text}".encode()

    def advert(self, refs, caps="multi_ack thin-pack side-band-64k ofs-delta"):
        lines = [self.line(f"{oid} {name}" + (f"\0{caps}\n" if i == 0 else "\n")) for i, (oid, name) in enumerate(refs)]
        return self.line("# service=git-upload-pack\n") + b"0000" + b"".join(lines) + b"0000"

    def do_slow_refs(self, conn):
        self.head(conn)
        body = self.advert([("1" * 40, "refs/heads/main")])
        conn.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {self.ADVERT}\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        for byte in body:
            conn.sendall(bytes([byte]))
            time.sleep(1)

    def do_refs(self, conn):
        self.head(conn)
        refs = [(f"{i + 1:040x}", f"refs/heads/b{i:06}") for i in range(int(self.arg))]
        self.answer(conn, 200, self.advert(refs), self.ADVERT)
        self.head(conn)

    def do_endless(self, conn):
        self.head(conn)
        conn.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {self.ADVERT}\r\n\r\n".encode())
        conn.sendall(self.line("# service=git-upload-pack\n") + b"0000")
        conn.sendall(self.line("1" * 40 + " refs/heads/main\0ofs-delta\n"))
        for i in range(1 << 40):
            conn.sendall(b"".join(self.line(f"{i * 1000 + k + 1:040x} refs/heads/b{i * 1000 + k}\n") for k in range(1000)))

    def do_sha256(self, conn):
        self.head(conn)
        refs = [("a" * 64, "HEAD"), ("a" * 64, "refs/heads/main")]
        self.answer(conn, 200, self.advert(refs, "multi_ack side-band-64k object-format=sha256"), self.ADVERT)
        self.head(conn)

    def do_names(self, conn):
        self.head(conn)
        refs = [("1" * 40, "refs/heads/main"), ("2" * 40, "refs/pull/../../config"), ("3" * 40, "refs/pull/a..b\x1b[31m")]
        self.answer(conn, 200, self.advert(refs), self.ADVERT)
        self.head(conn)

    def do_status(self, conn):
        while self.head(conn):
            self.answer(conn, int(self.arg), b"no")

    def do_redirect(self, conn):
        while self.head(conn):
            self.answer(conn, 302, headers=f"Location: http://127.0.0.1:{self.target.getsockname()[1]}/x.git/info/refs\r\n")

    def do_unauthorized(self, conn):
        while True:
            head = self.head(conn)
            if not head:
                return
            for line in head.split("\r\n"):
                if line.lower().startswith("authorization: basic "):
                    with open(self.record, "a", encoding="utf-8") as f:
                        f.write(base64.b64decode(line.split()[2]).decode() + "\n")
            self.answer(conn, 401, headers='WWW-Authenticate: Basic realm="skills"\r\n')

    def do_html(self, conn):
        while self.head(conn):
            self.answer(conn, 200, b"<html><body>Welcome</body></html>", "text/html")

    def relay(self, conn, change):
        """Passes bytes between the client and the honest server; change(answer bytes so far, piece) gives what goes on; less than it got ends it."""
        host, port = self.upstream.split("://")[1].split("/")[0].split(":")
        with socket.create_connection((host, int(port))) as up:

            def forward():
                try:
                    while piece := conn.recv(65536):
                        up.sendall(piece)
                    up.shutdown(socket.SHUT_WR)
                except OSError:
                    pass

            threading.Thread(target=forward, daemon=True).start()
            seen = b""
            while piece := up.recv(65536):
                out = change(seen, piece)
                seen += piece
                conn.sendall(out)
                if len(out) < len(piece):
                    return

    def do_cut(self, conn):
        n = int(self.arg)

        def change(seen, piece):
            return piece[: max(0, n - len(seen))]

        self.relay(conn, change)

    def do_flip(self, conn):
        def change(seen, piece):
            whole = seen + piece
            at = whole.find(b"PACK\0\0\0")
            if at < 0 or len(seen) > at + int(self.arg):
                return piece
            i = at + int(self.arg) - len(seen)
            if i < 0 or i >= len(piece):
                return piece
            return piece[:i] + bytes([piece[i] ^ 1]) + piece[i + 1:]

        self.relay(conn, change)

    def close(self):
        self.listener.close()
        super().close()


KINDS = {"daemon": Daemon, "http": Http, "https": Https, "ssh": Ssh, "bad": Bad}


def main():
    die_with_parent()
    kind, root, *args = sys.argv[1:]
    with KINDS[kind](root, *args) as s:
        print("ready", s.base, *s.extra, flush=True)
        signal.signal(signal.SIGTERM, lambda *a: sys.exit(0))
        sys.stdin.read()


if __name__ == "__main__":
    main()
