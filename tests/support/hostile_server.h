// A server that says what a test tells it to, whatever may crash, hang or deceive a pooler. Its thread ends
// with the object.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace support {

/// What is said in answer to what the pooler has said.
using Answer = std::function<std::string(const std::string& said)>;

/// What one connection hears, answer by answer.
using Script = std::vector<Answer>;

[[nodiscard]] Answer says(std::string bytes);

/// Plays to one connection after the other: the first script to the first, and so on, beginning again.
class HostileServer {
 public:
    enum class End {
        kWait,   ///< the pooler has to end the connection
        kClose,  ///< it is closed behind the last answer
    };
    explicit HostileServer(std::vector<Script> scripts, End end = End::kWait);
    ~HostileServer();
    HostileServer(const HostileServer&) = delete;
    HostileServer& operator=(const HostileServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Connections that have ended.
    [[nodiscard]] int served() const { return served_; }
    /// All that was said to it.
    [[nodiscard]] std::string heard();

 private:
    [[nodiscard]] bool readable(int fd) const;
    void serve();
    void play(int fd, const Script& script);
    /// Empty: the other side has closed.
    [[nodiscard]] std::string hear(int fd);

    std::vector<Script> scripts_;
    End end_;
    std::uint16_t port_;
    int listener_;
    std::atomic<bool> stop_{false};
    std::atomic<int> served_{0};
    std::mutex lock_;
    std::string heard_;  ///< behind the lock
    std::thread thread_;
};

}  // namespace support
