#include "protocol/decode_error.h"

namespace protocol {

std::string_view name_of(DecodeFault fault) {
    switch (fault) {
        case DecodeFault::kShort: return "message too short";
        case DecodeFault::kNoTerminator: return "string without terminator";
        case DecodeFault::kTrailingBytes: return "bytes after the last field";
        case DecodeFault::kBadLength: return "impossible length";
        case DecodeFault::kBadValue: return "value out of range";
        case DecodeFault::kProtocolTwo: return "protocol version 2";
        case DecodeFault::kUnsupportedVersion: return "unsupported protocol version";
    }
    return "unknown fault";
}

}  // namespace protocol
