// Source of the format: RFC 1035, "Messages".
#include "dns_responder.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <random>
#include <utility>

#include "pooler/net/address.h"
#include "tests/support/catch.h"

namespace {

constexpr std::size_t kHeader = 12;
constexpr int kTypeA = 1;
constexpr int kTypeSoa = 6;

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

std::string big_endian(std::uint32_t number) {
    const std::uint32_t raw = htonl(number);
    return {reinterpret_cast<const char*>(&raw), sizeof raw};
}

/// The name again, type, IN, ttl 0.
std::string record_head(int type) {
    return std::string("\xc0\x0c\0", 3) + static_cast<char>(type) + std::string("\0\x01\0\0\0\0", 6);
}

std::string a_record(const std::string& text) {
    in_addr raw{};
    ::inet_pton(AF_INET, text.c_str(), &raw);
    return record_head(kTypeA) + std::string("\0\x04", 2) +
           std::string(reinterpret_cast<const char*>(&raw), sizeof raw);
}

/// Source: RFC 1035, "SOA RDATA format". Both names are the zone's own.
std::string soa_record(std::uint32_t serial) {
    const std::string name("\xc0\x0c", 2);
    std::string data = name + name + big_endian(serial);
    for (int i = 0; i < 4; ++i) data += big_endian(60);  // refresh, retry, expire, minimum
    return record_head(kTypeSoa) + '\0' + static_cast<char>(data.size()) + data;
}

std::string reply(const std::string& message, const Question& question, int code,
                  const std::vector<std::string>& records) {
    std::string out = message.substr(0, question.end);
    out[2] = static_cast<char>(0x81);  // a response, recursion desired
    out[3] = static_cast<char>(0x80 | code);
    const std::array<char, 6> counts{0, static_cast<char>(records.size()), 0, 0, 0, 0};
    out.replace(6, counts.size(), counts.data(), counts.size());
    for (const std::string& record : records) out += record;
    return out;
}

/// -1 if the address cannot be had.
int bound_to(const std::string& host, std::uint16_t port) {
    const int made = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const auto address = *pooler::parse_numeric(host, port);
    if (::bind(made, address.get(), address.length) == 0) return made;
    ::close(made);
    return -1;
}

}  // namespace

DnsResponder::DnsResponder() : DnsResponder{bound_to("127.0.0.1", 0)} {}

std::unique_ptr<DnsResponder> DnsResponder::on(const std::string& host, std::uint16_t port) {
    const int bound = bound_to(host, port);
    if (bound < 0) return nullptr;
    return std::unique_ptr<DnsResponder>(new DnsResponder{bound});
}

std::unique_ptr<DnsResponder> DnsResponder::as_name_server() {
    std::random_device random;
    std::uniform_int_distribution<int> byte{1, 254};
    constexpr int kTries = 5;
    for (int i = 0; i < kTries && ::geteuid() == 0; ++i) {
        const std::string address =
            "127." + std::to_string(byte(random)) + "." + std::to_string(byte(random)) + ".53";
        if (auto made = on(address, 53)) return made;
    }
    WARN("skipped: only root may be a name server");
    return nullptr;
}

DnsResponder::DnsResponder(int bound_socket) : socket_{bound_socket} {
    REQUIRE(socket_ >= 0);
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

void DnsResponder::serial(const std::string& zone, std::uint32_t number) {
    const std::lock_guard lock{mutex_};
    Record& record = records_[zone];
    record.mode = Mode::kAnswer;
    record.serial = number;
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
    std::vector<std::string> records;
    if (record.mode == Mode::kAnswer && question.type == kTypeA)
        for (const std::string& address : record.addresses) records.push_back(a_record(address));
    if (record.mode == Mode::kAnswer && question.type == kTypeSoa && record.serial != 0)
        records.push_back(soa_record(record.serial));
    const std::string out = reply(message, question, code, records);
    ::sendto(socket_, out.data(), out.size(), 0, reinterpret_cast<const sockaddr*>(from.data()),
             static_cast<socklen_t>(from.size()));
}
