// Sends, reads, compares, and does to the cluster what the recording says was done.
#include "tests/wire/recording_player.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "tests/support/catch.h"
#include "tests/wire/volatile_bytes.h"

namespace recording {
namespace {

using support::WireClient;
using support::crdb::Door;
namespace wire = support::wire;

bool begins(const std::string& text, const std::string& with) {
    return text.compare(0, with.size(), with) == 0;
}

wire::Message message_of(const std::string& bytes) {
    constexpr std::size_t kHeader = 5;
    return {bytes.at(0), bytes.substr(kHeader)};
}

/// The text between quotes, with the escapes of the file.
std::string quoted(const std::string& text) {
    std::string result;
    const auto begin = text.find('\'');
    for (auto i = begin + 1; i < text.size() && text[i] != '\''; ++i) {
        if (text[i] != '\\') {
            result += text[i];
            continue;
        }
        ++i;
        result += text[i] == 'r' ? '\r' : '\n';
    }
    return result;
}

bool refused(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool failed = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0;
    const bool result = failed && errno == ECONNREFUSED;
    ::close(fd);
    return result;
}

}  // namespace

Player::Player(const Scene& scene, std::vector<Step> steps)
    : scene_(scene), steps_(std::move(steps)), cluster_(scene.options) {
    if (!scene_.tables.empty()) cluster_.query(scene_.tables);
    if (scene_.in_front) front_port_ = scene_.in_front(cluster_.port());
    if (!scene_.hold_answer_of.empty()) cluster_.node(1).hold_next(scene_.hold_answer_of, true);
}

void Player::play() {
    for (std::size_t at = 0; at < steps_.size(); ++at) {
        const auto& step = steps_[at];
        INFO(scene_.file << ':' << step.line << ": " << step.text);
        advance(step);
        if (step.kind == Step::Kind::kSend) send_from(at);
        if (step.kind == Step::Kind::kExpect) expect(step);
        if (step.kind == Step::Kind::kEvent) on_event(step);
    }
}

std::uint16_t Player::port_of(const std::string& connection) {
    if (front_port_ != 0) return front_port_;
    auto& node = cluster_.node(scene_.other_node && connection == "b" ? 2 : 1);
    if (connection == "rpconly") return node.port(Door::kRpc);
    const bool combined = scene_.combined_port || begins(connection, "comb") || connection == "rpc";
    return node.port(combined ? Door::kCombined : Door::kSql);
}

WireClient& Player::client(const std::string& connection) {
    const auto found = clients_.find(connection);
    if (found != clients_.end()) return found->second;
    return clients_.emplace(connection, WireClient(port_of(connection))).first->second;
}

void Player::log_in(const std::string& connection) {
    const wire::Parameters parameters{
        {"user", "root"}, {"database", "defaultdb"}, {"application_name", "app1"}};
    const auto packet = wire::startup(parameters);
    auto& fresh = client(connection);
    fresh.send(packet);
    sent_bytes_ += packet.size();
    CHECK(wire::transaction_status(fresh.read_until('Z')) == 'I');
}

void Player::settle() {
    if (front_port_ != 0) return;
    REQUIRE(support::eventually([this] { return cluster_.received_bytes() >= sent_bytes_; }));
}

void Player::terminate_node() {
    cluster_.node(1).drain(scene_.drain);
    terminated_ = true;
}

void Player::advance(const Step& step) {
    if (!step.at || !scene_.options.manual_clock) return;
    if (scene_.sigterm_at && !terminated_ && *step.at >= *scene_.sigterm_at) {
        cluster_.advance_to(*scene_.sigterm_at);
        terminate_node();
        // The INSERTs before this one, which the file leaves out, made the node's reader look again.
        const std::chrono::milliseconds reader_looks{*scene_.sigterm_at + std::chrono::milliseconds(8)};
        if (scene_.hold_answer_of.empty()) {
            cluster_.advance_to(reader_looks);
            const auto probe = wire::query("SELECT 1");
            sent_bytes_ += probe.size();
            CHECK(wire::types(client("a").exchange(probe)) == "TDCZ");
        }
    }
    cluster_.advance_to(*step.at);
}

void Player::send_from(std::size_t& at) {
    const auto& first = steps_[at];
    std::string bytes = first.bytes;
    while (at + 1 < steps_.size() && steps_[at + 1].kind == Step::Kind::kSend &&
           steps_[at + 1].connection == first.connection && steps_[at + 1].write == first.write)
        bytes += steps_[++at].bytes;
    auto& sender = client(first.connection);
    const bool closed_already = terminated_ && first.connection == "idle" && first.says("SELECT 1");
    if (!sender.send(bytes) || closed_already) return;
    sent_bytes_ += bytes.size();
    const bool answered_next = at + 1 < steps_.size() && steps_[at + 1].kind == Step::Kind::kExpect &&
                               steps_[at + 1].connection == first.connection;
    if (!answered_next || scene_.options.manual_clock) settle();
}

void Player::expect(const Step& step) {
    auto& reader = client(step.connection);
    if (begins(step.text, "SSLResponse")) {
        CHECK(reader.read_byte() == step.bytes.at(0));
        return;
    }
    const auto message = reader.read();
    REQUIRE(message);
    REQUIRE(without_volatile(*message) == without_volatile(message_of(step.bytes)));
}

void Player::on_event(const Step& step) {
    if (begins(step.text, "logged in as root, database defaultdb")) return log_in(step.connection);
    if (begins(step.text, "socket closed by server")) return on_closed(step);
    if (begins(step.text, "nothing more within")) {
        constexpr std::chrono::milliseconds kQuiet{20};
        CHECK(client(step.connection).silent(kQuiet));
        return;
    }
    if (begins(step.text, "TLS handshake done")) return;  // by the bridge in front of the node
    if (begins(step.text, "HTTP GET")) return on_http(step);
    if (step.text == "SIGTERM") return terminate_node();
    if (step.text == "kill -9") return cluster_.node(1).kill();
    if (begins(step.text, "connect: ConnectionRefusedError")) {
        CHECK(refused(port_of(step.connection)));
        return;
    }
    // The fake has no process to end; by then it serves nobody.
    REQUIRE(begins(step.text, "process ended"));
    CHECK(cluster_.node(1).connections() == 0);
}

void Player::on_closed(const Step& step) {
    auto& closed = client(step.connection);
    if (const auto at = step.text.find("after partial "); at != std::string::npos) {
        std::string hex;
        constexpr auto kDigits = "0123456789abcdef";
        while (const auto byte = closed.read_byte()) {
            const auto value = static_cast<unsigned char>(*byte);
            hex += kDigits[value >> 4U];
            hex += kDigits[value & 15U];
        }
        CHECK(hex == step.text.substr(at + std::string("after partial ").size()));
        return;
    }
    if (step.says("(RST)")) {
        char byte = 0;
        CHECK(::recv(closed.fd(), &byte, 1, 0) < 0);
        CHECK(errno == ECONNRESET);
        return;
    }
    CHECK_FALSE(closed.read());
}

std::string Player::http_get(const std::string& path) {
    WireClient request(cluster_.node(1).health_port());
    request.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    std::string answer;
    while (const auto byte = request.read_byte()) answer += *byte;
    return answer;
}

void Player::on_http(const Step& step) {
    const auto path_at = std::string("HTTP GET ").size();
    const auto path = step.text.substr(path_at, step.text.find(' ', path_at) - path_at);
    if (step.says("ConnectionRefusedError")) {
        CHECK(refused(cluster_.node(1).health_port()));
        return;
    }
    CHECK(without_date(http_get(path)) == without_date(quoted(step.text)));
}

}  // namespace recording
