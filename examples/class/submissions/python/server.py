"""A chat server: one thread for each client."""

import json
import socket
import sys
import threading

clients = {}  # username -> socket


def send(sock, obj):
    sock.sendall(json.dumps(obj).encode() + b"\n")


def answer(sock, username, request):
    """Does what a request asks for, and returns the username of the client from then on."""
    kind = request["type"]
    if kind == "login":
        wanted = request["username"]
        if wanted in clients:
            send(sock, {"status": "error", "message": "this name is taken"})
            return username
        clients[wanted] = sock
        send(sock, {"status": "success", "message": "welcome"})
        return wanted
    if kind == "message":
        for other in clients.values():
            if other is not sock:
                send(other, {"type": "message", "username": username, "content": request["content"]})
        send(sock, {"status": "success", "message": "sent"})
    elif kind == "list":
        send(sock, {"status": "success", "users": list(clients)})
    return username


def serve(sock):
    username = None
    try:
        while data := sock.recv(1024):
            username = answer(sock, username, json.loads(data))
    except (OSError, ValueError, KeyError):
        pass
    clients.pop(username, None)
    sock.close()


listener = socket.create_server(("", int(sys.argv[1])))
while True:
    client, _ = listener.accept()
    threading.Thread(target=serve, args=(client,), daemon=True).start()
