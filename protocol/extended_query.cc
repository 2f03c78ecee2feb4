#include "protocol/extended_query.h"

#include <cstring>

#include "protocol/byte_reader.h"
#include "protocol/byte_writer.h"

namespace protocol {
namespace {

/// Three counts of two bytes: parameter formats, parameters, result formats.
constexpr std::size_t kMinBindRest = 6;
constexpr std::int32_t kNull = -1;

std::size_t read_count(ByteReader& in) { return static_cast<std::uint16_t>(in.int16()); }

/// int16 count and that many items of a fixed size, returned with the count.
ByteView read_counted(ByteReader& in, ByteView body, std::size_t item_bytes) {
    const std::size_t start = in.offset();
    static_cast<void>(in.bytes(read_count(in) * item_bytes));
    return in.failed() ? ByteView{} : body.substr(start, in.offset() - start);
}

ByteView read_value(ByteReader& in, bool& null) {
    const std::int32_t length = in.int32();
    null = length == kNull;
    if (length < kNull) in.fail(DecodeFault::kBadLength);
    return length > 0 ? in.bytes(static_cast<std::size_t>(length)) : ByteView{};
}

void skip_bind_lists(ByteReader& in) {
    static_cast<void>(in.bytes(read_count(in) * 2));
    const std::size_t parameters = read_count(in);
    bool null = false;
    for (std::size_t i = 0; i < parameters && !in.failed(); ++i) static_cast<void>(read_value(in, null));
    static_cast<void>(in.bytes(read_count(in) * 2));
}

template <class Message>
Result<Message> decode_kind_and_name(ByteView body) {
    ByteReader in{body};
    Message message;
    message.kind = in.int8();
    if (message.kind != kStatementKind && message.kind != kPortalKind) in.fail(DecodeFault::kBadValue);
    message.name = in.cstring();
    return in.finish(message);
}

/// The end of the string that starts at `from`, or npos if its terminator is not there.
std::size_t terminator(ByteView bytes, std::size_t from) {
    return from > bytes.size() ? ByteView::npos : bytes.find('\0', from);
}

}  // namespace

Result<Parse> decode_parse(ByteView body) {
    ByteReader in{body};
    Parse message;
    message.name = in.cstring();
    message.query = in.cstring();
    message.types = read_counted(in, body, 4);
    return in.finish(message);
}

void encode_parse(std::string& out, std::string_view name, std::string_view query, ByteView types_raw) {
    MessageWriter{out, FrontendType::kParse}.cstring(name).cstring(query).bytes(types_raw);
}

Result<std::optional<BindNames>> peek_bind_names(ByteView body_prefix, std::size_t body_bytes) {
    using Peeked = std::optional<BindNames>;
    const ByteView body = body_prefix.substr(0, body_bytes);
    const std::size_t portal_end = terminator(body, 0);
    const std::size_t statement_end =
        portal_end == ByteView::npos ? ByteView::npos : terminator(body, portal_end + 1);
    if (statement_end == ByteView::npos) {
        if (body.size() < body_bytes) return Peeked{};
        return tl::make_unexpected(
            DecodeError{DecodeFault::kNoTerminator, static_cast<std::uint32_t>(body.size())});
    }
    const std::size_t bytes = statement_end + 1;
    if (body_bytes - bytes < kMinBindRest) {
        return tl::make_unexpected(DecodeError{DecodeFault::kShort, static_cast<std::uint32_t>(bytes)});
    }
    return Peeked{BindNames{body.substr(0, portal_end),
                            body.substr(portal_end + 1, statement_end - portal_end - 1), bytes}};
}

Result<Bind> decode_bind(ByteView body) {
    ByteReader in{body};
    Bind message;
    message.portal = in.cstring();
    message.statement = in.cstring();
    message.rest = body.substr(in.offset());
    skip_bind_lists(in);
    return in.finish(message);
}

std::vector<std::optional<std::string_view>> bind_parameters(const Bind& bind) {
    ByteReader in{bind.rest};
    static_cast<void>(in.bytes(read_count(in) * 2));
    const std::size_t count = read_count(in);
    std::vector<std::optional<std::string_view>> parameters;
    for (std::size_t i = 0; i < count && !in.failed(); ++i) {
        bool null = false;
        const ByteView value = read_value(in, null);
        parameters.push_back(null ? std::nullopt : std::optional<std::string_view>{value});
    }
    return parameters;
}

void encode_bind_header(std::string& out, std::size_t rest_bytes, std::string_view portal,
                        std::string_view statement) {
    const std::size_t length = 4 + portal.size() + 1 + statement.size() + 1 + rest_bytes;
    out.push_back(static_cast<char>(FrontendType::kBind));
    append_int32(out, static_cast<std::uint32_t>(length));
    out.append(portal).push_back('\0');
    out.append(statement).push_back('\0');
}

void encode_bind(std::string& out, std::string_view portal, std::string_view statement,
                 std::span<const std::optional<std::string_view>> parameters) {
    MessageWriter message{out, FrontendType::kBind};
    message.cstring(portal).cstring(statement).int16(0);
    message.int16(static_cast<std::int16_t>(parameters.size()));
    for (const auto& parameter : parameters) {
        if (!parameter) {
            message.int32(kNull);
            continue;
        }
        message.uint32(static_cast<std::uint32_t>(parameter->size())).bytes(*parameter);
    }
    message.int16(0);
}

Result<Describe> decode_describe(ByteView body) { return decode_kind_and_name<Describe>(body); }

Result<Close> decode_close(ByteView body) { return decode_kind_and_name<Close>(body); }

void encode_describe(std::string& out, char kind, std::string_view name) {
    MessageWriter{out, FrontendType::kDescribe}.int8(kind).cstring(name);
}

void encode_close(std::string& out, char kind, std::string_view name) {
    MessageWriter{out, FrontendType::kClose}.int8(kind).cstring(name);
}

Result<Execute> decode_execute(ByteView body) {
    ByteReader in{body};
    Execute message;
    message.portal = in.cstring();
    message.max_rows = in.int32();
    return in.finish(message);
}

void encode_execute(std::string& out, std::string_view portal, std::int32_t max_rows) {
    MessageWriter{out, FrontendType::kExecute}.cstring(portal).int32(max_rows);
}

void encode_sync(std::string& out) { MessageWriter{out, FrontendType::kSync}; }

void encode_flush(std::string& out) { MessageWriter{out, FrontendType::kFlush}; }

void encode_terminate(std::string& out) { MessageWriter{out, FrontendType::kTerminate}; }

void encode_parse_complete(std::string& out) { MessageWriter{out, BackendType::kParseComplete}; }

void encode_bind_complete(std::string& out) { MessageWriter{out, BackendType::kBindComplete}; }

void encode_close_complete(std::string& out) { MessageWriter{out, BackendType::kCloseComplete}; }

void encode_no_data(std::string& out) { MessageWriter{out, BackendType::kNoData}; }

void encode_portal_suspended(std::string& out) { MessageWriter{out, BackendType::kPortalSuspended}; }

void encode_parameter_description(std::string& out, std::span<const std::uint32_t> oids) {
    MessageWriter message{out, BackendType::kParameterDescription};
    message.int16(static_cast<std::int16_t>(oids.size()));
    for (const std::uint32_t oid : oids) message.uint32(oid);
}

Result<ByteView> decode_parameter_description(ByteView body) {
    ByteReader in{body};
    const ByteView types = read_counted(in, body, 4);
    return in.finish(types);
}

}  // namespace protocol
