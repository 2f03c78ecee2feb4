#include "pooler/session/batch_ahead.h"

#include "protocol/extended_query.h"
#include "protocol/frame.h"

namespace pooler {

using protocol::FrontendType;

std::optional<std::string_view> take_body(std::string_view& bytes, FrontendType type) {
    if (bytes.size() < protocol::kHeaderBytes || bytes.front() != static_cast<char>(type))
        return std::nullopt;
    const auto header = protocol::read_header(bytes);
    if (!header.valid() || bytes.size() < header.total_bytes()) return std::nullopt;
    const std::string_view body = bytes.substr(protocol::kHeaderBytes, header.body_bytes());
    bytes.remove_prefix(header.total_bytes());
    return body;
}

std::optional<ExecutedNext> executed_next(std::string_view ahead, std::string_view portal) {
    ExecutedNext next;
    if (const auto body = take_body(ahead, FrontendType::kDescribe)) {
        const auto describe = protocol::decode_describe(*body);
        if (!describe || describe->kind != protocol::kPortalKind || describe->name != portal)
            return std::nullopt;
        next.described = true;
    }
    const auto body = take_body(ahead, FrontendType::kExecute);
    if (!body) return std::nullopt;
    const auto execute = protocol::decode_execute(*body);
    if (!execute || execute->portal != portal || !take_body(ahead, FrontendType::kSync)) return std::nullopt;
    return next;
}

}  // namespace pooler
