# Stands for the ingress gateway: says what reached it.
import http.server
import json


class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        seen = {name.lower(): value for name, value in self.headers.items()}
        # As it came: self.path has fewer slashes.
        target = self.raw_requestline.decode("latin-1").split(" ", 1)[1].rsplit(" ", 1)[0]
        text = json.dumps({"target": target, "headers": seen, "size": len(body)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = answer


http.server.ThreadingHTTPServer(("0.0.0.0", 30080), Echo).serve_forever()
