// The few parts of the PostgreSQL wire protocol that both bench tools need: appending messages to a buffer
// and walking the messages of a byte stream. Independent of protocol/, so that the pooler is not measured
// with its own code. Source of every format: PostgreSQL docs, "Message Formats".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

inline constexpr std::size_t kHeaderBytes = 5;
inline constexpr std::uint32_t kProtocolVersion3 = 196608;
inline constexpr std::uint32_t kSslRequest = 80877103;
inline constexpr std::uint32_t kGssencRequest = 80877104;
inline constexpr std::uint32_t kCancelRequest = 80877102;

/// Big-endian reads; the caller has checked that 4 (2) bytes are there.
[[nodiscard]] std::uint32_t read_uint32(const char* at);
[[nodiscard]] std::uint16_t read_uint16(const char* at);

/// Appends one message to `out`: the constructor writes the tag and room for the length, the destructor fills
/// it in. A tag of 0 writes an untagged start-up packet. `out` outlives the object.
class MessageWriter {
 public:
    MessageWriter(std::string& out, char tag);
    ~MessageWriter();
    MessageWriter(const MessageWriter&) = delete;
    MessageWriter& operator=(const MessageWriter&) = delete;

    MessageWriter& byte(char value);
    MessageWriter& int16(std::uint16_t value);
    MessageWriter& int32(std::uint32_t value);
    MessageWriter& cstring(std::string_view text);
    MessageWriter& bytes(std::string_view text);

 private:
    std::string& out_;
    std::size_t length_at_;
};

/// Reads the fields of one complete body. After a read past the end ok() is false and every read gives "" or
/// 0.
class BodyReader {
 public:
    explicit BodyReader(std::string_view body) : rest_(body) {}

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] std::string_view rest() const { return rest_; }
    std::string_view cstring();
    std::string_view bytes(std::size_t count);
    char byte();
    std::uint16_t int16();
    std::uint32_t int32();

 private:
    std::string_view rest_;
    bool ok_ = true;
};

/// The body's field of ErrorResponse or NoticeResponse with this code ('M' message, 'C' SQLSTATE); empty if
/// absent.
[[nodiscard]] std::string_view error_field(std::string_view body, char field);

/// Walks the tagged messages of a stream that arrives in pieces of any size, without keeping what nobody
/// reads: only bodies of ErrorResponse and Authentication are collected (to kKeptBytes), every other body is
/// skipped.
class StreamWalker {
 public:
    static constexpr std::size_t kKeptBytes = 512;

    /// Calls on_message(tag, body) at the end of each message; on_message returns false to stop the walk.
    /// False if a length is impossible or on_message said so; nothing more may be fed then.
    template <typename OnMessage>
    [[nodiscard]] bool feed(std::string_view bytes, OnMessage&& on_message) {
        while (!bytes.empty()) {
            if (have_ < kHeaderBytes && !take_header(bytes)) return valid_;
            take_body(bytes);
            if (body_left_ > 0) return true;
            have_ = 0;
            if (!on_message(header_[0], std::string_view{kept_})) return false;
        }
        return true;
    }

 private:
    [[nodiscard]] bool take_header(std::string_view& bytes);
    void take_body(std::string_view& bytes);

    std::array<char, kHeaderBytes> header_{};
    std::size_t have_ = 0;  ///< bytes of the header so far
    std::size_t body_left_ = 0;
    std::string kept_;
    bool valid_ = true;
};

}  // namespace bench
