"""A server that speaks to phones as ours does and can be made to fail: it keeps what came, revokes, ages, dies."""

from __future__ import annotations

import gzip
import json
import mimetypes
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.test import RequestFactory

from alongside.common.ids import new_id
from alongside.field import views
from tests.field.letters import from_base64url, to_base64url

INFO = b"alongside field 1"
SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
CANARY = "Xq7-Marigold-Underbridge"
PAGES = {"/field/": views.shell, "/field/sw.js": views.worker, "/field/manifest.webmanifest": views.manifest}
POLICY = "; ".join(f"{name} {' '.join(words)}" for name, words in settings.SECURE_CSP.items())


@dataclass
class Server:
    """What stands in for the server; its fields are what a test sets and reads."""

    name: str = "Teresa Lindgren"
    signed_in: bool = True
    status: int = 200
    says: Any = field(default_factory=dict)
    withheld: bool = False
    phones: dict[str, str] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    parked: dict[str, dict[str, Any]] = field(default_factory=dict)
    batches: list[list[str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    secret: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    port: int = 0
    _running: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def key(self) -> str:
        return to_base64url(self.secret.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def open(self, envelope: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(SUITE.decrypt(from_base64url(envelope), self.secret, INFO))
        return found

    def start(self) -> Server:
        ThreadingHTTPServer.allow_reuse_address = True
        self._running = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self.port = self._running.server_address[1]
        threading.Thread(target=self._running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self) -> None:
        if self._running:
            self._running.shutdown()
            self._running.server_close()
            self._running = None

    # --- what a phone asks ---

    def who(self, _body: Any, _bearer: str) -> tuple[int, dict[str, Any]]:
        return 200, {
            "signed_in": self.signed_in,
            "role": "recovery_coach",
            "name": self.name,
            "csrf": "c",
            "key": self.key,
        }

    def join(self, body: Any, _bearer: str) -> tuple[int, dict[str, Any]]:
        phone = body.get("phone") or str(new_id())
        self.phones[phone] = self.name
        user = {"name": self.name, "role": "recovery_coach"}
        return 200, {"phone": phone, "token": f"token-of-{phone}", "user": user, "key": self.key}

    def sync(self, body: Any, bearer: str) -> tuple[int, Any]:
        phone = bearer.removeprefix("Bearer ").split(".")[0]
        if phone in self.revoked:
            return 401, {"gone": "revoked", "sentence": "This phone was ended."}
        if self.status != 200 or isinstance(self.says, bytes):
            return self.status, self.says
        self.batches.append([change["id"] for change in body["changes"]])
        self.kept.update({change["id"]: change for change in body["changes"]})
        answers = [{"id": change["id"], "state": "kept", "sentence": ""} for change in body["changes"]]
        fresh = body["have"] != "1" and not self.withheld
        return 200, {"v": 1, "now": body["now"], "answers": answers, "pack": pack() if fresh else None,
                     "pack_version": "1", "sign_in": self.withheld, "left": 0}  # fmt: skip

    def hand_over(self, body: Any, _bearer: str) -> tuple[int, dict[str, Any]]:
        found = [self.open(envelope)["change"] for envelope in body["envelopes"]]
        self.parked.update({change["id"]: change for change in found})
        return 200, {"answers": [{"id": change["id"], "state": "parked", "sentence": "Kept."} for change in found]}

    def leave(self, _body: Any, bearer: str) -> tuple[int, dict[str, Any]]:
        self.revoked.add(bearer.removeprefix("Bearer ").split(".")[0])
        return 200, {}

    def check(self, body: Any, _bearer: str) -> tuple[int, dict[str, Any]]:
        return 200, {"ok": True, "sentence": "", "flags": {}, "at": 0, "case": body["case"]}


def pack() -> dict[str, Any]:
    visit = {"case": "c1", "code": "OTTER-12", "contact": {"ask_for": CANARY, "phone": "555-0199"}}
    return {"version": "1", "me": {"name": "", "role": "recovery_coach"}, "visits": [visit], "lists": {}, "towns": []}


def unpacked(raw: bytes, how: str | None) -> Any:
    return json.loads(gzip.decompress(raw) if how == "gzip" else raw)


def file_at(path: str) -> tuple[int, bytes, dict[str, str]]:
    """What lies at an address: a page of the app under our policy, or a static file."""
    if path in PAGES:
        made = PAGES[path](RequestFactory().get(path))
        return 200, made.content, dict(made.headers) | {"Content-Security-Policy": POLICY}
    found = views._file(path.removeprefix("/static/"))
    if not path.startswith("/static/") or not found.is_file():
        return 404, b"", {}
    return 200, found.read_bytes(), {"Content-Type": mimetypes.guess_type(path)[0] or "text/plain"}


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    actions: dict[str, Callable[[Any, str], tuple[int, Any]]] = {
        "/field/who/": server.who, "/field/phone/": server.join, "/field/sync/": server.sync,
        "/field/hand-over/": server.hand_over, "/field/check/": server.check, "/field/leave/": server.leave,
    }  # fmt: skip

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_words: Any) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            server.asked.append(path)
            if path in actions:
                self._say(*actions[path](None, ""))
            else:
                self._send(*file_at(path))

        def do_POST(self) -> None:
            path = urlsplit(self.path).path
            server.asked.append(path)
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = unpacked(raw, self.headers.get("Content-Encoding"))
            self._say(*actions[path](body, self.headers.get("Authorization", "")))

        def _say(self, status: int, value: Any) -> None:
            words = value if isinstance(value, bytes) else json.dumps(value).encode()
            self._send(status, words, {"Content-Type": "application/json"})

        def _send(self, status: int, words: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, text in headers.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(words)))
            self.end_headers()
            self.wfile.write(words)

    return Handler
