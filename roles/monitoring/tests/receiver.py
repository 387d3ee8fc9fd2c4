# What alerts arrive at: an HTTPS server and a mail server (STARTTLS and a login, RFC 3207 and 4954) on 127.0.0.1, which
# write a line for each thing that comes to the file that is named last. Words: certificate, key, file.
import base64, http.server, json, socketserver, ssl, sys, threading

certificate, key, file = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
lock = threading.Lock()


def arrived(line):
    with lock, open(file, "a") as lines:
        lines.write(line + "\n")


class Web(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        arrived(f"https {self.headers['Host']}{self.path} {json.dumps(json.loads(body))}")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *words):
        pass


class Mail(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("220 mail")
        told = []
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if word == "EHLO":
                self.say("250-mail")
                self.say("250 AUTH PLAIN" if isinstance(self.connection, ssl.SSLSocket) else "250 STARTTLS")
            elif word == "STARTTLS":
                self.say("220 go on")
                self.connection = context.wrap_socket(self.connection, server_side=True)
                self.rfile = self.connection.makefile("rb")
                self.wfile = self.connection.makefile("wb", 0)
            elif word == "AUTH":
                told.append("login " + base64.b64decode(line.split(" ")[2]).decode().replace("\0", " ").strip())
                self.say("235 good")
            elif word == "DATA":
                self.say("354 go on")
                while (part := self.rfile.readline().decode().strip("\r\n")) != ".":
                    if part.startswith("Subject: "):
                        told.append(part)
                arrived("mail " + "; ".join(told))
                self.say("250 taken")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                told.append(line)
                self.say("250 good")


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = True
    daemon_threads = True


web = http.server.ThreadingHTTPServer(("127.0.0.1", 443), Web)
web.socket = context.wrap_socket(web.socket, server_side=True)
threading.Thread(target=web.serve_forever, daemon=True).start()
Server(("127.0.0.1", 587), Mail).serve_forever()
