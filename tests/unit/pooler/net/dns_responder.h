// A DNS server for tests: a thread on a UDP port of loopback that answers as it is told, and counts what it
// was asked.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

class DnsResponder {
 public:
    enum class Mode { kAnswer, kNoSuchName, kServerFailure, kSilent };

    DnsResponder();
    ~DnsResponder();
    DnsResponder(const DnsResponder&) = delete;
    DnsResponder& operator=(const DnsResponder&) = delete;

    /// "127.0.0.1:<port>", as ResolverOptions::servers takes it.
    [[nodiscard]] const std::string& address() const { return address_; }
    /// IPv4 addresses for a name; AAAA questions get an empty answer.
    void answer(const std::string& name, std::vector<std::string> addresses);
    void fail(const std::string& name, Mode mode);
    /// Questions for A records of `name` so far. Unknown names do not exist.
    [[nodiscard]] int asked(const std::string& name);
    /// Answers the questions that Mode::kSilent left open, as told now.
    void answer_open_questions();

 private:
    struct Record {
        Mode mode = Mode::kNoSuchName;
        std::vector<std::string> addresses;
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
