// What the servers speak: how a client enters the room, how it knows that it is in, and how it says something.
#pragma once

#include <string>

struct Protocol {
  const char* name;
  std::string (*greeting)(const std::string& username);
  /// What the server has said once the client is in the room.
  bool (*joined)(const std::string& received);
  std::string (*message)(const std::string& username, const std::string& content);
  /// Whether the sender gets its own message back: then a message has one delivery more.
  bool echoes;
};

namespace protocols {

inline bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

/// A string as MQTT writes it: two bytes of length, then the text.
inline std::string mqttString(const std::string& text) {
  return std::string{static_cast<char>(text.size() >> 8), static_cast<char>(text.size() & 255)} + text;
}

inline std::string mqttPacket(unsigned char header, const std::string& body) {
  std::string packet(1, static_cast<char>(header));
  for (std::size_t rest = body.size(), more = 1; more != 0;) {
    const std::size_t digit = rest % 128;
    rest /= 128;
    more = rest > 0 ? 128 : 0;
    packet += static_cast<char>(digit | more);
  }
  return packet + body;
}

/// A message of text as a browser frames it (RFC 6455), under a mask of zeros.
inline std::string webFrame(const std::string& text) {
  std::string frame{static_cast<char>(0x81)};
  if (text.size() < 126) {
    frame += static_cast<char>(0x80 | text.size());
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(text.size() >> 8);
    frame += static_cast<char>(text.size() & 255);
  }
  return frame + std::string(4, '\0') + text;
}

inline const Protocol all[] = {
  {"json", [](const std::string& username) { return "{\"type\":\"login\",\"username\":\"" + username + "\"}\n"; },
   [](const std::string& received) {
     return contains(received, "\"status\":\"success\"") || contains(received, "\"status\": \"success\"");
   },
   [](const std::string& username, const std::string& content) {
     return "{\"type\":\"message\",\"username\":\"" + username + "\",\"content\":\"" + content + "\"}\n";
   },
   false},
  {"history",
   [](const std::string& username) {
     return "{\"type\":\"login\",\"username\":\"" + username + "\",\"features\":[\"rooms\",\"history\"]}\n";
   },
   [](const std::string& received) { return contains(received, "\"session\":") && contains(received, "\n"); },
   [](const std::string&, const std::string& content) {
     return "{\"type\":\"message\",\"content\":\"" + content + "\"}\n";
   },
   false},
  {"web",
   [](const std::string& username) {
     return "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n" +
            webFrame("{\"type\":\"login\",\"username\":\"" + username + "\"}");
   },
   [](const std::string& received) { return contains(received, "\"status\":\"success\""); },
   [](const std::string&, const std::string& content) {
     return webFrame("{\"type\":\"message\",\"content\":\"" + content + "\"}");
   },
   false},
  {"irc",
   [](const std::string& username) {
     return "NICK " + username + "\r\nUSER " + username + " 0 * :bench\r\nJOIN #bench\r\n";
   },
   [](const std::string& received) { return contains(received, " 366 "); },
   [](const std::string&, const std::string& content) { return "PRIVMSG #bench :" + content + "\r\n"; }, false},
  {"nats",
   [](const std::string&) {
     return std::string("CONNECT {\"verbose\":false,\"pedantic\":false,\"echo\":false}\r\nSUB bench 1\r\nPING\r\n");
   },
   [](const std::string& received) { return contains(received, "PONG\r\n"); },
   [](const std::string&, const std::string& content) {
     return "PUB bench " + std::to_string(content.size()) + "\r\n" + content + "\r\n";
   },
   false},
  {"redis",
   [](const std::string&) {
     return std::string("*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n*2\r\n$9\r\nSUBSCRIBE\r\n$5\r\nbench\r\n");
   },
   [](const std::string& received) { return contains(received, "\r\nsubscribe\r\n"); },
   [](const std::string&, const std::string& content) {
     return "*3\r\n$7\r\nPUBLISH\r\n$5\r\nbench\r\n$" + std::to_string(content.size()) + "\r\n" + content + "\r\n";
   },
   true},
  {"mqtt",
   [](const std::string& username) {
     const std::string flags{4, 2, 0, 0}; // protocol level 4 (MQTT 3.1.1), a clean session, no keep-alive
     const std::string subscription = std::string{0, 1} + mqttString("bench") + std::string(1, '\0');
     return mqttPacket(0x10, mqttString("MQTT") + flags + mqttString(username)) + mqttPacket(0x82, subscription);
   },
   [](const std::string& received) { return contains(received, "\x90\x03"); },
   [](const std::string&, const std::string& content) { return mqttPacket(0x30, mqttString("bench") + content); },
   true},
};

} // namespace protocols
