"""A server that answers as the tests ask, well or badly. Prints its port, then serves until killed.

GET /v3/contacts/<how> answers in the way of `how`; POST and PUT echo what came.
"""

import json
import socket
import struct
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

CONTACTS = 2500

TYPES = {
    "id": 9007199254740993,
    "whole": 3.0,
    "rate": 0.25,
    "huge": 1e300,
    "yes": True,
    "no": False,
    "nothing": None,
    "empty": "",
    "name": "Zoë 北京 🙂",
    "nul": "a\0b",
    "list": [1, "two", [3]],
    "object": {"z": 1, "a/b": 2, "m~n": 3},
}

MIXED = [
    {
        "id": 1,
        "email": "zoë@example.com",
        "createdAt": "1970-01-01T01:00:01.5+01:00",
        "attributes": {"FIRSTNAME": 'Zoë "Z"', "N": 1},
    },
    {"id": "two", "email": None, "createdAt": "yesterday", "attributes": {}},
    {"id": 3, "attributes": {"FIRSTNAME": [1, 2]}},
]

ERRORS = {
    "400": (400, {"code": "invalid_parameter", "message": "Invalid email address"}),
    "401": (401, {"code": "unauthorized", "message": "Key not found"}),
    "401-ip": (
        401,
        {"code": "unauthorized", "message": "We have detected you are using an unrecognised IP address 192.0.2.1."},
    ),
    "402": (402, {"code": "not_enough_credits", "message": "You do not have enough credits"}),
    "403": (403, {"code": "permission_denied", "message": "Permission denied"}),
    "403-new": (403, {"code": "permission_denied", "message": "Your account is not yet activated."}),
    "404": (404, {"code": "document_not_found", "message": "List ID does not exist"}),
    "409": (409, {"code": "conflict", "message": "Busy"}),
    "duplicate": (
        400,
        {
            "code": "duplicate_parameter",
            "message": "Unable to update contact, SMS is already associated with another Contact",
            "metadata": {"duplicate_identifiers": ["SMS", "EXT_ID"]},
        },
    ),
    "429": (429, {"code": "too_many_requests", "message": "Slow down"}),
    "500": (500, {"code": "internal", "message": "Something broke"}),
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", kind="application/json", **headers):
        if not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def do_GET(self):
        url = urlsplit(self.path)
        path = url.path.removeprefix("/v3/")
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if path in ("contacts", "contacts/lists/2/contacts"):
            return self.page(int(query.get("limit", 50)), int(query.get("offset", 0)))
        if path == "contacts/lists/3/contacts":
            return self.answer(200, {"contacts": MIXED, "count": len(MIXED)})
        if path == "contacts/lists/4/contacts":
            if int(query.get("offset", 0)) == 0:
                return self.page(int(query["limit"]), 0)
            return self.answer(*ERRORS["404"])
        if path == "contacts/lists/5/contacts":
            return self.answer(200, b'{"contacts": [{"id": 1}, ')
        if path == "processes":
            process = {"id": 7, "status": "completed", "name": "IMPORTUSER", "info": {}}
            return self.answer(200, {"processes": [process], "count": 1})
        if path.startswith("processes/"):
            status = "completed" if path == "processes/7" else "in_process"
            return self.answer(200, {"id": int(path.split("/")[1]), "status": status, "name": "import", "info": {}})
        if path.startswith("inbound/attachments/"):
            return self.answer(200, b"\0\xff bytes \0", "application/octet-stream")
        how = unquote(path.split("/", 1)[-1])
        if how in ERRORS:
            status, body = ERRORS[how]
            return self.answer(status, body, X_Sib_Ratelimit_Reset="17", X_Seen="yes")
        return getattr(self, "how_" + how.replace("-", "_"))()

    def page(self, limit, offset):
        ids = range(offset, min(offset + limit, CONTACTS))
        contacts = [{"id": n, "email": f"c{n}@example.com", "attributes": {"N": n}} for n in ids]
        self.answer(200, {"contacts": contacts, "count": CONTACTS})

    def how_types(self):
        self.answer(200, TYPES, X_Test="value", X_Request=self.headers.get("X-Request", ""))

    def how_attributes(self):
        self.answer(200, {"attributes": [{"name": "FIRSTNAME", "category": "normal", "type": "text"}]})

    def how_slow(self):
        time.sleep(0.3)
        self.answer(200, {"id": 1})

    def how_hang(self):
        time.sleep(20)

    def how_reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def how_rubbish(self):
        self.connection.sendall(b"\x00\x01\x02 this is not HTTP\r\n\r\n")
        self.close_connection = True

    def how_html(self):
        self.answer(200, b"<html><body>Maintenance</body></html>", "text/html")

    def how_html_502(self):
        self.answer(502, b"<html><body>Bad gateway</body></html>", "text/html")

    def how_empty(self):
        self.answer(200)

    def how_null(self):
        self.answer(200, b"null")

    def how_truncated(self):
        self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"id":')
        self.close_connection = True

    def how_half(self):
        self.answer(200, b'{"id": 1, "email": ')

    def how_deep(self):
        self.answer(200, b"[" * 5000 + b"]" * 5000)

    def echo(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        path = self.path.removeprefix("/v3/")
        if path == "contacts/import":
            return self.answer(202, {"processId": 7})
        text = body.decode("utf-8", "replace")
        try:
            sent = json.loads(text) if text else None
        except ValueError:
            sent = None
        status = 204 if self.command in ("PUT", "DELETE") else 201
        seen = {name.lower(): value for name, value in self.headers.items()}
        self.answer(
            status, {"id": 42, "method": self.command, "path": path, "sent": sent, "text": text, "headers": seen}
        )

    do_POST = do_PUT = do_PATCH = do_DELETE = echo


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


if __name__ == "__main__":
    with Server(("127.0.0.1", 0), Handler) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
