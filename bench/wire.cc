#include "bench/wire.h"

#include <algorithm>

namespace bench {

namespace {

void put_uint32(char* at, std::uint32_t value) {
    for (int i = 0; i < 4; ++i) at[i] = static_cast<char>(value >> (24 - 8 * i));
}

}  // namespace

std::uint32_t read_uint32(const char* at) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8U | static_cast<unsigned char>(at[i]);
    return value;
}

std::uint16_t read_uint16(const char* at) {
    const auto high = static_cast<unsigned char>(at[0]);
    const auto low = static_cast<unsigned char>(at[1]);
    return static_cast<std::uint16_t>(high << 8 | low);
}

MessageWriter::MessageWriter(std::string& out, char tag) : out_(out) {
    if (tag != 0) out_.push_back(tag);
    length_at_ = out_.size();
    out_.append(4, '\0');
}

MessageWriter::~MessageWriter() {
    put_uint32(out_.data() + length_at_, static_cast<std::uint32_t>(out_.size() - length_at_));
}

MessageWriter& MessageWriter::byte(char value) {
    out_.push_back(value);
    return *this;
}

MessageWriter& MessageWriter::int16(std::uint16_t value) {
    out_.push_back(static_cast<char>(value >> 8));
    out_.push_back(static_cast<char>(value));
    return *this;
}

MessageWriter& MessageWriter::int32(std::uint32_t value) {
    out_.append(4, '\0');
    put_uint32(out_.data() + out_.size() - 4, value);
    return *this;
}

MessageWriter& MessageWriter::cstring(std::string_view text) {
    out_.append(text).push_back('\0');
    return *this;
}

MessageWriter& MessageWriter::bytes(std::string_view text) {
    out_.append(text);
    return *this;
}

std::string_view BodyReader::cstring() {
    const auto end = rest_.find('\0');
    if (end == std::string_view::npos) ok_ = false;
    if (!ok_) return {};
    const auto text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
}

std::string_view BodyReader::bytes(std::size_t count) {
    if (rest_.size() < count) ok_ = false;
    if (!ok_) return {};
    const auto text = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return text;
}

char BodyReader::byte() {
    const auto one = bytes(1);
    return ok_ ? one[0] : '\0';
}

std::uint16_t BodyReader::int16() {
    const auto two = bytes(2);
    return ok_ ? read_uint16(two.data()) : std::uint16_t{0};
}

std::uint32_t BodyReader::int32() {
    const auto four = bytes(4);
    return ok_ ? read_uint32(four.data()) : 0;
}

std::string_view error_field(std::string_view body, char field) {
    BodyReader in{body};
    while (in.ok()) {
        const char code = in.byte();
        if (code == '\0') break;
        const auto text = in.cstring();
        if (code == field) return text;
    }
    return {};
}

bool StreamWalker::take_header(std::string_view& bytes) {
    const auto count = std::min(kHeaderBytes - have_, bytes.size());
    std::copy_n(bytes.data(), count, header_.data() + have_);
    bytes.remove_prefix(count);
    have_ += count;
    if (have_ < kHeaderBytes) return false;
    const auto length = read_uint32(header_.data() + 1);
    valid_ = length >= 4 && length <= 0x7fffffffU;
    body_left_ = valid_ ? length - 4 : 0;
    kept_.clear();
    return valid_;
}

void StreamWalker::take_body(std::string_view& bytes) {
    const auto count = std::min(body_left_, bytes.size());
    const bool kept = header_[0] == 'E' || header_[0] == 'R';
    if (kept && kept_.size() < kKeptBytes) {
        kept_.append(bytes.substr(0, std::min(count, kKeptBytes - kept_.size())));
    }
    bytes.remove_prefix(count);
    body_left_ -= count;
}

}  // namespace bench
