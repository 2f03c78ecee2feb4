#include "tests/unit/protocol/samples.h"

#include "protocol/auth.h"
#include "protocol/copy.h"
#include "protocol/error_notice.h"
#include "protocol/extended_query.h"
#include "protocol/result.h"
#include "protocol/session_status.h"
#include "protocol/simple_query.h"
#include "protocol/startup.h"

namespace samples {
namespace {

using Value = std::optional<std::string_view>;

template <class Decoder>
auto wrap(Decoder decoder) {
    return [decoder](std::string_view bytes) -> std::optional<protocol::DecodeError> {
        const auto decoded = decoder(bytes);
        return decoded ? std::nullopt : std::optional{decoded.error()};
    };
}

template <class Encoder, class Decoder>
void add(std::vector<Sample>& list, const char* name, Encoder encode, Decoder decoder,
         std::size_t header = 5) {
    Sample sample{name, {}, wrap(decoder), header};
    encode(sample.message);
    list.push_back(std::move(sample));
}

void add_startup(std::vector<Sample>& list) {
    using std::string;
    add(
        list, "StartupMessage",
        [](string& out) {
            const protocol::ParameterView parameters[] = {
                {"user", "app"}, {"database", "shop"}, {"options", ""}};
            protocol::encode_startup(out, protocol::kProtocol30, parameters);
        },
        protocol::decode_startup_packet, 0);
    add(list, "SSLRequest", protocol::encode_ssl_request, protocol::decode_startup_packet, 0);
    add(list, "GSSENCRequest", protocol::encode_gssenc_request, protocol::decode_startup_packet, 0);
    add(
        list, "NegotiateProtocolVersion",
        [](string& out) {
            const std::string_view names[] = {"_pq_.a", "_pq_.b"};
            protocol::encode_negotiate_protocol_version(out, protocol::kProtocol30, names);
        },
        protocol::decode_negotiate_protocol_version);
}

void add_auth(std::vector<Sample>& list) {
    using std::string;
    add(list, "AuthenticationOk", protocol::encode_authentication_ok, protocol::decode_authentication);
    add(list, "AuthenticationCleartextPassword", protocol::encode_authentication_cleartext,
        protocol::decode_authentication);
    add(
        list, "AuthenticationMD5Password",
        [](string& out) {
            protocol::encode_authentication_md5(out, {'\1', '\0', '\xFF', '\4'});
        },
        protocol::decode_authentication);
    add(
        list, "SASL mechanisms",
        [](string& out) {
            const std::string_view names[] = {protocol::kScramSha256Plus, protocol::kScramSha256};
            protocol::encode_authentication_sasl(out, names);
        },
        protocol::decode_sasl_mechanisms, 9);
    add(
        list, "PasswordMessage", [](string& out) { protocol::encode_password(out, "secret"); },
        protocol::decode_password);
    add(
        list, "SASLInitialResponse",
        [](string& out) { protocol::encode_sasl_initial(out, protocol::kScramSha256, "n,,n=,r=abc"); },
        protocol::decode_sasl_initial);
}

void add_queries(std::vector<Sample>& list) {
    using std::string;
    add(
        list, "Query", [](string& out) { protocol::encode_query(out, "SELECT 1"); }, protocol::decode_query);
    add(
        list, "Parse",
        [](string& out) {
            protocol::encode_parse(out, "s1", "SELECT $1", std::string_view{"\0\2\0\0\0\x17\0\0\0\x19", 10});
        },
        protocol::decode_parse);
    add(
        list, "Bind",
        [](string& out) {
            const Value values[] = {"1", std::nullopt, "", "four"};
            protocol::encode_bind(out, "p", "s1", values);
        },
        protocol::decode_bind);
    add(
        list, "Describe", [](string& out) { protocol::encode_describe(out, 'S', "s1"); },
        protocol::decode_describe);
    add(
        list, "Close", [](string& out) { protocol::encode_close(out, 'P', "p"); }, protocol::decode_close);
    add(
        list, "Execute", [](string& out) { protocol::encode_execute(out, "p", 10); },
        protocol::decode_execute);
    add(
        list, "CopyFail", [](string& out) { protocol::encode_copy_fail(out, "why"); },
        protocol::decode_copy_fail);
}

void add_replies(std::vector<Sample>& list) {
    using std::string;
    add(
        list, "ParameterDescription",
        [](string& out) {
            const std::uint32_t oids[] = {23, 4294967295U};
            protocol::encode_parameter_description(out, oids);
        },
        protocol::decode_parameter_description);
    add(
        list, "RowDescription",
        [](string& out) {
            const protocol::Column columns[] = {{"id", 20, 8}, {"name", 25, -1}};
            protocol::encode_row_description(out, columns);
        },
        protocol::decode_row_description);
    add(
        list, "DataRow",
        [](string& out) {
            const Value values[] = {"1", std::nullopt, ""};
            protocol::encode_data_row(out, values);
        },
        protocol::decode_data_row);
    add(
        list, "CommandComplete", [](string& out) { protocol::encode_command_complete(out, "INSERT 0 1"); },
        protocol::decode_command_complete);
}

void add_status(std::vector<Sample>& list) {
    using std::string;
    add(
        list, "ParameterStatus",
        [](string& out) { protocol::encode_parameter_status(out, "TimeZone", "UTC"); },
        protocol::decode_parameter_status);
    add(
        list, "BackendKeyData", [](string& out) { protocol::encode_backend_key_data(out, "12345678"); },
        protocol::decode_backend_key_data);
    add(
        list, "ReadyForQuery",
        [](string& out) {
            protocol::encode_ready_for_query(out, protocol::TransactionStatus::kInTransaction);
        },
        protocol::decode_ready_for_query);
    add(
        list, "NotificationResponse", [](string& out) { out.append("A\0\0\0\x13\0\0\1\2jobs\0hello\0", 20); },
        protocol::decode_notification);
    add(
        list, "ErrorResponse",
        [](string& out) { protocol::encode_error(out, "ERROR", "40001", "restart transaction", "more"); },
        protocol::decode_error_fields);
}

}  // namespace

std::vector<Sample> all() {
    std::vector<Sample> list;
    add_startup(list);
    add_auth(list);
    add_queries(list);
    add_replies(list);
    add_status(list);
    return list;
}

}  // namespace samples
