// The little JSON that a chat needs: cut a stream of bytes into objects, read one object, write a string.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace json {

constexpr std::size_t objectBytesMax = 64 * 1024;
constexpr int depthMax = 32; // the reader calls itself for each level: without a limit "{{{{…" overflows the stack

/// Thrown when the bytes are not JSON, not UTF-8, or too many.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The fields of an object whose values are strings. Other values are checked and left out.
using Fields = std::map<std::string, std::string>;

inline bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Cuts what recv() gives into objects. TCP knows no messages: one recv() may bring half an object, or three of
/// them, or stop in the middle of an "é". So we collect bytes until the braces that were opened are closed again.
class Stream {
public:
  void push(const char* bytes, std::size_t count) { buffer_.append(bytes, count); }

  /// The text of the next whole object, or nothing until more bytes have come.
  std::optional<std::string> next() {
    for (; at_ < buffer_.size(); ++at_) {
      const char c = buffer_[at_];
      if (depth_ == 0 && c != '{' && !isBlank(c)) throw Error("an object must begin with {");
      if (inString_) { // a brace in a string is only text, and \" does not end the string
        if (escaped_) escaped_ = false;
        else if (c == '\\') escaped_ = true;
        else if (c == '"') inString_ = false;
      } else if (c == '"') {
        inString_ = true;
      } else if (c == '{') {
        ++depth_;
      } else if (c == '}' && --depth_ == 0) {
        return take(at_ + 1);
      }
    }
    if (depth_ == 0) take(at_); // nothing but blanks
    if (buffer_.size() > objectBytesMax) throw Error("an object may have 64 KiB at most");
    return std::nullopt;
  }

private:
  std::string take(std::size_t count) {
    std::string text = buffer_.substr(0, count);
    buffer_.erase(0, count);
    at_ = 0;
    return text;
  }

  std::string buffer_;
  std::size_t at_ = 0; // the bytes before it have been looked at
  int depth_ = 0;      // braces open
  bool inString_ = false;
  bool escaped_ = false;
};

/// Appends a Unicode code point to a string as UTF-8: 1 to 4 bytes.
inline void appendUtf8(std::string& out, std::uint32_t code) {
  const auto byte = [&out](std::uint32_t value) { out += static_cast<char>(value); };
  const auto tail = [&](int shift) { byte(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6), tail(0);
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12), tail(6), tail(0);
  } else {
    byte(0xF0 | code >> 18), tail(12), tail(6), tail(0);
  }
}

inline bool isHighSurrogate(std::uint32_t code) { return code >= 0xD800 && code <= 0xDBFF; }
inline bool isLowSurrogate(std::uint32_t code) { return code >= 0xDC00 && code <= 0xDFFF; }

/// Whether the bytes are UTF-8. Bytes that are not would break every client that we pass them on to.
inline bool isUtf8(std::string_view text) {
  constexpr std::uint32_t smallest[] = {0, 0x80, 0x800, 0x10000}; // of 1, 2, 3 and 4 bytes
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at++]);
    int tails = 0;
    std::uint32_t code = first;
    if (first >= 0xF0) tails = 3, code = first & 0x07;
    else if (first >= 0xE0) tails = 2, code = first & 0x0F;
    else if (first >= 0xC0) tails = 1, code = first & 0x1F;
    if (first > 0xF7 || (first >= 0x80 && first < 0xC0)) return false;
    for (int i = 0; i < tails; ++i) {
      if (at == text.size() || (text[at] & 0xC0) != 0x80) return false;
      code = code << 6 | (text[at++] & 0x3F);
    }
    const bool surrogate = isHighSurrogate(code) || isLowSurrogate(code);
    if (code < smallest[tails] || code > 0x10FFFF || surrogate) return false;
  }
  return true;
}

/// Reads one JSON text from left to right, one function for each kind of value.
class Reader {
public:
  explicit Reader(std::string_view text) : text_(text) {}

