#!/usr/bin/env python3
"""The chat client of the lab: one thread reads the server, the other the keyboard.

    python3 client.py [PORT] [HOST]
"""

import codecs
import json
import socket
import sys
import threading


def objects(sock):
    """The objects that the server sends. TCP knows no messages: one recv() may bring half an object, three of them,
    or stop in the middle of an "é". So bytes are decoded as they come, and cut where an object ends."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    text = ""
    while data := sock.recv(4096):
        text = (text + decoder.decode(data)).lstrip()
        while text:
            try:
                received, end = json.JSONDecoder().raw_decode(text)
            except json.JSONDecodeError:
                break  # half an object: the rest is on its way
            yield received
            text = text[end:].lstrip()


def show(received):
    """Prints one object; answers have a status, what others say has a type."""
    if received.get("type") == "message":
        print(f"{received['username']}: {received['content']}", flush=True)
    elif "users" in received:
        print("* here are " + ", ".join(received["users"]), flush=True)
    elif received.get("status") != "success":
        print(f"* {received.get('message', 'refused')}", flush=True)


def read(sock):
    try:
        for received in objects(sock):
            show(received)
    except OSError:
        pass  # reset: as good as closed
    print("* the server is gone", flush=True)


def send(sock, **fields):
    sock.sendall(json.dumps(fields, ensure_ascii=False).encode() + b"\n")


def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 12345
    host = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"
    with socket.create_connection((host, port)) as sock:
        username = input("Name: ")
        send(sock, type="login", username=username)
        threading.Thread(target=read, args=(sock,), daemon=True).start()
        try:
            while (line := input()) != "/quit":
                if line == "/list":
                    send(sock, type="list")
                elif line:
                    send(sock, type="message", username=username, content=line)
        except EOFError:
            pass  # Ctrl-D: the same as /quit
        except OSError:
            sys.exit("the server is gone")


main()
