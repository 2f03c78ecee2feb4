#include "pooler/server/tls_request.h"

#include <array>

#include "pooler/net/io_context.h"
#include "protocol/startup.h"

namespace pooler {

using Step = TlsRequest::Step;

TlsAnswer judge_tls_answer(protocol::ByteView received, bool required) {
    using protocol::SslAnswer;
    using Next = TlsAnswer::Next;
    switch (protocol::decode_ssl_answer(received)) {
        case SslAnswer::kTls: return {Next::kHandshake, {}};
        case SslAnswer::kNoTls:
            if (!required) return {Next::kPlain, {}};
            return {Next::kFailed, "server refused SSL"};
        case SslAnswer::kError: return {Next::kFailed, "server answered the SSL request with an error"};
        case SslAnswer::kGlued: return {Next::kFailed, "received unencrypted data after SSL response"};
        case SslAnswer::kInvalid: break;
    }
    return {Next::kFailed, "invalid response to the SSL request"};
}

Step TlsRequest::start() {
    if (!plan_.context) return Step::kPlain;
    if (plan_.name.direct) return begin_handshake();
    std::string packet;
    protocol::encode_ssl_request(packet);
    static_cast<void>(socket_->send(packet));  // a failure shows as a read error
    return Step::kWait;
}

Step TlsRequest::on_readable() {
    std::array<char, 2> answer{};
    const auto result = socket_->read(answer.data(), answer.size());
    switch (result.status) {
        case Socket::ReadStatus::kBlocked: return Step::kWait;
        case Socket::ReadStatus::kClosed: return fail("server closed the connection during the SSL request");
        case Socket::ReadStatus::kData: break;
    }
    const TlsAnswer judged = judge_tls_answer({answer.data(), result.bytes}, plan_.required);
    switch (judged.next) {
        case TlsAnswer::Next::kHandshake: return begin_handshake();
        case TlsAnswer::Next::kPlain: return Step::kPlain;
        case TlsAnswer::Next::kFailed: break;
    }
    return fail(std::string{judged.fault});
}

Step TlsRequest::begin_handshake() {
    auto connection = tls::Connection::connect(plan_.context, socket_->descriptor(), plan_.name);
    if (!connection) return fail("TLS: " + connection.error().text);
    socket_->secure(*io_, *std::move(connection), true);
    return Step::kWait;
}

Step TlsRequest::fail(std::string text) {
    error_ = std::move(text);
    return Step::kFailed;
}

}  // namespace pooler
