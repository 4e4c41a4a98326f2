"""Certificates for tests, made by the openssl program: one authority, and servers that it did or did not sign."""

import ssl
import subprocess


class Certificates:
    """`authority` is the file to trust; server(...) gives the context of an HTTPS server. Files go to a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = self.make("authority", "/CN=an authority", "basicConstraints=critical,CA:TRUE")[0]

    def openssl(self, *words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, cwd=self.folder, timeout=60)

    def make(self, name, subject, extension, days=30, signed=False):
        """The paths of a certificate and its key."""
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        words = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key]
        words += ["-subj", subject, "-addext", extension]
        if not signed:
            self.openssl("req", "-x509", *words, "-out", certificate, "-days", days)
            return certificate, key
        request, authority = self.folder / f"{name}.csr", self.folder / "authority"
        self.openssl("req", *words, "-out", request)
        self.openssl(
            *("x509", "-req", "-in", request, "-out", certificate, "-days", days, "-copy_extensions", "copy"),
            *("-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-CAcreateserial"),
        )
        return certificate, key

    def files(self, name="good", names="DNS:localhost,IP:127.0.0.1", days=30, signed=True):
        """The paths of a server's certificate and its key, made once for each name."""
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        if not certificate.exists():
            self.make(name, f"/CN={name}", f"subjectAltName={names}", days, signed)
        return certificate, key

    def server(self, *name, **how):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.files(*name, **how))
        return context
