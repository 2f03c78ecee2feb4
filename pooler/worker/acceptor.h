// The listening sockets of the process, watched by the first worker's loop: each connection goes to the
// worker with the fewest clients, before a byte is read. Owned by that worker, used by its thread only; it
// ends with the worker, before its sessions do.
//
// Not a thread of its own: a connection that stays here costs no wake-up of another thread.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>
#include <vector>

#include "conf/settings.h"
#include "pooler/net/listener.h"

namespace pooler {

class Worker;
struct ProcessShared;

class Acceptor final : private ListenerOwner {
 public:
    /// `workers`: all of the process; `own` is the one this lives on.
    Acceptor(uv_loop_t* loop, ProcessShared& shared, std::vector<Worker*> workers, Worker& own);

    void open(std::vector<ListenSocket> sockets, const conf::Settings& settings);
    /// Settings that open listeners take up: tcp_defer_accept, and what connections inherit.
    void apply(const conf::Settings& settings);
    /// Who connects waits in the kernel's queue.
    void suspend();
    void resume();
    /// No new connections by TCP; those on their way are taken first, see Listener::retire(). Calls `closed`
    /// when the last listener is closed.
    void close_tcp(std::function<void()> closed);

 private:
    void on_accept(int descriptor, const Address& peer, const Listener& from) override;
    void on_accept_paused(int error, const Listener& from) override;
    void on_retired(const Listener& listener) override;
    [[nodiscard]] bool tcp_is_closed() const;

    uv_loop_t* loop_;
    ProcessShared* shared_;
    std::vector<Worker*> workers_;
    Worker* own_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    std::vector<std::function<void()>> on_closed_;
};

}  // namespace pooler
