// A stream of messages from a client: every one is cut by its header and given to its decoder. What decodes
// must come back byte for byte when it is encoded again.
#include <cstdint>

#include "fuzz/check.h"
#include "protocol/auth.h"
#include "protocol/copy.h"
#include "protocol/extended_query.h"
#include "protocol/frame.h"
#include "protocol/message_type.h"
#include "protocol/simple_query.h"

namespace {

using protocol::ByteView;
using protocol::FrontendType;

void same(const std::string& again, ByteView message) {
    fuzz::require(again == message, "a message comes back byte for byte");
}

/// Every prefix tells the same as the whole: nothing yet, or these names.
void check_bind(ByteView message, ByteView body) {
    const auto bind = protocol::decode_bind(body);
    const auto whole = protocol::peek_bind_names(body, body.size());
    if (bind) {
        fuzz::require(whole && whole->has_value(), "what decodes can be peeked at");
        fuzz::require((*whole)->portal == bind->portal && (*whole)->statement == bind->statement,
                      "the same names");
        std::string again;
        protocol::encode_bind_header(again, bind->rest.size(), bind->portal, bind->statement);
        same(again.append(bind->rest), message);
        static_cast<void>(protocol::bind_parameters(*bind));
    }
    if (!whole) return;
    fuzz::require(whole->has_value(), "a whole body never asks for more");
    for (std::size_t n = 0; n < body.size() && n < 64; ++n) {
        const auto part = protocol::peek_bind_names(body.substr(0, n), body.size());
        fuzz::require(part.has_value(), "a prefix of a good body is no fault");
        fuzz::require(part->has_value() == (n >= (*whole)->bytes), "names are read once they are there");
    }
}

void check_parse(ByteView message, ByteView body) {
    const auto parse = protocol::decode_parse(body);
    if (!parse) return;
    std::string again;
    protocol::encode_parse(again, parse->name, parse->query, parse->types);
    same(again, message);
}

/// One tag for three messages: what it is depends on the dialogue, so all are tried.
void check_password(ByteView message, ByteView body) {
    std::string again;
    if (const auto text = protocol::decode_password(body)) {
        protocol::encode_password(again, *text);
        same(again, message);
    }
    if (const auto initial = protocol::decode_sasl_initial(body)) {
        again.clear();
        protocol::encode_sasl_initial(again, initial->mechanism, initial->data);
        fuzz::require(protocol::decode_sasl_initial(ByteView{again}.substr(5)).value().data == initial->data,
                      "SASL data comes back");
    }
}

void check_rest(FrontendType type, ByteView message, ByteView body) {
    std::string again;
    if (type == FrontendType::kQuery) {
        if (const auto text = protocol::decode_query(body)) protocol::encode_query(again, *text);
    } else if (type == FrontendType::kDescribe) {
        if (const auto m = protocol::decode_describe(body))
            protocol::encode_describe(again, m->kind, m->name);
    } else if (type == FrontendType::kClose) {
        if (const auto m = protocol::decode_close(body)) protocol::encode_close(again, m->kind, m->name);
    } else if (type == FrontendType::kExecute) {
        if (const auto m = protocol::decode_execute(body))
            protocol::encode_execute(again, m->portal, m->max_rows);
    } else if (type == FrontendType::kCopyFail) {
        if (const auto reason = protocol::decode_copy_fail(body)) protocol::encode_copy_fail(again, *reason);
    }
    if (!again.empty()) same(again, message);
}

void check(ByteView message) {
    const ByteView body = message.substr(protocol::kHeaderBytes);
    const auto type = static_cast<FrontendType>(message[0]);
    if (type == FrontendType::kBind) return check_bind(message, body);
    if (type == FrontendType::kParse) return check_parse(message, body);
    if (type == FrontendType::kPassword) return check_password(message, body);
    check_rest(type, message, body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ByteView input{reinterpret_cast<const char*>(data), size};
    while (input.size() >= protocol::kHeaderBytes) {
        const auto header = protocol::read_header(input);
        if (!header.valid() || header.total_bytes() > input.size()) break;
        check(input.substr(0, header.total_bytes()));
        input.remove_prefix(header.total_bytes());
    }
    return 0;
}
