#include "pooler/server/cancel_connection.h"

#include <array>

#include "protocol/startup.h"

namespace pooler {

bool CancelConnection::start(const Address& address, TlsPlan tls) {
    tls_request_.emplace(*io_, socket_, std::move(tls));
    return socket_.connect(io_->loop, address.get(), address.length) == 0;
}

void CancelConnection::on_connected(int error) {
    if (error != 0) return owner_->on_cancel_closed(*this);
    owner_->on_cancel_connected(*this);
    on_tls_step(tls_request_->start());
}

void CancelConnection::on_tls_step(TlsRequest::Step step) {
    switch (step) {
        case TlsRequest::Step::kWait: return;
        case TlsRequest::Step::kPlain: return send_key();
        case TlsRequest::Step::kFailed: break;
    }
    owner_->on_cancel_closed(*this);
}

void CancelConnection::on_secured(std::string_view error) {
    if (error.empty()) return send_key();
    owner_->on_cancel_closed(*this);
}

void CancelConnection::send_key() {
    tls_request_.reset();
    std::string packet;
    protocol::encode_cancel_request(packet, key_);
    if (!socket_.send(packet)) owner_->on_cancel_closed(*this);
}

void CancelConnection::on_readable() {
    if (tls_request_) return on_tls_step(tls_request_->on_readable());
    std::array<char, 256> dropped{};
    if (socket_.read(dropped.data(), dropped.size()).status == Socket::ReadStatus::kClosed)
        owner_->on_cancel_closed(*this);
}

}  // namespace pooler
