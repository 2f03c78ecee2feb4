// Source of the format: RFC 1035, "Messages".
#include "dns_responder.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <utility>

#include "pooler/net/address.h"
#include "tests/support/catch.h"

namespace {

constexpr std::size_t kHeader = 12;
constexpr int kTypeA = 1;

/// Name and type of the first question, and where it ends.
struct Question {
    std::string name;
    int type = 0;
    std::size_t end = 0;
};

Question parse(const std::string& message) {
    Question question;
    std::size_t at = kHeader;
    while (at < message.size() && message[at] != 0) {
        const auto size = static_cast<unsigned char>(message[at]);
        if (!question.name.empty()) question.name += '.';
        question.name += message.substr(at + 1, size);
        at += size + 1U;
    }
    if (at + 5 > message.size()) return {};
    question.type = static_cast<unsigned char>(message[at + 2]);
    question.end = at + 5;
    return question;
}

std::string reply(const std::string& message, const Question& question, int code,
                  const std::vector<std::string>& addresses) {
    std::string out = message.substr(0, question.end);
    out[2] = static_cast<char>(0x81);  // a response, recursion desired
    out[3] = static_cast<char>(0x80 | code);
    const std::array<char, 6> counts{0, static_cast<char>(addresses.size()), 0, 0, 0, 0};
    out.replace(6, counts.size(), counts.data(), counts.size());
    for (const std::string& text : addresses) {
        in_addr raw{};
        ::inet_pton(AF_INET, text.c_str(), &raw);
        out +=
            std::string("\xc0\x0c\0\x01\0\x01\0\0\0\0\0\x04", 12);  // the name again, A, IN, ttl 0, 4 bytes
        out += std::string(reinterpret_cast<const char*>(&raw), sizeof raw);
    }
    return out;
}

}  // namespace

DnsResponder::DnsResponder() : socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
    const auto any = *pooler::parse_numeric("127.0.0.1", 0);
    REQUIRE(::bind(socket_, any.get(), any.length) == 0);
    address_ = pooler::local_address(socket_)->to_text();
    thread_ = std::thread{[this] { run(); }};
}

DnsResponder::~DnsResponder() {
    stop_ = true;
    thread_.join();
    ::close(socket_);
}

void DnsResponder::answer(const std::string& name, std::vector<std::string> addresses) {
    const std::lock_guard lock{mutex_};
    Record& record = records_[name];
    record.mode = Mode::kAnswer;
    record.addresses = std::move(addresses);
}

void DnsResponder::fail(const std::string& name, Mode mode) {
    const std::lock_guard lock{mutex_};
    records_[name].mode = mode;
}

int DnsResponder::asked(const std::string& name) {
    const std::lock_guard lock{mutex_};
    return records_[name].asked;
}

void DnsResponder::answer_open_questions() {
    std::vector<Open> open;
    {
        const std::lock_guard lock{mutex_};
        open.swap(open_);
    }
    for (const Open& one : open) handle(one.question, one.from);
}

void DnsResponder::run() {
    constexpr int kLookMs = 10;
    while (!stop_) {
        pollfd wait{socket_, POLLIN, 0};
        if (::poll(&wait, 1, kLookMs) > 0) receive();
    }
}

void DnsResponder::receive() {
    std::array<char, 1500> buffer{};
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const auto got =
        ::recvfrom(socket_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (got < static_cast<ssize_t>(kHeader)) return;
    handle({buffer.data(), static_cast<std::size_t>(got)},
           {reinterpret_cast<const char*>(&from), sizeof from});
}

void DnsResponder::handle(const std::string& message, const std::string& from) {
    const Question question = parse(message);
    const std::lock_guard lock{mutex_};
    Record& record = records_[question.name];
    if (question.type == kTypeA) ++record.asked;
    if (record.mode == Mode::kSilent) {
        open_.push_back({message, from});
        return;
    }
    const int code = record.mode == Mode::kNoSuchName ? 3 : record.mode == Mode::kServerFailure ? 2 : 0;
    const bool with_addresses = record.mode == Mode::kAnswer && question.type == kTypeA;
    const std::string out =
        reply(message, question, code, with_addresses ? record.addresses : std::vector<std::string>{});
    ::sendto(socket_, out.data(), out.size(), 0, reinterpret_cast<const sockaddr*>(from.data()),
             static_cast<socklen_t>(from.size()));
}
