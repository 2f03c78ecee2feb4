// A socket with TLS. The rules: OpenSSL reads ahead, so that a record costs one system call; what is inside
// the TLS object raises no event, so a read that left bytes there is followed by another in the next loop
// turn, and after back-pressure a read is tried before the poll is trusted; a read that waits for writability
// switches what is watched; small messages leave in one record.
#include "pooler/net/socket_tls.h"

#include <algorithm>

#include "pooler/net/socket.h"

namespace pooler {

using tls::Status;

namespace {

constexpr std::uint64_t kNanosecondsInMicrosecond = 1000;

/// Servers fill records of this size when they have more to say.
constexpr std::size_t kFullRecordBytes = 8192;

std::string message_of(const tls::Connection& connection) {
    return connection.error().empty() ? "TLS handshake failed" : connection.error();
}

}  // namespace

void Socket::secure(IoContext& io, std::unique_ptr<tls::Connection> connection, bool connecting) {
    tls_ = std::make_unique<SocketTls>(*this, io, std::move(connection));
    tls_->handshakes = connecting ? &io.tls.servers : &io.tls.clients;
    tls_->handshake_began = uv_hrtime();
    tls_->handshake_events = connecting ? UV_WRITABLE : UV_READABLE;
    tls_->urgent = connecting;
    update_watch();
}

const tls::Connection* Socket::secured() const {
    return tls_ && tls_->handshake_events == 0 ? tls_->connection.get() : nullptr;
}

void Socket::rebind_tls(IoContext& io) {
    if (!tls_) return;
    tls_->ready.unlink();
    tls_->io = &io;
}

bool Socket::pending() const { return tls_ && tls_->more; }

Socket::ReadResult Socket::read_tls(char* into, std::size_t size) {
    std::size_t got = 0;
    Status last = Status::kDone;
    bool likely = true;  // that there is more; what is still in the kernel raises an event
    while (got < size && last == Status::kDone && likely) {
        const auto progress = tls_->connection->read(into + got, size - got);
        last = progress.status;
        got += progress.bytes;
        likely = progress.bytes >= kFullRecordBytes || tls_->connection->has_pending();
    }
    // Nothing, or the caller's memory is full. What is left inside, if anything, may be a record without
    // bytes for us.
    char next = 0;
    if (last == Status::kDone)
        last = tls_->connection->has_pending() ? tls_->connection->peek(next) : Status::kWantRead;
    tls_->more = last == Status::kDone;
    if (last == Status::kWantWrite) {
        tls_->read_wants_write = true;
        update_watch();
    }
    // What came before the end is delivered first; the end shows again at the next read.
    const bool ended = last == Status::kClosed || last == Status::kError;
    if (ended && got > 0) tls_->more = true;
    if (tls_->more && reading_) read_soon();
    if (got > 0) return {ReadStatus::kData, got, 0};
    if (!ended) return {ReadStatus::kBlocked, 0, 0};
    return {ReadStatus::kClosed, 0, last == Status::kClosed ? 0 : EPROTO};
}

Socket::Peeked Socket::peek_tls() const {
    char first = 0;
    const Status status = tls_->connection->peek(first);
    if (status == Status::kDone) tls_->more = true;  // they are inside now, and raise no event any more
    if (status == Status::kDone && reading_) read_soon();
    if (status == Status::kDone) return {ReadStatus::kData, first};
    const bool gone = status == Status::kClosed || status == Status::kError;
    return {gone ? ReadStatus::kClosed : ReadStatus::kBlocked};
}

std::optional<std::size_t> Socket::write_tls(const char* bytes, std::size_t size) {
    std::size_t taken = 0;
    while (taken < size) {
        const auto progress = tls_->connection->write(bytes + taken, size - taken);
        if (progress.status == Status::kDone) {
            taken += progress.bytes;
            continue;
        }
        tls_->write_wants_read = progress.status == Status::kWantRead;
        if (progress.status == Status::kWantRead || progress.status == Status::kWantWrite) break;
        return std::nullopt;
    }
    return taken;
}

bool Socket::send_tls(std::string_view bytes) {
    std::size_t taken = 0;
    if (backlog_bytes() == 0) {
        const auto written = write_tls(bytes.data(), bytes.size());
        if (!written) return false;
        taken = *written;
    }
    if (taken < bytes.size()) {
        keep(bytes.data() + taken, bytes.size() - taken);
        update_watch();
    }
    return true;
}

/// Whole records go out of the pieces where they lie; what is smaller is gathered, so that it does not become
/// a record each.
bool Socket::send_tls(OutBatch& batch) {
    const std::size_t record = tls_->connection->record_bytes();
    std::string& gathered = tls_->io->record;
    gathered.clear();
    const auto pieces = batch.vectors();
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        std::string_view piece{static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len};
        const bool last = i + 1 == pieces.size();
        if (!gathered.empty()) {
            const std::size_t part = std::min(record - gathered.size(), piece.size());
            gathered.append(piece.substr(0, part));
            piece.remove_prefix(part);
            if (gathered.size() < record && !last) continue;
            if (!send_tls(std::string_view{gathered})) return false;
            gathered.clear();
        }
        const std::size_t now = last ? piece.size() : piece.size() - piece.size() % record;
        if (now > 0 && !send_tls(piece.substr(0, now))) return false;
        gathered.append(piece.substr(now));
    }
    return true;
}

