// The part of a node that the cluster's thread runs: connections, sessions, the health endpoint.
#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <random>
#include <utility>

#include "tests/support/crdb/cluster.h"

namespace support::crdb {
namespace {

std::string hex(std::uint64_t value) {
    std::array<char, 32> text{};
    const int length =
        std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
    return {text.data(), static_cast<std::size_t>(length)};
}

/// 12 bits of the node's number, 52 random ones; or zeros, as before v22.1.
std::string cancel_key(int node_id, bool cancel) {
    constexpr std::size_t kBytes = 8;
    constexpr unsigned kIdShift = 52;
    constexpr unsigned kByteBits = 8;
    if (!cancel) return std::string(kBytes, '\0');
    thread_local std::mt19937_64 random{std::random_device{}()};
    auto bits = static_cast<std::uint64_t>(node_id) << kIdShift;
    bits |= static_cast<std::uint64_t>(random()) >> (64U - kIdShift);
    std::string key(kBytes, '\0');
    for (auto at = kBytes; at > 0; bits >>= kByteBits) key[--at] = static_cast<char>(bits & 0xffU);
    return key;
}

std::string http_date() {
    const auto now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 64> text{};
    const auto length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), length};
}

}  // namespace

Clock::time_point FakeNode::now() const { return cluster_.now(); }
Store& FakeNode::store() { return cluster_.store_; }
const Options& FakeNode::options() const { return cluster_.options_; }

std::optional<Clock::time_point> FakeNode::drains_from() const {
    if (!drain_started_) return std::nullopt;
    return *drain_started_ + drain_times_.wait;
}

std::optional<Clock::time_point> FakeNode::drain_deadline() const {
    if (!drain_started_) return std::nullopt;
    return *drain_started_ + drain_times_.wait + drain_times_.query_wait;
}

void FakeNode::on_cancel_request(std::string_view key) {
    ++cancel_requests_;
    if (options().cancel) cluster_.cancels_.emplace_back(key);
}

std::optional<VirtualTable> FakeNode::virtual_table(const std::string& name) {
    VirtualTable table;
    if (name == "crdb_internal.gossip_nodes") {
        table.columns = {{"node_id", kOidInt8, kGossipTable, 1}, {"is_live", kOidBool, kGossipTable, 14}};
        for (const auto& node : cluster_.nodes_)
            table.rows.push_back({std::to_string(node->id()), node->up_ ? "t" : "f"});
        return table;
    }
    const bool queries = name == "[show queries]";
    if (!queries && name != "[show sessions]") return std::nullopt;
    const Column node_id{"node_id", kOidInt8, 0, 0};
    if (queries)
        table.columns = {{"query_id", kOidText, 0, 0}, node_id, {"query", kOidText, 0, 0}};
    else
        table.columns = {{"session_id", kOidText, 0, 0}, node_id, {"application_name", kOidText, 0, 0}};
    for (const auto& node : cluster_.nodes_) {
        for (const auto& connection : node->connections_) {
            const auto* session = connection.session.get();
            if (session == nullptr || !session->logged_in()) continue;
            if (!queries)
                table.rows.push_back(
                    {session->id(), std::to_string(node->id()), session->application_name()});
            else if (!session->running_text().empty())
                table.rows.push_back(
                    {session->running_id(), std::to_string(node->id()), session->running_text()});
        }
    }
    return table;
}

std::size_t FakeNode::cancel_queries(const std::vector<std::string>& ids) {
    std::size_t found = 0;
    for (const auto& node : cluster_.nodes_) {
        for (auto& connection : node->connections_) {
            if (!connection.session || connection.session->running_text().empty()) continue;
            if (std::find(ids.begin(), ids.end(), connection.session->running_id()) == ids.end()) continue;
            connection.session->cancel();
            ++found;
        }
    }
    return found;
}

std::size_t FakeNode::cancel_sessions(const std::vector<std::string>& ids) {
    std::size_t found = 0;
    for (const auto& node : cluster_.nodes_) {
        for (auto& connection : node->connections_) {
            if (!connection.session) continue;
            if (std::find(ids.begin(), ids.end(), connection.session->id()) == ids.end()) continue;
            connection.session->end(Cut::kFin);
            ++found;
        }
    }
    if (found > 0) cluster_.wake();  // those whose turn in this round is over already
    return found;
}

void FakeNode::listen() {
    for (auto* listener : {&sql_, &combined_, &rpc_, &health_}) listener->open();
}

void FakeNode::adopt(Socket socket, Door door) {
    ++accepted_;
    constexpr std::uint64_t kFirstId = 0x18ea06d600000000U;
    constexpr std::uint64_t kStride = 0x100000000U;
    const auto number = ++cluster_.next_session_;
    auto id = hex(kFirstId + number * kStride) + hex(static_cast<std::uint64_t>(id_));
    NodeHost& host = *this;
    auto session = std::make_unique<Session>(host, door, std::move(id), cancel_key(id_, options().cancel));
    connections_.push_back({std::move(socket), std::move(session), {}, {}, false});
}

