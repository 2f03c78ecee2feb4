// Questions to servers that no client has at the moment: of which run of which server they are, behind the
// login, and what sessions want to know of a server beside their own.
#include <algorithm>

#include "pooler/pool/pool.h"

namespace pooler {

/// For commits that are looked up; see commit_resolution.
bool Pool::asks_for_run(const ServerConnection& server) const {
    const auto& configuration = environment_->configuration();
    return !server.cockroach && mode_ == conf::PoolMode::kTransaction &&
           configuration.transaction_replay(database_, shared_->user) &&
           configuration.commit_resolution(database_, shared_->user) == conf::CommitResolution::kXid;
}

bool Pool::inquire(Inquirer& who) {
    bool any = false;
    for (const auto& server : all_) {
        if (!who.may_ask(*server)) continue;
        any = true;
        const bool free = server->state() == ServerState::kIdle || server->state() == ServerState::kUsed;
        if (!free || !static_cast<ListHook<ServerListTag>&>(*server).linked()) continue;
        put_question(*server, who);
        return true;
    }
    if (any) inquirers_.push_back(who);
    return any;
}

void Pool::stop_inquiring(Inquirer& who) {
    static_cast<ListHook<InquirerTag>&>(who).unlink();
    for (const auto& server : all_)
        if (server->inquirer == &who) server->inquirer = nullptr;
}

void Pool::put_question(ServerConnection& server, Inquirer& who) {
    static_cast<ListHook<ServerListTag>&>(server).unlink();
    server.enter(ServerState::kTested);
    server.inquirer = &who;
    server.ask(who.question());
    publish();
}

void Pool::on_inquired(ServerConnection& server, Inquirer& who) {
    const OwnResult result = server.own_result();
    const auto run = server.run;
    server.last_used = IoContext::now();
    if (server.reusable())
        make_idle(server);
    else
        retire(server, "it was not to be asked");
    who.on_answered(run.get(), result);
}

/// A server becomes free. True: it is asked first.
bool Pool::answers_next(ServerConnection& server) {
    Inquirer* next = nullptr;
    inquirers_.for_each([&](Inquirer& who) {
        if (next == nullptr && who.may_ask(server)) next = &who;
    });
    if (next == nullptr) return false;
    static_cast<ListHook<InquirerTag>&>(*next).unlink();
    put_question(server, *next);
    return true;
}

/// A server is gone. `asked`: who waits for what it would have said, or null.
void Pool::tell_inquirers(Inquirer* asked) {
    if (asked != nullptr) asked->on_unanswered();
    inquirers_.for_each([this](Inquirer& who) {
        if (std::any_of(all_.begin(), all_.end(), [&who](const auto& left) { return who.may_ask(*left); }))
            return;
        static_cast<ListHook<InquirerTag>&>(who).unlink();
        who.on_unanswered();
    });
}

}  // namespace pooler
