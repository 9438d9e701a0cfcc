"""A chat server that stops at the first message: a lock is taken twice by the thread that has it."""

import json
import socket
import sys
import threading

clients = {}  # username -> socket
lock = threading.Lock()


def send(sock, obj):
    sock.sendall(json.dumps(obj).encode() + b"\n")


def others(sock):
    with lock:
        return [other for other in clients.values() if other is not sock]


def answer(sock, username, request):
    with lock:
        if request["type"] == "login":
            if request["username"] in clients:
                send(sock, {"status": "error", "message": "this name is taken"})
                return username
            username = request["username"]
            clients[username] = sock
            send(sock, {"status": "success", "message": "welcome"})
        elif request["type"] == "message":
            for other in others(sock):
                send(other, {"type": "message", "username": username, "content": request["content"]})
            send(sock, {"status": "success", "message": "sent"})
        elif request["type"] == "list":
            send(sock, {"status": "success", "users": list(clients)})
    return username


def requests(sock):
    """The requests of a client, each as soon as its JSON is whole, until the client is gone."""
    decoder, text = json.JSONDecoder(), ""
    while data := sock.recv(4096):
        text = (text + data.decode()).lstrip()
        while text:
            try:
                request, end = decoder.raw_decode(text)
            except ValueError:
                break
            text = text[end:].lstrip()
            yield request


def serve(sock):
    username = None
    try:
        for request in requests(sock):
            username = answer(sock, username, request)
    except OSError:
        pass
    with lock:
        clients.pop(username, None)


listener = socket.create_server(("", int(sys.argv[1])))
while True:
    client, _ = listener.accept()
    threading.Thread(target=serve, args=(client,), daemon=True).start()
