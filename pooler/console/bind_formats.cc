#include "pooler/console/bind_formats.h"

#include <string>

#include "protocol/byte_reader.h"

namespace pooler {
namespace {

constexpr std::string_view kInvalidParameterValue = "22023";

std::uint16_t count(protocol::ByteReader& in) { return static_cast<std::uint16_t>(in.int16()); }

tl::unexpected<ConsoleError> error(std::string message,
                                   std::string_view sqlstate = kSqlstateProtocolViolation) {
    return tl::make_unexpected(ConsoleError{std::move(message), std::string(sqlstate)});
}

}  // namespace

ConsoleResult<std::vector<Format>> read_bind_formats(protocol::ByteView rest, std::size_t column_count) {
    protocol::ByteReader in(rest);
    const std::uint16_t parameter_formats = count(in);
    (void)in.bytes(std::size_t{parameter_formats} * 2);
    const std::uint16_t parameters = count(in);
    if (parameters != 0) {
        return error("bind message supplies " + std::to_string(parameters) +
                     " parameters, but a console command has none");
    }
    const std::uint16_t codes = count(in);
    std::vector<Format> formats;
    for (std::uint16_t i = 0; i < codes && !in.failed(); ++i) {
        const std::int16_t code = in.int16();
        if (code != 0 && code != 1) {
            return error("unsupported format code: " + std::to_string(code), kInvalidParameterValue);
        }
        formats.push_back(static_cast<Format>(code));
    }
    if (in.failed()) return error("invalid message format");
    if (codes > 1 && column_count != 0 && codes != column_count) {
        return error("bind message has " + std::to_string(codes) + " result formats but query has " +
                     std::to_string(column_count) + " columns");
    }
    return formats;
}

}  // namespace pooler
