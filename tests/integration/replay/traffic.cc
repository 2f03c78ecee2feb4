#include "tests/integration/replay/traffic.h"

#include <poll.h>

#include <memory>

#include <utility>

namespace replay {
namespace {

using support::Client;
using support::Outcome;

std::string insert(int id) { return "INSERT INTO ledger VALUES (" + std::to_string(id) + ", 'x')"; }
std::string raise(int id) {
    return "UPDATE tally SET n = n + 1 WHERE id = " + std::to_string(id / Traffic::kFirstOf);
}

}  // namespace

Traffic::Traffic(support::Login login, int clients) : login_(std::move(login)) {
    for (int number = 1; number <= clients; ++number) threads_.emplace_back([this, number] { run(number); });
}

Traffic::~Traffic() { static_cast<void>(stop()); }

bool Traffic::goes_on(long writes) {
    const long wanted = acknowledged_ + writes;
    return support::eventually([&] { return acknowledged_ >= wanted; });
}

std::vector<Written> Traffic::stop() {
    stop_ = true;
    for (auto& thread : std::exchange(threads_, {})) thread.join();
    const std::lock_guard lock(mutex_);
    return written_;
}

Written Traffic::write(Client& client, int id, bool autocommit) const {
    Written made{id, autocommit, Written::Outcome::kUnknown, ""};
    std::vector<std::string> statements{insert(id)};
    if (!autocommit) statements = {"BEGIN", insert(id), raise(id), "COMMIT"};
    for (std::size_t i = 0; i < statements.size(); ++i) {
        const auto answer = i == 1 ? client.try_params(statements[i], {}) : client.try_query(statements[i]);
        if (answer.ok) continue;
        made.sqlstate = answer.sqlstate;
        if (made.sqlstate == "40001" || made.sqlstate == "40P01")
            made.outcome = Written::Outcome::kUndone;
        else if (i + 1 < statements.size())
            made.outcome = Written::Outcome::kBefore;
        return made;
    }
    made.outcome = Written::Outcome::kAcknowledged;
    return made;
}

void Traffic::run(int number) {
    auto client = std::make_unique<Client>(login_);
    for (int i = 0; !stop_; ++i) {
        const auto made = write(*client, number * kFirstOf + i, i % 3 == 2);
        {
            const std::lock_guard lock(mutex_);
            written_.push_back(made);
        }
        if (made.outcome == Written::Outcome::kAcknowledged) {
            ++acknowledged_;
            continue;
        }
        if (client->connected()) static_cast<void>(client->try_query("ROLLBACK"));
        if (client->connected()) continue;
        ::poll(nullptr, 0, 5);  // where every connection is refused this is no busy loop
        client = std::make_unique<Client>(login_);
    }
}

}  // namespace replay
