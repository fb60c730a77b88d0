"""The server that clients call: it answers with a case, or hands the request on to the simulated cloud. Either way it keeps
what was answered, so that it can be compared with what the client made of it."""

import http.client
import http.server
import threading

# What concerns a connection alone is not handed on.
OF_CONNECTION = {"connection", "host", "content-length", "transfer-encoding", "accept-encoding"}


class Stub(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        # Status and body of a case, or the address of a simulated service.
        self.case = self.service = None
        # Status and body of what was answered; requests that came.
        self.answered, self.requests = None, 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"

    def prepare(self, case=None, service=None):
        self.case, self.service, self.answered, self.requests = case, service, None, 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle_one_request(self):
        """Any method is answered alike."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        stub = self.server
        stub.requests += 1
        kind = "application/json"
        if stub.case:
            status, body = stub.case
        else:
            status, kind, body = self.hand_on(stub.service, sent)
        stub.answered = status, body
        self.send_response_only(status)
        if status != 204:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)
        self.wfile.flush()

    def hand_on(self, service, sent):
        connection = http.client.HTTPConnection(service, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in OF_CONNECTION}
        connection.request(self.command, self.path, sent or None, headers)
        response = connection.getresponse()
        answer = response.status, response.getheader("Content-Type", "application/json"), response.read()
        connection.close()
        return answer
