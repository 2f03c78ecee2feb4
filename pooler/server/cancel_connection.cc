#include "pooler/server/cancel_connection.h"

#include <array>

#include "protocol/startup.h"

namespace pooler {

bool CancelConnection::start(const Address& address) {
    return socket_.connect(io_->loop, address.get(), address.length) == 0;
}

void CancelConnection::on_connected(int error) {
    std::string packet;
    protocol::encode_cancel_request(packet, key_);
    if (error != 0 || !socket_.send(packet)) owner_->on_cancel_closed(*this);
}

void CancelConnection::on_readable() {
    std::array<char, 256> dropped{};
    if (socket_.read(dropped.data(), dropped.size()).status == Socket::ReadStatus::kClosed)
        owner_->on_cancel_closed(*this);
}

}  // namespace pooler
