// The only file that sees c-ares. c-ares tells which descriptors to watch and when its next timeout is due;
// the loop tells c-ares when either has come.
#include "pooler/net/dns_channel.h"

#define CARES_NO_DEPRECATED  // ares_query() is what every version in use has
#include <ares.h>
#include <arpa/nameser.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

namespace pooler {

namespace {

constexpr const char* kSystemResolvConf = "/etc/resolv.conf";
constexpr int kTries = 3;
constexpr std::chrono::milliseconds kLongestNap{1'000};

/// False if the kernel knows no way to the address: an AAAA record on a host without IPv6.
bool has_route(const Address& address) {
    const int descriptor = ::socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return errno != EAFNOSUPPORT;
    Address target = address;
    target.set_port(1);  // a datagram socket's connect sends nothing
    const int result = ::connect(descriptor, target.get(), target.length);
    const int fault = result == 0 ? 0 : errno;
    ::close(descriptor);
    return fault != ENETUNREACH && fault != EHOSTUNREACH && fault != EADDRNOTAVAIL;
}

std::vector<Address> addresses_of(const ares_addrinfo* info) {
    std::vector<Address> all;
    for (const ares_addrinfo_node* node = info->nodes; node != nullptr; node = node->ai_next) {
        if (node->ai_family != AF_INET && node->ai_family != AF_INET6) continue;
        Address address;
        address.length = static_cast<socklen_t>(node->ai_addrlen);
        std::memcpy(&address.storage, node->ai_addr, address.length);
        if (std::find(all.begin(), all.end(), address) == all.end()) all.push_back(address);
    }
    std::vector<Address> reachable;
    std::copy_if(all.begin(), all.end(), std::back_inserter(reachable), has_route);
    return reachable.empty() ? all : reachable;
}

int initialise_library() {
    static std::once_flag once;
    static int status = ARES_SUCCESS;
    std::call_once(once, [] { status = ares_library_init(ARES_LIB_INIT_ALL); });
    return status;
}

}  // namespace

struct DnsChannel::Question {
    DnsChannel* channel;
    std::string name;
    std::uint64_t ticket;
};

/// One descriptor of c-ares. It is gone when c-ares closed the descriptor, which may happen inside process().
struct DnsChannel::Watch {
    DnsChannel* channel;
    int descriptor;
    int wanted = 0;
    Poll poll{};

