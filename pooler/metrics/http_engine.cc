// The only file that sees cpp-httplib.
#include "pooler/metrics/http_engine.h"

#include <httplib.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace pooler {
namespace {

constexpr const char* kLocal = "local";

/// The head of a request, and what is answered.
class Exchange final : public httplib::Stream {
 public:
    Exchange(std::string_view head, bool local) : head_{head}, local_{local} {}

    [[nodiscard]] std::string take() { return std::move(answer_); }

    [[nodiscard]] bool is_readable() const override { return !head_.empty(); }
    [[nodiscard]] bool is_writable() const override { return true; }
    ssize_t read(char* into, std::size_t size) override {
        const std::size_t got = std::min(size, head_.size());
        std::memcpy(into, head_.data(), got);
        head_.remove_prefix(got);
        return static_cast<ssize_t>(got);
    }
    ssize_t write(const char* bytes, std::size_t size) override {
        answer_.append(bytes, size);
        return static_cast<ssize_t>(size);
    }
    void get_remote_ip_and_port(std::string& ip, int& port) const override {
        ip = local_ ? kLocal : "";
        port = 0;
    }
    void get_local_ip_and_port(std::string& ip, int& port) const override {
        ip.clear();
        port = 0;
    }
    [[nodiscard]] socket_t socket() const override { return INVALID_SOCKET; }

 private:
    std::string_view head_;
    bool local_;
    std::string answer_;
};

/// Renames a header, which is ignored then, in a head.
void disable_header(std::string& head, std::string_view lower_name) {
    for (std::size_t line = head.find('\n'); line != std::string::npos; line = head.find('\n', line + 1)) {
        const std::string_view rest = std::string_view{head}.substr(line + 1);
        if (rest.size() < lower_name.size()) return;
        const bool same = std::equal(lower_name.begin(), lower_name.end(), rest.begin(),
                                     [](char a, char b) { return a == (b | 0x20); });
        if (same) head[line + 1] = 'x';
    }
}

}  // namespace

class HttpEngine::Server final : private httplib::Server {
 public:
    explicit Server(Answer answer) : answer_{std::move(answer)} {
        set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
            handle(request, response);
            return HandlerResponse::Handled;
        });
    }

    void process(Exchange& exchange) {
        bool closed = false;
        static_cast<void>(process_request(exchange, true, closed, [](httplib::Request&) {}));
    }

 private:
    void handle(const httplib::Request& request, httplib::Response& response) const {
        HttpRequest asked;
        asked.method = request.method;
        asked.path = request.path;
        asked.accept = request.get_header_value("Accept");
        asked.authorization = request.get_header_value("Authorization");
        asked.local = request.remote_addr == kLocal;
        const HttpReply reply = answer_(asked);
        response.status = reply.status;
        response.set_content(reply.body, reply.content_type);
        response.set_header("Cache-Control", "no-store");
        response.set_header("X-Content-Type-Options", "nosniff");
        if (reply.status == kNotAllowed) response.set_header("Allow", "GET, HEAD");
        if (reply.status == kUnauthorized) response.set_header("WWW-Authenticate", "Bearer realm=\"weir\"");
    }

    static constexpr int kUnauthorized = 401;
    static constexpr int kNotAllowed = 405;
    Answer answer_;
};

HttpEngine::HttpEngine(Answer answer) : server_{std::make_unique<Server>(std::move(answer))} {}
HttpEngine::~HttpEngine() = default;

std::string HttpEngine::respond(std::string head, bool local) const {
    // Not offered: parts of a page (a request may ask for thousands of them), and compression.
    for (const std::string_view name : {"range:", "accept-encoding:", "expect:"}) disable_header(head, name);
    Exchange exchange{head, local};
    try {
        server_->process(exchange);
    } catch (...) {  // the library's: out of memory, or what it did not expect in a header
        return {};
    }
    return exchange.take();
}

}  // namespace pooler