bool Socket::send_backlog_tls() {
    if (backlog_bytes() == 0) return true;
    const auto written = write_tls(backlog_->bytes.data() + backlog_->sent, backlog_bytes());
    if (!written) return false;
    backlog_->sent += *written;
    if (backlog_bytes() == 0) backlog_.reset();
    return true;
}

int Socket::tls_events(int events) const {
    if (tls_->handshake_events != 0) return tls_->ready.linked() ? 0 : tls_->handshake_events;
    if (tls_->read_wants_write) events = (events & ~UV_READABLE) | UV_WRITABLE;
    if (tls_->write_wants_read && backlog_bytes() > 0) events = (events & ~UV_WRITABLE) | UV_READABLE;
    return events;
}

void Socket::on_tls_poll(int status, int events) {
    if (tls_->handshake_events != 0) {
        if (tls_->io->tls.handshake_now(tls_->io->loop, tls_->ready, tls_->urgent))
            return continue_handshake();
        return update_watch();
    }
    if (status < 0) drop_backlog();
    const bool may_write = (events & (tls_->write_wants_read ? UV_READABLE : UV_WRITABLE)) != 0;
    // Of a broken descriptor only a read tells the owner.
    const bool may_read = status < 0 || (events & (tls_->read_wants_write ? UV_WRITABLE : UV_READABLE)) != 0;
    if (may_write && drain_owed_) {
        tls_->write_wants_read = false;
        if (!send_backlog()) drop_backlog();
        update_watch();
        tell_drained();
        if (descriptor_ < 0) return;
    }
    if (may_read && (reading_ || status < 0)) {
        tls_->read_wants_write = false;
        owner_->on_readable();
    }
    if (descriptor_ >= 0) update_watch();
}

/// One step; the first of a client's costs a millisecond.
void Socket::continue_handshake() {
    const std::uint64_t begin = uv_hrtime();
    const Status status = tls_->connection->handshake();
    tls_->io->tls.count_handshake(uv_hrtime() - begin);
    tls_->urgent = true;
    switch (status) {
        case Status::kWantRead:
        case Status::kWantWrite:
            tls_->handshake_events = status == Status::kWantRead ? UV_READABLE : UV_WRITABLE;
            return update_watch();
        case Status::kDone:
            tls_->handshake_events = 0;
            tls_->handshakes->done += (uv_hrtime() - tls_->handshake_began) / kNanosecondsInMicrosecond;
            reading_ = true;
            update_watch();
            tls_->more = tls_->connection->has_pending();  // came along with the last of it
            read_soon();
            return owner_->on_secured({});
        case Status::kClosed:
        case Status::kError: break;
    }
    ++tls_->handshakes->failed;
    owner_->on_secured(message_of(*tls_->connection));
}

/// Its turn in the list of those with bytes inside.
void Socket::on_pending() {
    if (descriptor_ >= 0 && tls_ && tls_->more && reading_) owner_->on_readable();
}

void Socket::read_soon() const {
    if (tls_->more) tls_->io->tls.add(tls_->io->loop, tls_->ready);
}

void Socket::close_tls() {
    if (backlog_bytes() == 0) tls_->connection->shutdown();
    tls_.reset();
}

}  // namespace pooler
