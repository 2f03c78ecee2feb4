#include "pooler/session/secret_desk.h"

#include <algorithm>

#include "pooler/session/session_environment.h"

namespace pooler {

namespace {

/// A failed login asks again for what was learnt longer ago than this: often enough to notice a new password,
/// not so often that wrong ones keep the database busy.
constexpr Microseconds kFresh{1'000'000};

}  // namespace

SecretDesk::~SecretDesk() { running_.clear(); }

bool SecretDesk::has_query(const std::string& requested) const {
    const auto& configuration = environment_->configuration();
    if (conf::is_console_database(requested))
        return configuration.settings.auth_user && configuration.settings.auth_dbname;
    const auto database = configuration.find_database(requested);
    return database && configuration.auth_user(*database);
}

tl::expected<SecretDesk::Question, std::string> SecretDesk::question(const std::string& requested,
                                                                     const std::string& user) const {
    const auto& configuration = environment_->configuration();
    const auto& settings = configuration.settings;
    const auto entry = configuration.find_database(requested);
    const conf::OptionalText place = entry ? configuration.auth_dbname(*entry) : settings.auth_dbname;
    const auto database = place ? configuration.find_database(*place) : entry;
    if (!database)
        return tl::make_unexpected("auth_dbname '" + place.value_or("") + "' is not a database entry");
    if (environment_->process().pools.databases.of(database->name).disabled)
        return tl::make_unexpected("authentication database \"" + database->name + "\" is disabled");
    const conf::OptionalText role = entry ? configuration.auth_user(*entry) : settings.auth_user;
    const std::string query = entry ? configuration.auth_query(*entry) : settings.auth_query;
    return Question{*database, {database->name, role.value_or(""), query, user}};
}

std::optional<SecretAnswer> SecretDesk::ask(const std::string& requested, const std::string& user, bool fresh,
                                            SecretWaiter& waiter) {
    const auto asked = question(requested, user);
    if (!asked) return SecretAnswer{{}, asked.error()};
    const Microseconds age = environment_->configuration().settings.auth_cache_time;
    const Microseconds max_age = fresh ? std::min(kFresh, age) : age;
    if (max_age.count() > 0)
        if (auto known = cache_->find(asked->key, IoContext::now(), max_age))
            return SecretAnswer{std::move(known->answer), {}, true};
    auto& running = running_[asked->key];
    const bool first = running == nullptr;
    if (first) running = std::make_unique<Running>();
    running->waiters.push_back(waiter);
    if (!first) return std::nullopt;
    SecretQueryOwner& owner = *this;
    running->query = std::make_unique<SecretQuery>(*environment_, owner, asked->key);
    running->query->start(environment_->pool_for(asked->database, asked->key.role));
    return std::nullopt;
}

void SecretDesk::forget(const std::string& requested, const std::string& user) {
    if (const auto asked = question(requested, user)) cache_->forget(asked->key, IoContext::now() - kFresh);
}

bool SecretDesk::wanted(const SecretQuery& query) const {
    const auto found = running_.find(query.key());
    return found != running_.end() && !found->second->waiters.empty();
}

void SecretDesk::on_query_done(SecretQuery& query, std::optional<UserSecret> answer, std::string failure) {
    const auto found = running_.find(query.key());
    const std::unique_ptr<Running> done = std::move(found->second);
    running_.erase(found);
    if (failure.empty()) cache_->store(query.key(), answer, IoContext::now());
    const SecretAnswer said{std::move(answer), std::move(failure)};
    environment_->io().bury(std::move(done->query));
    // Waiters may close sessions, and by that unlink themselves; they reach no other.
    while (!done->waiters.empty()) done->waiters.pop_front().on_secret(said);
}

}  // namespace pooler