void FakeNode::accept_all() {
    const std::array<std::pair<Listener*, Door>, 3> doors{
        {{&sql_, Door::kSql}, {&combined_, Door::kCombined}, {&rpc_, Door::kRpc}}};
    for (const auto& [listener, door] : doors) {
        auto socket = listener->accept();
        if (socket.open()) adopt(std::move(socket), door);
    }
    auto socket = health_.accept();
    if (socket.open()) connections_.push_back({std::move(socket), nullptr, {}, {}, false});
}

void FakeNode::tick() {
    for (auto& connection : connections_) {
        if (connection.session) connection.session->tick();
    }
}

bool FakeNode::busy() const {
    if (drain_started_ && !connections_.empty()) return true;
    return std::any_of(connections_.begin(), connections_.end(), [](const auto& connection) {
        const auto* session = connection.session.get();
        return session != nullptr && (session->parting() || !session->running_text().empty());
    });
}

void FakeNode::turn() {
    for (auto connection = connections_.begin(); connection != connections_.end();) {
        const bool goes_on = connection->session ? serve(*connection) : serve_health(*connection);
        if (goes_on) {
            ++connection;
            continue;
        }
        if (connection->session) connection->session->abandon();
        connection = connections_.erase(connection);
    }
}

bool FakeNode::close_cancel_connections() {
    const auto before = connections_.size();
    connections_.remove_if(
        [](const auto& connection) { return connection.session && connection.session->cancel_request(); });
    return connections_.size() != before;
}

bool FakeNode::send(Connection& connection, std::string& out) {
    if (out.empty()) return true;
    const auto before = out.size();
    const bool limited = cut_bytes_ && connection.session && connection.session->logged_in();
    const auto most = limited ? std::min(before, *cut_bytes_) : before;
    if (!connection.socket.send(out, most)) return false;
    if (!limited) return true;
    *cut_bytes_ -= before - out.size();
    if (*cut_bytes_ > 0) return true;
    cut_bytes_.reset();
    connection.socket.close(cut_how_);
    return false;
}

bool FakeNode::serve(Connection& connection) {
    auto& session = *connection.session;
    std::string bytes;
    const bool open = connection.socket.receive(bytes);
    cluster_.received_bytes_ += bytes.size();
    if (!bytes.empty()) {
        if (connection.secured) session.secured(connection.socket.peer_name());
        session.receive(bytes);
    }
    if (session.cancel_request() && cluster_.cancel_connections_kept_) return open;
    if (session.finished() == Cut::kReset) {
        connection.socket.close(Cut::kReset);
        return false;
    }
    if (!send(connection, session.output())) return false;
    if (!open) return false;
    if (session.take_tls_step()) {  // its one byte has left
        connection.socket.secure(*cluster_.tls_);
        connection.secured = true;
    }
    return session.finished() == Cut::kNone || !session.output().empty();
}

bool FakeNode::serve_health(Connection& connection) {
    const bool open = connection.socket.receive(connection.request);
    const bool whole = connection.request.find("\r\n\r\n") != std::string::npos;
    if (whole && connection.answer.empty()) connection.answer = health_answer(connection.request);
    if (!whole) return open;
    return send(connection, connection.answer) && !connection.answer.empty();
}

std::string FakeNode::health_answer(const std::string& request) const {
    const bool asks_ready = request.compare(0, 20, "GET /health?ready=1 ") == 0;
    const std::string head = "Cache-Control: no-cache\r\nContent-Type: application/json\r\n";
    if (asks_ready && !ready()) {
        const std::string body =
            "{\n  \"error\": \"node is shutting down\",\n  \"code\": 14,\n  \"message\": \"node is shutting "
            "down\",\n  \"details\": [\n  ]\n}";
        return "HTTP/1.1 503 Service Unavailable\r\n" + head +
               "Trailer: Grpc-Trailer-Content-Type\r\nDate: " + http_date() +
               "\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n6e\r\n" + body +
               "\r\n0\r\nGrpc-Trailer-Content-Type: application/grpc\r\n\r\n";
    }
    if (request.compare(0, 12, "GET /health ") != 0 && !asks_ready)
        return "HTTP/1.1 404 Not Found\r\nDate: " + http_date() +
               "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    return "HTTP/1.1 200 OK\r\n" + head +
           "Grpc-Metadata-Content-Type: application/grpc\r\nDate: " + http_date() +
           "\r\nContent-Length: 4\r\nConnection: close\r\n\r\n{\n\n}";
}

}  // namespace support::crdb
