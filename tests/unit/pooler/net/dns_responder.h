// A DNS server for tests: a thread on a UDP port of loopback that answers as it is told, and counts what it
// was asked.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

class DnsResponder {
 public:
    enum class Mode { kAnswer, kNoSuchName, kServerFailure, kSilent };

    DnsResponder();
    /// On an address and port of the caller's choice; null if they cannot be had.
    [[nodiscard]] static std::unique_ptr<DnsResponder> on(const std::string& host, std::uint16_t port);
    /// On port 53, where resolv.conf takes a name server to be, of some address of 127.0.0.0/8. Null, and the
    /// test says so, where that is not allowed: it is root's alone.
    [[nodiscard]] static std::unique_ptr<DnsResponder> as_name_server();
    ~DnsResponder();
    DnsResponder(const DnsResponder&) = delete;
    DnsResponder& operator=(const DnsResponder&) = delete;

    /// "127.0.0.1:<port>", as ResolverOptions::servers takes it.
    [[nodiscard]] const std::string& address() const { return address_; }
    /// IPv4 addresses for a name; AAAA questions get an empty answer.
    void answer(const std::string& name, std::vector<std::string> addresses);
    /// The SOA record of a zone.
    void serial(const std::string& zone, std::uint32_t number);
    void fail(const std::string& name, Mode mode);
    /// Questions for A records of `name` so far. Unknown names do not exist.
    [[nodiscard]] int asked(const std::string& name);
    /// Answers the questions that Mode::kSilent left open, as told now.
    void answer_open_questions();

 private:
    explicit DnsResponder(int bound_socket);

    struct Record {
        Mode mode = Mode::kNoSuchName;
        std::vector<std::string> addresses;
        std::uint32_t serial = 0;
        int asked = 0;
    };
    struct Open {
        std::string question;
        std::string from;  // a sockaddr_in
    };

    void run();
    void receive();
    void handle(const std::string& question, const std::string& from);

    int socket_ = -1;
    std::string address_;
    std::mutex mutex_;
    std::map<std::string, Record> records_;
    std::vector<Open> open_;
    std::atomic<bool> stop_{false};
    std::thread thread_;
};
