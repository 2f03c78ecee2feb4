#include "tests/support/proxy_link.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace support {
namespace {

void no_delay(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool would_block() { return errno == EAGAIN || errno == EINTR; }

}  // namespace

Clock::time_point ProxyStream::want(const Fault& fault, pollfd& from, pollfd& to) const {
    constexpr auto kNever = Clock::time_point::max();
    if (!pending_.empty()) {
        to.events |= POLLOUT;
        return kNever;
    }
    if (ended_ || fault.stall) return kNever;
    if (Clock::now() < not_before_) return not_before_;
    from.events |= POLLIN;
    return kNever;
}

void ProxyStream::stop_after(std::uint64_t bytes, bool at_next_byte) {
    stop_at_ = forwarded_ + bytes;
    stop_at_next_ = at_next_byte || bytes == 0;
}

std::size_t ProxyStream::allowance(const Fault& fault) const {
    constexpr std::size_t kBlock = 65536;
    std::size_t bytes = fault.slice_bytes != 0 ? std::min(fault.slice_bytes, kBlock) : kBlock;
    for (const auto& limit : {fault.close_after_bytes, fault.reset_after_bytes}) {
        if (limit) bytes = std::min(bytes, static_cast<std::size_t>(*limit - std::min(*limit, forwarded_)));
    }
    if (stop_at_) bytes = std::min(bytes, static_cast<std::size_t>(*stop_at_ - forwarded_));
    return bytes;
}

ProxyStream::Step ProxyStream::send_pending(const Fault& fault, std::atomic<std::uint64_t>& total) {
    const auto sent = ::send(to_, pending_.data(), pending_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return would_block() ? Step::kOpen : Step::kClose;
    forwarded_ += static_cast<std::uint64_t>(sent);
    total += static_cast<std::uint64_t>(sent);
    if (record_) record_->append(pending_, 0, static_cast<std::size_t>(sent));
    pending_.erase(0, static_cast<std::size_t>(sent));
    return pending_.empty() ? at_limit(fault) : Step::kOpen;
}

ProxyStream::Step ProxyStream::at_limit(const Fault& fault) const {
    if (stopped()) return stop_at_next_ ? Step::kOpen : Step::kStruck;
    if (allowance(fault) != 0) return Step::kOpen;
    return fault.reset_after_bytes ? Step::kReset : Step::kClose;
}

ProxyStream::Step ProxyStream::end() {
    ended_ = true;
    ::shutdown(to_, SHUT_WR);
    return Step::kEnded;
}

ProxyStream::Step ProxyStream::look_behind_stop() {
    char byte = 0;
    const auto got = ::recv(from_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got == 0) return end();
    if (got > 0) return Step::kStruck;
    return would_block() ? Step::kOpen : Step::kReset;
}

ProxyStream::Step ProxyStream::pump(const Fault& fault, std::atomic<std::uint64_t>& total) {
    if (!pending_.empty()) return send_pending(fault, total);
    if (ended_ || fault.stall || Clock::now() < not_before_) return Step::kOpen;
    if (const auto step = at_limit(fault); step != Step::kOpen) return step;
    if (stopped()) return look_behind_stop();
    std::array<char, 65536> block;
    const auto got = ::recv(from_, block.data(), allowance(fault), MSG_DONTWAIT);
    if (got < 0) return would_block() ? Step::kOpen : Step::kReset;
    if (got == 0) return end();
    pending_.assign(block.data(), static_cast<std::size_t>(got));
    not_before_ = Clock::now() + fault.delay;
    return send_pending(fault, total);
}

ProxyLink::ProxyLink(int client, int target)
    : client_(client), target_(target), to_target_(client, target), from_target_(target, client) {
    no_delay(client_);
    no_delay(target_);
}

ProxyLink::~ProxyLink() {
    if (client_ >= 0) ::close(client_);
    ::close(target_);
}

void ProxyLink::reset_on_close() {
    const linger hard{1, 0};
    ::setsockopt(client_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    ::setsockopt(target_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

void ProxyLink::arm(const Strike& strike, bool shared) {
    disarm();
    strike_ = strike;
    shared_ = shared;
    auto& stream = strike.direction == Direction::kToTarget ? to_target_ : from_target_;
    stream.stop_after(strike.after_bytes, strike.at_next_byte);
}

void ProxyLink::disarm() {
    strike_.reset();
    to_target_.never_stop();
    from_target_.never_stop();
}

void ProxyLink::part() {
    if (strike_ && strike_->how == Strike::How::kReset) {
        const linger hard{1, 0};
        ::setsockopt(client_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    }
    ::close(std::exchange(client_, -1));
    ::shutdown(target_, SHUT_WR);
}

bool ProxyLink::target_gone() const {
    std::array<char, 65536> block;
    for (;;) {
        const auto got = ::recv(target_, block.data(), block.size(), MSG_DONTWAIT);
        if (got == 0 || (got < 0 && !would_block())) return true;
        if (got < 0) return false;
    }
}

}  // namespace support
