#include "pooler/health/http_probe.h"

#include <array>
#include <utility>

#include "tls/connection.h"

namespace pooler {

namespace {

/// "HTTP/1.1 503 ": what is needed of the answer.
constexpr std::size_t kStatusBytes = 12;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

int http_status(std::string_view line) {
    if (line.size() < kStatusBytes || !line.starts_with("HTTP/1.") || !is_digit(line[7]) || line[8] != ' ')
        return 0;
    if (!is_digit(line[9]) || !is_digit(line[10]) || !is_digit(line[11])) return 0;
    if (line.size() > kStatusBytes && line[kStatusBytes] != ' ' && line[kStatusBytes] != '\r') return 0;
    const int status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    return status >= 100 && status < 600 ? status : 0;
}

HttpProbe::HttpProbe(ProbeContext context, HttpProbeOwner& owner, HttpProbeRequest request)
    : context_{context}, owner_{&owner}, request_{std::move(request)}, socket_{*this} {
    timer_.open<&HttpProbe::on_timer>(context_.io.loop, this);
}

void HttpProbe::start() {
    timer_.start(request_.timeout);
    if (request_.url.tls && !request_.tls.context)
        return fail("https needs sslmode=prefer or more for this database");
    ResolveWaiter& waiter = *this;
    if (const auto known = context_.resolver.resolve(request_.url.host, request_.url.port, waiter))
        on_resolved(*known);
}

void HttpProbe::on_resolved(const Resolved& answer) {
    if (answer.addresses.empty()) return fail("DNS lookup failed: " + answer.error);
    const Address& address = answer.addresses.front();
    const int error = socket_.connect(context_.io.loop, reinterpret_cast<const sockaddr*>(&address.storage),
                                      address.length);
    if (error != 0) on_connected(error);
}

void HttpProbe::on_connected(int error) {
    if (error != 0) return fail(std::string{"connect failed: "} + uv_strerror(uv_translate_sys_error(error)));
    if (!request_.url.tls) return send_request();
    const tls::ServerName name{.host = request_.url.host, .sni = true, .direct = false};
    auto connection = tls::Connection::connect(request_.tls.context, socket_.descriptor(), name);
    if (!connection) return fail("TLS: " + connection.error().text);
    socket_.secure(context_.io, *std::move(connection), true);
}

void HttpProbe::on_secured(std::string_view error) {
    if (!error.empty()) return fail("TLS handshake failed: " + std::string{error});
    send_request();
}

void HttpProbe::send_request() {
    const auto& url = request_.url;
    const bool six = url.host.find(':') != std::string::npos;
    const std::string host = six ? "[" + url.host + "]" : url.host;
    if (!socket_.send("GET " + url.path + " HTTP/1.1\r\nHost: " + host + ":" + std::to_string(url.port) +
                      "\r\nUser-Agent: weir\r\nAccept: */*\r\nConnection: close\r\n\r\n"))
        fail("the connection broke");
}

void HttpProbe::on_readable() {
    std::array<char, 256> block;
    const auto result = socket_.read(block.data(), block.size());
    if (result.status == Socket::ReadStatus::kBlocked) return;
    if (result.status == Socket::ReadStatus::kClosed)
        return fail("it closed the connection without an answer");
    answer_.append(block.data(), result.bytes);
    if (answer_.size() <= kStatusBytes) return;
    result_.status = http_status(answer_);
    if (result_.status == 0) return fail("what answers does not speak HTTP");
    finish();
}

/// Runs out, or the result is ready to be told.
void HttpProbe::on_timer() {
    if (!done_) fail("no answer in time");
    owner_->on_http_done(*this, std::move(result_));
}

void HttpProbe::fail(std::string why) {
    if (done_) return;
    result_.error = std::move(why);
    finish();
}

/// Told from the timer: never from inside start(), nor while the socket is at work.
void HttpProbe::finish() {
    if (std::exchange(done_, true)) return;
    ResolveWaiter& waiter = *this;
    Resolver::forget(waiter);
    socket_.close();
    timer_.start(std::chrono::milliseconds{0});
}

}  // namespace pooler
