#include "pooler/server/tls_request.h"

#include <array>

#include "pooler/net/io_context.h"
#include "protocol/startup.h"

namespace pooler {

using Step = TlsRequest::Step;

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
    return on_answer(protocol::decode_ssl_answer({answer.data(), result.bytes}));
}

Step TlsRequest::on_answer(protocol::SslAnswer answer) {
    using protocol::SslAnswer;
    switch (answer) {
        case SslAnswer::kTls: return begin_handshake();
        case SslAnswer::kNoTls: return plan_.required ? fail("server refused SSL") : Step::kPlain;
        case SslAnswer::kError: return fail("server answered the SSL request with an error");
        case SslAnswer::kGlued: return fail("received unencrypted data after SSL response");
        case SslAnswer::kInvalid: break;
    }
    return fail("invalid response to the SSL request");
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
