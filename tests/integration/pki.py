"""A small authority for tests: certificates that are right, of another name, or past their time. By the openssl program."""
import os
import subprocess


def run(*argv):
    subprocess.run(["openssl", *argv], check=True, capture_output=True)


class Authority:
    def __init__(self, folder, name="authority"):
        self.folder, self.name = folder, name
        self.certificate, self.key = os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key")
        run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=" + name,
            "-keyout", self.key, "-out", self.certificate)

    def issue(self, certificate, key, names="DNS:localhost,IP:127.0.0.1", days=30):
        """Writes a pair as a careful operator would: the key first, closed to others, each moved into place."""
        request = os.path.join(self.folder, "request.pem")
        run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=gateway", "-addext", "subjectAltName=" + names,
            "-keyout", key + ".new", "-out", request)
        os.chmod(key + ".new", 0o600)
        run("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-days", str(days), "-copy_extensions", "copy",
            "-out", certificate + ".new")
        os.rename(key + ".new", key)
        os.rename(certificate + ".new", certificate)
