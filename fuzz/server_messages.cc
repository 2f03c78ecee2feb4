// What a server answers to an SSLRequest, or a stream of messages from one, which is trusted no more than a
// client. What decodes must come back
// when it is encoded again: byte for byte, or in meaning where the pooler does not keep every field.
#include <algorithm>
#include <cstdint>

#include "fuzz/check.h"
#include "protocol/auth.h"
#include "protocol/error_notice.h"
#include "protocol/extended_query.h"
#include "protocol/frame.h"
#include "protocol/message_type.h"
#include "protocol/result.h"
#include "protocol/session_status.h"
#include "protocol/startup.h"

namespace {

using protocol::BackendType;
using protocol::ByteView;

void check_authentication(ByteView body) {
    const auto message = protocol::decode_authentication(body);
    if (!message) return;
    if (message->code == protocol::AuthCode::kMd5Password) {
        const auto salt = message->salt();
        fuzz::require(ByteView{salt.data(), salt.size()} == message->data, "the salt is the data");
    }
    if (message->code != protocol::AuthCode::kSasl) return;
    const auto mechanisms = protocol::decode_sasl_mechanisms(message->data);
    if (!mechanisms) return;
    std::string again;
    protocol::encode_authentication_sasl(again, *mechanisms);
    fuzz::require(ByteView{again}.substr(protocol::kHeaderBytes) == body, "mechanisms come back");
}

void check_error(ByteView body) {
    const auto fields = protocol::decode_error_fields(body);
    protocol::ErrorFieldReader in{body};
    std::size_t raw_bytes = 0;
    std::string_view code;
    while (in.next()) {
        raw_bytes += in.raw().size();
        if (in.kind() == 'C') code = in.value();
    }
    if (!fields) return;
    fuzz::require(raw_bytes + 1 == body.size(), "the reader sees every field");
    fuzz::require(code == fields->code, "both see the same code");
    static_cast<void>(fields->fatal());
}

void check_columns(ByteView body) {
    const auto columns = protocol::decode_row_description(body);
    if (!columns) return;
    std::string again;
    protocol::encode_row_description(again, *columns);
    const auto second =
        protocol::decode_row_description(ByteView{again}.substr(protocol::kHeaderBytes)).value();
    const auto equal = [](const protocol::Column& a, const protocol::Column& b) {
        return a.name == b.name && a.oid == b.oid && a.size == b.size;
    };
    fuzz::require(std::equal(columns->begin(), columns->end(), second.begin(), second.end(), equal),
                  "columns come back");
}

void check_negotiation(ByteView message, ByteView body) {
    const auto decoded = protocol::decode_negotiate_protocol_version(body);
    if (!decoded) return;
    std::string again;
    protocol::encode_negotiate_protocol_version(again, decoded->newest_version, decoded->unrecognised);
    fuzz::require(again == message, "a negotiation comes back");
}

/// Encodes what `body` decodes to; empty if it does not decode.
std::string round_trip(BackendType type, ByteView body) {
    std::string out;
    if (type == BackendType::kParameterStatus) {
        if (const auto m = protocol::decode_parameter_status(body)) {
            protocol::encode_parameter_status(out, m->name, m->value);
        }
    } else if (type == BackendType::kBackendKeyData) {
        if (const auto key = protocol::decode_backend_key_data(body))
            protocol::encode_backend_key_data(out, *key);
    } else if (type == BackendType::kReadyForQuery) {
        if (const auto m = protocol::decode_ready_for_query(body)) protocol::encode_ready_for_query(out, *m);
    } else if (type == BackendType::kDataRow) {
        if (const auto row = protocol::decode_data_row(body)) protocol::encode_data_row(out, *row);
    } else if (type == BackendType::kCommandComplete) {
        if (const auto m = protocol::decode_command_complete(body))
            protocol::encode_command_complete(out, *m);
    }
    return out;
}

void check(ByteView message) {
    const ByteView body = message.substr(protocol::kHeaderBytes);
    const auto type = static_cast<BackendType>(message[0]);
    if (type == BackendType::kAuthentication) return check_authentication(body);
    if (type == BackendType::kErrorResponse || type == BackendType::kNoticeResponse) return check_error(body);
    if (type == BackendType::kRowDescription) return check_columns(body);
    if (type == BackendType::kNegotiateProtocolVersion) return check_negotiation(message, body);
    if (type == BackendType::kNotificationResponse) {
        static_cast<void>(protocol::decode_notification(body).has_value());
    } else if (type == BackendType::kParameterDescription) {
        const auto types = protocol::decode_parameter_description(body);
        fuzz::require(!types || *types == body, "a parameter description is its types");
    }
    const std::string again = round_trip(type, body);
    fuzz::require(again.empty() || again == message, "a message comes back byte for byte");
}

/// Nothing but the one byte alone is a yes or a no, and what is beyond the second byte changes nothing.
void check_ssl_answer(ByteView received) {
    using protocol::SslAnswer;
    const SslAnswer answer = protocol::decode_ssl_answer(received);
    fuzz::require((answer == SslAnswer::kTls) == (received == "S"), "only an S alone begins TLS");
    fuzz::require((answer == SslAnswer::kNoTls) == (received == "N"), "only an N alone goes on in clear");
    fuzz::require((answer == SslAnswer::kError) == (received.front() == 'E'), "an E begins an error");
    fuzz::require(answer == protocol::decode_ssl_answer(received.substr(0, 2)), "two bytes decide");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ByteView input{reinterpret_cast<const char*>(data), size};
    if (!input.empty()) check_ssl_answer(input);
    while (input.size() >= protocol::kHeaderBytes) {
        const auto header = protocol::read_header(input);
        if (!header.valid() || header.total_bytes() > input.size()) break;
        check(input.substr(0, header.total_bytes()));
        input.remove_prefix(header.total_bytes());
    }
    return 0;
}
