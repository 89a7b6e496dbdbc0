"""A gateway that says what a script says, for what a real one does only when something goes wrong.

Usage: python3 scripted_gateway.py SCRIPT     writes its address to SCRIPT.address and a line for each request to SCRIPT.requests

The script is lines of JSON, one for each request in its order: {"status": 200, "body": …} answers; {"lines": […]} streams the lines and breaks
off; with "hold" it keeps the stream open until the client goes. What is asked beyond the script is answered 503.
"""

import http.server
import json
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with open(sys.argv[1] + ".requests", "a", encoding="utf-8") as f:
            f.write(self.path + "\n")
        answer = SCRIPT.pop(0) if SCRIPT else {"status": 503, "body": {"code": "unavailable", "detail": "over"}}
        if "lines" in answer:
            self.stream(answer)
            return
        body = json.dumps(answer["body"]).encode()
        status = answer.get("status", 200)
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status < 300 else "application/problem+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def stream(self, answer):
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.end_headers()
        for line in answer["lines"]:
            self.wfile.write(json.dumps(line).encode() + b"\n")
            self.wfile.flush()
        self.close_connection = True
        if answer.get("hold"):
            self.rfile.read(1)

    def log_message(self, *_):
        pass


with open(sys.argv[1], encoding="utf-8") as script:
    SCRIPT = [json.loads(line) for line in script if line.strip()]
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(sys.argv[1] + ".address", "w", encoding="utf-8") as address:
    address.write(f"127.0.0.1:{server.server_address[1]}")
server.serve_forever()
