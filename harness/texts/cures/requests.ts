import type { Cure } from "./Cure.ts"

/** Cures for mistakes in reading requests and writing answers. */
export const requestCures = {
  recvTakenForMessage: {
    C: `
size_t have = 0, end;
ssize_t n;
while ((n = recv(fd, buf + have, sizeof buf - have, 0)) > 0) {
  have += n;
  while ((end = object_end(buf, have)) > 0) {
    handle(buf, end);
    memmove(buf, buf + end, have - end);
    have -= end;
  }
}`,
    "C++": `
std::string pending;
char part[4096];
ssize_t n;
while ((n = recv(fd, part, sizeof part, 0)) > 0) {
  pending.append(part, n);
  while (size_t end = objectEnd(pending)) {
    handle(pending.substr(0, end));
    pending.erase(0, end);
  }
}`,
    Python: `
decoder, text = codecs.getincrementaldecoder("utf-8")(), ""
while part := sock.recv(4096):
    text += decoder.decode(part)
    while text := text.lstrip():
        try:
            request, end = json.JSONDecoder().raw_decode(text)
        except ValueError:
            break
        handle(request)
        text = text[end:]`
  },
  newlineAwaited: {},
  bracesCountedInStrings: {
    C: `
size_t object_end(const char *s, size_t n) {
  int depth = 0, in_string = 0;
  for (size_t i = 0; i < n; i++) {
    if (in_string) {
      if (s[i] == '\\\\') i++;
      else if (s[i] == '"') in_string = 0;
    } else if (s[i] == '"') in_string = 1;
    else if (s[i] == '{') depth++;
    else if (s[i] == '}' && --depth == 0) return i + 1;
  }
  return 0;
}`,
    "C++": `
size_t objectEnd(const std::string& s) {
  int depth = 0;
  bool inString = false;
  for (size_t i = 0; i < s.size(); i++) {
    if (inString) {
      if (s[i] == '\\\\') i++;
      else if (s[i] == '"') inString = false;
    } else if (s[i] == '"') inString = true;
    else if (s[i] == '{') depth++;
    else if (s[i] == '}' && --depth == 0) return i + 1;
  }
  return 0;
}`
  },
  strtok: {
    C: `
char *rest;
char *word = strtok_r(buf, " ", &rest);
while (word != NULL) {
  handle(word);
  word = strtok_r(NULL, " ", &rest);
}`
  },
  pieceDecoded: {
    Python: `
decoder = codecs.getincrementaldecoder("utf-8")()
text += decoder.decode(sock.recv(4096))`
  },
  jsonSearchedAsText: {
    C: `
cJSON *request = cJSON_ParseWithLength(buf, end);
cJSON *type = cJSON_GetObjectItemCaseSensitive(request, "type");
if (cJSON_IsString(type) && strcmp(type->valuestring, "login") == 0) …`,
    "C++": `
const auto request = nlohmann::json::parse(text);
if (request.value("type", "") == "login") …`,
    Python: `
request = json.loads(text)
if request.get("type") == "login": …`
  },
  parserFailureKills: {
    C: `
cJSON *request = cJSON_ParseWithLength(buf, end);
if (request == NULL) return send_error(fd, "invalid_json");`,
    "C++": `
try {
  answer(client, nlohmann::json::parse(text));
} catch (const nlohmann::json::exception& error) {
  sendError(client, "invalid_json");
}`,
    Python: `
try:
    request = json.loads(text)
except (ValueError, RecursionError):
    return send_error(sock, "invalid_json")`
  },
  fieldTakenForGranted: {
    C: `
cJSON *name = cJSON_GetObjectItemCaseSensitive(request, "username");
if (!cJSON_IsString(name)) return send_error(fd, "invalid_request");`,
    "C++": `
if (!request.contains("username") || !request["username"].is_string())
  return sendError(client, "invalid_request");`,
    Python: `
name = request.get("username") if isinstance(request, dict) else None
if not isinstance(name, str):
    return send_error(sock, "invalid_request")`
  },
  bufferGrowsForEver: {
    C: `
if (have == OBJECT_BYTES_MAX) return refuse(fd, "too_large");`,
    "C++": `
if (pending.size() > objectBytesMax) return refuse(client, "too_large");`,
    Python: `
if len(text) > OBJECT_SIZE_MAX:
    return refuse(sock, "too_large")`
  },
  fixedBuffer: {
    C: `
if (have == size) {
  char *bigger = realloc(buf, size * 2);
  if (bigger == NULL) return -1;
  buf = bigger;
  size *= 2;
}`,
    "C++": `
std::string content = request["content"];`
  },
  badLineNotSkipped: {},
  answerMisspelt: {
    C: `
const char *text = "{\\"status\\":\\"success\\",\\"message\\":\\"…\\"}\\n";
send_all(fd, text, strlen(text));`,
    Python: `
reply = {"status": "success", "message": f"Bienvenue, {name}"}
sock.sendall(json.dumps(reply).encode() + b"\\n")`
  },
  answerForgotten: {
    C: `
send_all(fd, answer(request));`,
    "C++": `
sendAll(client, answer(client, request));`,
    Python: `
sock.sendall(answer(client, request))`
  },
  elseForgotten: {
    "C++": `
if (type == "login") return login(client, request);
if (type == "message") return message(client, request);
if (type == "list") return list(client);
return error("unknown_type");`,
    Python: `
handler = handlers.get(request.get("type"), unknown_type)
return handler(client, request)`
  },
  errorsWrittenByHand: {
    "C++": `
std::string error(const std::string& code, const std::string& message) {
  json reply = {{"status", "error"}, {"code", code}};
  reply["message"] = message;
  return reply.dump();
}`,
    Python: `
def error(code, message):
    return {"status": "error", "code": code, "message": message}`
  },
  idChanged: {
    "C++": `
if (request.contains("id")) reply["id"] = request["id"];`,
    Python: `
if "id" in request:
    reply["id"] = request["id"]`
  },
  jsonBySprintf: {
    C: `
cJSON *event = cJSON_CreateObject();
cJSON_AddStringToObject(event, "type", "message");
cJSON_AddStringToObject(event, "username", username);
cJSON_AddStringToObject(event, "content", content);
char *text = cJSON_PrintUnformatted(event);`,
    "C++": `
nlohmann::json event = {
  {"type", "message"}, {"username", username}, {"content", content}};
std::string text = event.dump();`,
    Python: `
event = {"type": "message", "username": username, "content": content}
text = json.dumps(event)`
  },
  newlineNotSent: {
    "C++": `
sendAll(client, reply.dump() + "\\n");`,
    Python: `
sock.sendall(json.dumps(reply).encode() + b"\\n")`
  },
  closedWithUnreadBytes: {
    C: `
send_all(fd, goodbye);
shutdown(fd, SHUT_WR);
while (recv(fd, buf, sizeof buf, 0) > 0) {}
close(fd);`,
    Python: `
sock.sendall(goodbye)
sock.shutdown(socket.SHUT_WR)
while sock.recv(4096):
    pass
sock.close()`
  },
  addressInUse: {
    C: `
int on = 1;
setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
bind(server, …);`,
    Python: `
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("", 12345))`
  },
  unaskedObjects: {},
  deliveredLater: {}
} as const satisfies { readonly [id: string]: Cure }