    void on_poll(int status, int events) {
        const bool broken = status < 0;  // libuv has stopped watching; c-ares finds the error by reading
        if (broken) poll.mark_stopped();
        const bool readable = broken || (events & UV_READABLE) != 0;
        const bool writable = broken || (events & UV_WRITABLE) != 0;
        DnsChannel* target = channel;
        const int number = descriptor;
        target->process(readable ? number : ARES_SOCKET_BAD, writable ? number : ARES_SOCKET_BAD);
        if (!broken) return;
        if (const auto found = target->watches_.find(number); found != target->watches_.end())
            found->second->poll.watch(found->second->wanted);
    }
};

DnsChannel::DnsChannel(uv_loop_t* loop, Options options, DnsSink& sink)
    : loop_{loop}, options_{std::move(options)}, sink_{&sink} {
    timer_.open<&DnsChannel::on_timer>(loop, this);
    open();
}

DnsChannel::~DnsChannel() {
    sink_ = nullptr;
    close();
}

void DnsChannel::open() {
    stamp_ = configuration_stamp();
    ares_options options{};
    int given = ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES;
    options.timeout = static_cast<int>(options_.patience.count());
    options.tries = kTries;
    options.sock_state_cb_data = this;
    options.sock_state_cb = [](void* self, ares_socket_t descriptor, int readable, int writable) {
        const int events = (readable != 0 ? UV_READABLE : 0) | (writable != 0 ? UV_WRITABLE : 0);
        static_cast<DnsChannel*>(self)->watch(descriptor, events);
    };
    if (!options_.resolv_conf.empty()) {
        options.resolvconf_path = options_.resolv_conf.data();
        given |= ARES_OPT_RESOLVCONF;
    }
#ifdef ARES_OPT_QUERY_CACHE  // since 1.31 c-ares caches by itself, past our own limits
    options.qcache_max_ttl = 0;
    given |= ARES_OPT_QUERY_CACHE;
#endif
    int status = initialise_library();
    if (status == ARES_SUCCESS) status = ares_init_options(&channel_, &options, given);
    if (status == ARES_SUCCESS && !options_.servers.empty())
        status = ares_set_servers_ports_csv(channel_, options_.servers.c_str());
    open_error_ = status == ARES_SUCCESS ? "" : ares_strerror(status);
}

void DnsChannel::close() {
    if (channel_ != nullptr) ares_destroy(std::exchange(channel_, nullptr));
    watches_.clear();
    timer_.stop();
}

/// Takes up a changed resolv.conf, and tries again what failed.
void DnsChannel::refresh() {
    if (running_ > 0 || inside_ > 0 || (configuration_stamp() == stamp_ && open_error_.empty())) return;
    close();
    open();
}

void DnsChannel::ask(const std::string& name, std::uint64_t ticket) {
    refresh();
    auto question = std::make_unique<Question>(Question{this, name, ticket});
    ++running_;
    if (!open_error_.empty()) return finish(*question, {{}, open_error_});
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    ++inside_;
    ares_getaddrinfo(channel_, name.c_str(), nullptr, &hints, on_result, question.release());
    --inside_;
    arm();
}

void DnsChannel::on_result(void* raw, int status, int /*timeouts*/, ares_addrinfo* result) {
    const std::unique_ptr<Question> question{static_cast<Question*>(raw)};
    DnsAnswer answer;
    if (status == ARES_SUCCESS && result != nullptr) answer.addresses = addresses_of(result);
    if (answer.addresses.empty())
        answer.error = ares_strerror(status == ARES_SUCCESS ? ARES_ENODATA : status);
    if (result != nullptr) ares_freeaddrinfo(result);
    question->channel->finish(*question, std::move(answer));
}

void DnsChannel::ask_serial(const std::string& zone) {
    refresh();
    if (!open_error_.empty()) return sink_->on_dns_serial(zone, std::nullopt);
    auto question = std::make_unique<Question>(Question{this, zone, 0});
    ++running_;
    ++inside_;
    ares_query(channel_, zone.c_str(), ns_c_in, ns_t_soa, on_serial, question.release());
    --inside_;
    arm();
}

/// Source of the record's layout: RFC 1035, "SOA RDATA format"; c-ares takes it apart.
void DnsChannel::on_serial(void* raw, int status, int /*timeouts*/, unsigned char* answer, int bytes) {
    const std::unique_ptr<Question> question{static_cast<Question*>(raw)};
    std::optional<std::uint32_t> serial;
    ares_soa_reply* soa = nullptr;
    if (status == ARES_SUCCESS && ares_parse_soa_reply(answer, bytes, &soa) == ARES_SUCCESS) {
        serial = soa->serial;
        ares_free_data(soa);
    }
    DnsChannel& channel = *question->channel;
    --channel.running_;
    if (channel.sink_ != nullptr) channel.sink_->on_dns_serial(question->name, serial);
}

void DnsChannel::finish(const Question& question, DnsAnswer answer) {
    --running_;
    if (sink_ != nullptr) sink_->on_dns_answer(question.name, question.ticket, std::move(answer));
}

void DnsChannel::process(int readable, int writable) {
    ++inside_;
    ares_process_fd(channel_, readable, writable);
    --inside_;
    arm();
}

/// Called by c-ares: before it closes a descriptor, with no events.
void DnsChannel::watch(int descriptor, int events) {
    if (events == 0) {
        watches_.erase(descriptor);
        return;
    }
    auto& entry = watches_[descriptor];
    if (entry == nullptr) {
        entry = std::make_unique<Watch>(Watch{this, descriptor});
        entry->poll.open<&Watch::on_poll>(loop_, descriptor, entry.get());
    }
    entry->wanted = events;
    entry->poll.watch(events);
}

void DnsChannel::on_timer() { process(ARES_SOCKET_BAD, ARES_SOCKET_BAD); }

void DnsChannel::arm() {
    if (running_ == 0) return timer_.stop();
    timeval longest{kLongestNap.count() / 1000, 0};
    timeval next{};
    const timeval* due = ares_timeout(channel_, &longest, &next);
    const std::chrono::milliseconds nap{due->tv_sec * 1000 + due->tv_usec / 1000 + 1};
    timer_.start(std::min(nap, kLongestNap));
}

DnsChannel::FileStamp DnsChannel::configuration_stamp() const {
    struct stat found {};
    const char* path = options_.resolv_conf.empty() ? kSystemResolvConf : options_.resolv_conf.c_str();
    if (::stat(path, &found) != 0) return {};
    return {found.st_mtim.tv_sec, found.st_mtim.tv_nsec, found.st_ino};
}

}  // namespace pooler
