# ask.py ADDRESS NAME VERSION: ask for the request targets on stdin (a JSON list, each as hexadecimal bytes) as they
# are. Prints a JSON list of [status, body]; 0: the connection was there, and curl would not send that or got no answer;
# -1: nothing was asked as it should have been.
import json
import socket
import ssl
import subprocess
import sys

address, name, version = sys.argv[1:]
# curl(1), exit codes: no address, no connection, too late, no TLS, a certificate that is not right.
unreached = [5, 6, 7, 28, 35, 60]
context = ssl.create_default_context(cafile="/root/ca.crt")


def by_http1(target):
    request = b"GET " + target + b" HTTP/1.1\r\nHost: " + name.encode() + b"\r\nConnection: close\r\n\r\n"
    with context.wrap_socket(socket.create_connection((address, 443), 15), server_hostname=name) as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return [int(head.split()[1]), body.decode("latin-1")] if head else [-1, ""]


def by_http2(target):
    words = ["curl", "-s", "--http2", "--max-time", "15", "--cacert", "/root/ca.crt", "-w", "\n%{http_code} %{http_version}"]
    words += ["--resolve", f"{name}:443:{address}", "--request-target", target, f"https://{name}/"]
    asked = subprocess.run(words, capture_output=True)
    body, _, status = asked.stdout.decode("latin-1").rpartition("\n")
    code, used = status.split()
    if code == "000":
        return [-1 if asked.returncode in unreached else 0, body]
    return [int(code) if used == "2" else -1, body]


ask = by_http1 if version == "1" else by_http2
print(json.dumps([ask(bytes.fromhex(target)) for target in json.load(sys.stdin)]))
