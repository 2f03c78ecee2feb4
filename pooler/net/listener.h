// Accepts connections from one listening socket on a worker's loop. Owned by the acceptor, used by its
// thread only; ends with close() or the destructor, which also remove the file of a Unix socket.
#pragma once

#include <uv.h>

#include "pooler/net/address.h"
#include "pooler/net/handle.h"
#include "pooler/net/listen_socket.h"

namespace pooler {

class Listener;

/// Called on the loop's thread. May call suspend() and close() of the listener, but must not destroy it.
class ListenerOwner {
 public:
    /// The descriptor is the owner's: non-blocking, close-on-exec, TCP options as inherited. `peer` has no
    /// name on Unix.
    virtual void on_accept(int descriptor, const Address& peer, const Listener& from) = 0;
    /// The system is out of descriptors or memory (an errno). Told once until a connection is accepted again.
    virtual void on_accept_paused(int error, const Listener& from) = 0;
    /// The end of Listener::retire(); also called inside of it.
    virtual void on_retired(const Listener& listener) = 0;

 protected:
    ~ListenerOwner() = default;
};

class Listener {
 public:
    Listener(uv_loop_t* loop, ListenerOwner& owner);
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    /// Takes the socket and starts to accept.
    void open(ListenSocket socket);
    /// Stops accepting; who connects waits in the kernel's queue.
    void suspend();
    void resume();
    /// New connections are refused from now on.
    void close();
    /// The same without harm to those who are on their way, whom the kernel would reset: who is in its queue
    /// is accepted first. Where other processes listen on the port, the socket goes on for 1.3 s, until
    /// nobody has begun a handshake that only this socket can end. Calls on_retired() at the end.
    void retire();

    [[nodiscard]] bool is_open() const { return socket_.is_open(); }
    [[nodiscard]] bool suspended() const { return suspended_; }
    [[nodiscard]] const Address& address() const { return socket_.address(); }
    [[nodiscard]] ListenSocket& socket() { return socket_; }

 private:
    enum class Retirement { kNone, kDeferredCome, kHandshakesEnd };

    void on_poll(int status, int events);
    void on_timer();
    void on_retirement();
    void accept_rest_and_close();
    [[nodiscard]] bool accept_one();
    void pause(int error);
    void update_watch();

    uv_loop_t* loop_;
    ListenerOwner* owner_;
    ListenSocket socket_;
    Poll poll_;
    Timer timer_;
    Timer retirement_timer_;
    Retirement retirement_ = Retirement::kNone;
    bool suspended_ = false;
    bool paused_ = false;       // until the timer fires
    bool pause_known_ = false;  // the owner has been told
};

}  // namespace pooler
