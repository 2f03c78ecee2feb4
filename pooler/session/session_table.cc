#include "pooler/session/session_table.h"

#include <cstring>

#include "protocol/crypto.h"

namespace pooler {

SessionTable::~SessionTable() {
    for (ClientSession* session : all()) remove(*session).reset();
}

void SessionTable::add(std::unique_ptr<ClientSession> session) { logins_.push_back(*session.release()); }

std::unique_ptr<ClientSession> SessionTable::remove(ClientSession& session) {
    static_cast<ListHook<SessionListTag>&>(session).unlink();
    return std::unique_ptr<ClientSession>{&session};
}

/// Keys are random, except for the bytes that name a peer and the hops.
std::size_t SessionTable::bucket_of(const CancelKey& key) const {
    std::uint32_t bits = 0;
    std::memcpy(&bits, key.data() + 3, sizeof bits);
    return bits & (buckets_.size() - 1);
}

void SessionTable::add_key(ClientSession& session, const CancelKey& key) {
    if (keys_ >= buckets_.size()) grow();
    ClientSession*& bucket = buckets_[bucket_of(key)];
    session.next_by_key = bucket;
    bucket = &session;
    ++keys_;
}

void SessionTable::remove_key(const CancelKey& key) {
    if (buckets_.empty()) return;
    for (ClientSession** at = &buckets_[bucket_of(key)]; *at != nullptr; at = &(*at)->next_by_key) {
        if ((*at)->key() != key) continue;
        *at = (*at)->next_by_key;
        --keys_;
        return;
    }
}

ClientSession* SessionTable::find_key(const CancelKey& key) const {
    if (buckets_.empty()) return nullptr;
    const std::string_view wanted{key.data(), key.size()};
    for (ClientSession* session = buckets_[bucket_of(key)]; session != nullptr;
         session = session->next_by_key)
        if (protocol::equal_constant_time({session->key().data(), session->key().size()}, wanted))
            return session;
    return nullptr;
}

void SessionTable::grow() {
    std::vector<ClientSession*> old(buckets_.empty() ? 64 : buckets_.size() * 2);
    old.swap(buckets_);
    for (ClientSession* session : old)
        while (session != nullptr) {
            ClientSession* next = session->next_by_key;
            ClientSession*& bucket = buckets_[bucket_of(session->key())];
            session->next_by_key = bucket;
            bucket = session;
            session = next;
        }
}

ClientSession* SessionTable::find(std::uint64_t id) {
    for (ClientSession* session : all())
        if (session->id() == id) return session;
    return nullptr;
}

ClientSession* SessionTable::find_login(std::uint64_t id) {
    ClientSession* found = nullptr;
    logins_.for_each([&found, id](ClientSession& session) {
        if (session.id() == id) found = &session;
    });
    return found;
}

void SessionTable::sweep_logins(Clock::time_point now) {
    logins_.for_each([this, now](ClientSession& session) {
        if (session.state() == SessionState::kReady || session.state() == SessionState::kConsole)
            ready_.push_back(session);
        else
            session.check_deadlines(now);
    });
}

std::vector<ClientSession*> SessionTable::all() {
    std::vector<ClientSession*> found;
    found.reserve(size());
    const auto add = [&found](ClientSession& session) { found.push_back(&session); };
    logins_.for_each(add);
    ready_.for_each(add);
    return found;
}

}  // namespace pooler
