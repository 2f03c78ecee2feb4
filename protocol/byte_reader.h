// Bounds-checked big-endian reading. The first fault sticks: every later read yields 0 or an empty view, so
// that a decoder reads all its fields in a row and asks once, in finish(). Allocates nothing; the views die
// with the bytes given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "protocol/decode_error.h"
#include "protocol/frame.h"

namespace protocol {

class ByteReader {
 public:
    explicit ByteReader(ByteView bytes) : bytes_(bytes) {}

    [[nodiscard]] char int8() {
        const ByteView field = bytes(1);
        return field.empty() ? '\0' : field[0];
    }

    [[nodiscard]] std::int16_t int16() {
        const ByteView field = bytes(2);
        if (field.empty()) return 0;
        const unsigned high = static_cast<unsigned char>(field[0]);
        const unsigned low = static_cast<unsigned char>(field[1]);
        return static_cast<std::int16_t>(static_cast<std::uint16_t>(high << 8U | low));
    }

    [[nodiscard]] std::uint32_t uint32() {
        const ByteView field = bytes(4);
        return field.empty() ? 0 : read_uint32(field.data());
    }

    [[nodiscard]] std::int32_t int32() { return static_cast<std::int32_t>(uint32()); }

    /// Up to the next zero byte, which is consumed and not part of the view.
    [[nodiscard]] std::string_view cstring() {
        if (failed_) return {};
        const std::size_t left = bytes_.size() - at_;
        const void* end = left == 0 ? nullptr : std::memchr(bytes_.data() + at_, 0, left);
        if (end == nullptr) {
            fail(DecodeFault::kNoTerminator);
            return {};
        }
        const auto length = static_cast<std::size_t>(static_cast<const char*>(end) - (bytes_.data() + at_));
        const std::string_view text = bytes_.substr(at_, length);
        at_ += length + 1;
        return text;
    }

    /// Exactly `count` bytes, or a fault and an empty view.
    [[nodiscard]] ByteView bytes(std::size_t count) {
        if (failed_) return {};
        if (bytes_.size() - at_ < count) {
            fail(DecodeFault::kShort);
            return {};
        }
        const ByteView field = bytes_.substr(at_, count);
        at_ += count;
        return field;
    }

    /// Everything not read yet, consumed.
    [[nodiscard]] ByteView rest() { return bytes(remaining()); }

    [[nodiscard]] std::size_t remaining() const { return failed_ ? 0 : bytes_.size() - at_; }
    [[nodiscard]] std::size_t offset() const { return at_; }
    [[nodiscard]] bool failed() const { return failed_; }

    /// Records a fault at the present position, if there is none yet.
    void fail(DecodeFault fault) {
        if (failed_) return;
        failed_ = true;
        error_ = DecodeError{fault, static_cast<std::uint32_t>(at_)};
    }

    /// `value` if all was well and all was read; else the first fault.
    template <class T>
    [[nodiscard]] Result<T> finish(T value) {
        if (remaining() != 0) fail(DecodeFault::kTrailingBytes);
        if (failed_) return tl::make_unexpected(error_);
        return Result<T>{std::move(value)};
    }

 private:
    ByteView bytes_;
    std::size_t at_ = 0;
    DecodeError error_;
    bool failed_ = false;
};

}  // namespace protocol
