// Appends messages to a string the caller owns and keeps (its capacity is reused, so that writing allocates
// only when it grows).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "protocol/frame.h"
#include "protocol/message_type.h"

namespace protocol {

inline void append_int16(std::string& out, std::uint16_t value) {
    const char bytes[] = {static_cast<char>(value >> 8U), static_cast<char>(value & 0xFFU)};
    out.append(bytes, sizeof bytes);
}

inline void store_int32(char* at, std::uint32_t value) {
    at[0] = static_cast<char>(value >> 24U);
    at[1] = static_cast<char>(value >> 16U & 0xFFU);
    at[2] = static_cast<char>(value >> 8U & 0xFFU);
    at[3] = static_cast<char>(value & 0xFFU);
}

inline void append_int32(std::string& out, std::uint32_t value) {
    char bytes[4];
    store_int32(bytes, value);
    out.append(bytes, sizeof bytes);
}

/// A string on the wire ends at its first zero byte; what a text has after one is cut off, for it would be
/// read as the next field.
inline void append_cstring(std::string& out, std::string_view text) {
    out.append(text.substr(0, text.find('\0')));
    out.push_back('\0');
}

/// One message: the constructor writes the tag and leaves room for the length, the destructor fills it in.
/// A tag of 0 makes an untagged packet of the start-up phase. Messages stay below 2 GiB; the caller's limits
/// see to it.
class MessageWriter {
 public:
    MessageWriter(std::string& out, char tag) : out_(out) {
        if (tag != '\0') out.push_back(tag);
        start_ = out.size();
        out.append(4, '\0');
    }
    MessageWriter(std::string& out, FrontendType tag) : MessageWriter(out, static_cast<char>(tag)) {}
    MessageWriter(std::string& out, BackendType tag) : MessageWriter(out, static_cast<char>(tag)) {}
    ~MessageWriter() { store_int32(out_.data() + start_, static_cast<std::uint32_t>(out_.size() - start_)); }
    MessageWriter(const MessageWriter&) = delete;
    MessageWriter& operator=(const MessageWriter&) = delete;

    MessageWriter& int8(char value) {
        out_.push_back(value);
        return *this;
    }
    MessageWriter& int16(std::int16_t value) {
        append_int16(out_, static_cast<std::uint16_t>(value));
        return *this;
    }
    MessageWriter& int32(std::int32_t value) { return uint32(static_cast<std::uint32_t>(value)); }
    MessageWriter& uint32(std::uint32_t value) {
        append_int32(out_, value);
        return *this;
    }
    MessageWriter& cstring(std::string_view text) {
        append_cstring(out_, text);
        return *this;
    }
    MessageWriter& bytes(ByteView raw) {
        out_.append(raw);
        return *this;
    }

 private:
    std::string& out_;
    std::size_t start_ = 0;
};

}  // namespace protocol
