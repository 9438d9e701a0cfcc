import json, socket, sys, threading

def receive(sock):
    while True:
        try:
            data = sock.recv(1024)
            if not data:
                break
            print(data.decode("utf-8"))
        except:
            break

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.connect(("127.0.0.1", int(sys.argv[1])))
username = input("Nom d'utilisateur : ")
sock.send(json.dumps({"type": "login", "username": username}).encode("utf-8"))
print(sock.recv(1024).decode("utf-8"))
threading.Thread(target=receive, args=(sock,), daemon=True).start()
while True:
    line = input("> ")
    if line == "/quit":
        break
    if line == "/list":
        sock.send(json.dumps({"type": "list"}).encode("utf-8"))
    else:
        sock.send(json.dumps({"type": "message", "username": username, "content": line}).encode("utf-8"))
sock.close()
