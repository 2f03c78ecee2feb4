// c-ares on a libuv loop: names in, addresses out, and zones in, serial numbers out. No cache, no deadline of
// its own: the resolver has them. Owned by one Resolver, on its thread; queries that run at its end are never
// answered.
//
// A changed resolv.conf is taken up when the next query starts while no other is running.
#pragma once

#include <uv.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "pooler/net/address.h"
#include "pooler/net/handle.h"

struct ares_channeldata;
struct ares_addrinfo;

namespace pooler {

struct DnsAnswer {
    std::vector<Address> addresses;  ///< port 0, each once, those without a route left out; empty: see error
    std::string error;
};

class DnsSink {
 public:
    /// May come inside ask() already.
    virtual void on_dns_answer(const std::string& name, std::uint64_t ticket, DnsAnswer answer) = 0;
    /// nullopt: the zone has no SOA record, or nobody answered. May come inside ask_serial() already.
    virtual void on_dns_serial(const std::string& zone, std::optional<std::uint32_t> serial) = 0;

 protected:
    ~DnsSink() = default;
};

class DnsChannel {
 public:
    struct Options {
        std::string resolv_conf;             ///< "": the system's
        std::string servers;                 ///< "": those of resolv.conf, else "host:port,..."
        std::chrono::milliseconds patience;  ///< how long one server is waited for at first
    };
    DnsChannel(uv_loop_t* loop, Options options, DnsSink& sink);
    ~DnsChannel();
    DnsChannel(const DnsChannel&) = delete;
    DnsChannel& operator=(const DnsChannel&) = delete;

    /// The sink hears the answer with name and ticket, unless the channel ends before.
    void ask(const std::string& name, std::uint64_t ticket);
    /// The serial number of a zone, out of its SOA record.
    void ask_serial(const std::string& zone);

 private:
    struct Question;
    struct Watch;
    struct FileStamp {
        std::int64_t seconds = 0;
        std::int64_t nanoseconds = 0;
        std::uint64_t inode = 0;
        bool operator==(const FileStamp&) const = default;
    };

    void open();
    void close();
    void refresh();
    void process(int readable, int writable);
    void watch(int descriptor, int events);
    void on_timer();
    void arm();
    void finish(const Question& question, DnsAnswer answer);
    [[nodiscard]] FileStamp configuration_stamp() const;
    static void on_result(void* question, int status, int timeouts, ares_addrinfo* result);
    static void on_serial(void* question, int status, int timeouts, unsigned char* answer, int bytes);

    uv_loop_t* loop_;
    Options options_;
    DnsSink* sink_;
    std::string open_error_;
    FileStamp stamp_;
    ares_channeldata* channel_ = nullptr;
    unsigned running_ = 0;  // questions without an answer
    unsigned inside_ = 0;   // calls of c-ares on the stack: it must not be closed now
    std::unordered_map<int, std::unique_ptr<Watch>> watches_;
    Timer timer_;
};

}  // namespace pooler