  /// The one object that the text must be.
  Fields onlyObject() {
    Fields fields = object(1);
    peek();
    if (at_ != text_.size()) throw Error("something stands after the object");
    return fields;
  }

private:
  /// The next character after blanks, still to be read; '\0' at the end.
  char peek() {
    while (at_ < text_.size() && isBlank(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  void expect(char c) {
    if (peek() != c) throw Error(std::string("expected ") + c);
    ++at_;
  }

  /// Whether the next character is c; reads it if so.
  bool accept(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  /// The very next character, blank or not.
  char character() {
    if (at_ == text_.size()) throw Error("the text ends too early");
    return text_[at_++];
  }

  Fields object(int depth) {
    if (depth > depthMax) throw Error("too deeply nested");
    Fields fields;
    expect('{');
    if (accept('}')) return fields;
    do {
      peek();
      const std::string key = string();
      expect(':');
      fields.erase(key); // of two equal keys the last one counts
      if (peek() == '"') fields[key] = string();
      else skipValue(depth + 1);
    } while (accept(','));
    expect('}');
    return fields;
  }

  void skipValue(int depth) {
    const char c = peek();
    if (c == '{') object(depth);
    else if (c == '[') skipArray(depth);
    else if (c == '"') string();
    else skipWord();
  }

  void skipArray(int depth) {
    if (depth > depthMax) throw Error("too deeply nested");
    expect('[');
    if (accept(']')) return;
    do skipValue(depth + 1);
    while (accept(','));
    expect(']');
  }

  /// true, false, null or a number; of a number only the characters are checked.
  void skipWord() {
    const std::size_t end = text_.find_first_of(" \t\r\n,]}", at_);
    const std::string_view word = text_.substr(at_, end - at_);
    at_ += word.size();
    if (word == "true" || word == "false" || word == "null") return;
    const bool number = word.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
    if (word.empty() || !number) throw Error("expected a value");
  }

  std::string string() {
    std::string out;
    if (character() != '"') throw Error("expected \"");
    for (char c = character(); c != '"'; c = character()) {
      if (static_cast<unsigned char>(c) < 0x20) throw Error("a control character in a string");
      if (c == '\\') escape(out);
      else out += c;
    }
    if (!isUtf8(out)) throw Error("not UTF-8");
    return out;
  }

  void escape(std::string& out) {
    switch (const char c = character(); c) {
      case '"': case '\\': case '/': out += c; break;
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u': appendUtf8(out, codePoint()); break;
      default: throw Error("unknown escape");
    }
  }

  /// The code point of a \u escape. One above U+FFFF, like an emoji, is written as two of them, a pair of
  /// surrogates; half a pair is no character and becomes U+FFFD.
  std::uint32_t codePoint() {
    const std::uint32_t high = hex4();
    if (isHighSurrogate(high) && text_.substr(at_, 2) == "\\u") {
      const std::size_t before = at_;
      at_ += 2;
      const std::uint32_t low = hex4();
      if (isLowSurrogate(low)) return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
      at_ = before; // the second escape was none of ours: it is read again as itself
    }
    return isHighSurrogate(high) || isLowSurrogate(high) ? 0xFFFD : high;
  }

  std::uint32_t hex4() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const std::size_t digit = std::string_view("0123456789abcdefABCDEF").find(character());
      if (digit == std::string_view::npos) throw Error("\\u needs four hexadecimal digits");
      value = value * 16 + static_cast<std::uint32_t>(digit < 16 ? digit : digit - 6);
    }
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// Reads the text of one object; throws Error when it is none.
inline Fields readObject(std::string_view text) { return Reader(text).onlyObject(); }

/// A string as JSON, in quotes. Without this a " in a message would end the string too early.
inline std::string quote(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') (out += '\\') += c;
    else if (c == '\n') out += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20) ((out += "\\u00") += digits[c >> 4]) += digits[c & 15];
    else out += c;
  }
  return out += '"';
}

} // namespace json
