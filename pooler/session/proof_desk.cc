#include "pooler/session/proof_desk.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "pooler/pool/login_plan.h"
#include "pooler/session/session_environment.h"
#include "protocol/crypto.h"

namespace pooler {

namespace {

/// The same wrong password is not taken to a server again before this; longer and longer if it keeps coming.
constexpr Microseconds kRefusalPause{1'000'000};

/// Between attempts to reach a server.
constexpr Microseconds kRetryPause{300'000};

/// The server, not its answer, is the trouble: another attempt may succeed.
bool may_pass(const LoginFailure& failure) {
    if (!failure.settled) return true;
    return failure.sqlstate.starts_with("57") || failure.sqlstate.starts_with("53");
}

}  // namespace

ProofDesk::Question::~Question() { protocol::wipe(password); }

ProofDesk::~ProofDesk() = default;

/// With all that a server's verdict depends on, so that another configuration asks anew.
std::string ProofDesk::digest_of(const conf::Database& database, const std::string& user,
                                 const std::string& password) const {
    const std::string port = std::to_string(database.port);
    const auto hosts = environment_->configuration().hosts(database);
    std::vector<std::string_view> parts{"proof", database.name, database.dbname, port, user, password};
    parts.insert(parts.end(), hosts.begin(), hosts.end());
    return environment_->process().pools.backoff.key_of(parts);
}

/// A server took it lately, and the pool has no need of the password itself.
bool ProofDesk::known_right(const conf::Database& database, const std::string& user,
                            const std::string& digest) const {
    const auto shared = environment_->process().pools.find(database.name, user);
    if (!shared) return false;
    const Microseconds age = environment_->configuration().settings.auth_cache_time;
    return shared->proved(digest, IoContext::now() - age);
}

std::optional<ProofAnswer> ProofDesk::ask(const conf::Database& database, const std::string& user,
                                          const std::string& password, ProofWaiter& waiter) {
    const auto now = IoContext::now();
    const std::string digest = digest_of(database, user, password);
    if (known_right(database, user, digest) && !environment_->pool_for(database, user).wants_secret())
        return ProofAnswer{ProofAnswer::Kind::kRight};
    if (const auto refused = environment_->process().pools.backoff.refused(digest, now))
        return ProofAnswer{ProofAnswer::Kind::kWrong, *refused};
    auto& question = questions_[digest];
    if (!question) {
        question = std::make_unique<Question>();
        question->database = database.name;
        question->user = user;
        question->password = password;
        question->due = now;
    }
    question->waiters.push_back(waiter);
    start_next(now);
    return std::nullopt;
}

/// As many as may run; nobody hears of it from inside this call.
void ProofDesk::start_next(Clock::time_point now) {
    if (environment_->process().paused) return;
    for (const auto& [digest, question] : questions_) {
        if (running_ >= kMaxRunning) return;
        if (question->proof || now < *question->due || question->waiters.empty()) continue;
        const auto database = environment_->configuration().find_database(question->database);
        question->due = now + kRetryPause;
        if (!database || environment_->process().pools.databases.of(database->name).paused) continue;
        start(*question, *database);
    }
}

void ProofDesk::start(Question& question, const conf::Database& database) {
    const auto& configuration = environment_->configuration();
    const auto hosts = configuration.hosts(database);
    if (hosts.empty()) return;
    const std::string& host = hosts[turn_++ % hosts.size()];
    LoginRequest request = plan_login(configuration.settings, database, question.user);
    request.secret = question.password;
    request.typed = true;
    PasswordProofOwner& owner = *this;
    const PasswordProof::Place place{&environment_->io(), resolver_, &environment_->key_cache(),
                                     &environment_->tracked()};
    auto proof = std::make_unique<PasswordProof>(owner, place, ++environment_->process().last_id);
    const auto failure =
        proof->start(configuration.settings, std::move(request),
                     environment_->tls().plan(database, question.user, host), host, database.port);
    if (failure) return environment_->io().bury(std::move(proof));  // due again soon
    question.proof = std::move(proof);
    ++running_;
    // Clients that wait in the pool, if there is one, may get the server.
    question.pool = environment_->process().pools.find(question.database, question.user);
    if (question.pool) ++question.pool->proving;
}

void ProofDesk::on_proof_done(PasswordProof& proof, const LoginFailure* failure) {
    const auto at = std::find_if(questions_.begin(), questions_.end(),
                                 [&proof](const auto& item) { return item.second->proof.get() == &proof; });
    Question& question = *at->second;
    --running_;
    LoginFailure found = failure != nullptr ? *failure : accept(at->first, question);
    if (const auto pool = std::exchange(question.pool, nullptr)) --pool->proving;
    environment_->io().bury(std::move(question.proof));
    const bool right = failure == nullptr && found.message.empty();
    const auto answer = right ? ProofAnswer{ProofAnswer::Kind::kRight} : judge(at->first, question, found);
    if (answer)
        settle(at, *answer);
    else if (question.waiters.empty())
        questions_.erase(at);
    else
        question.due = IoContext::now() + kRetryPause;
    start_next(IoContext::now());
}

/// The server has let the user in. A failure without a message if that was because of the password.
LoginFailure ProofDesk::accept(const std::string& digest, Question& question) {
    ServerLogin& login = question.proof->login();
    if (!login.secret_taken())
        return {"28000", "the server asks this user for no password: it cannot tell a right one", true, true};
    const auto database = environment_->configuration().find_database(question.database);
    if (!database) return {"", "the database is gone", false, true};
    environment_->process().pools.backoff.forget(digest);
    Pool& pool = environment_->pool_for(*database, question.user);
    if (const auto keys = login.keys_for_next())
        pool.shared().set_captured_keys(*keys);
    else
        pool.shared().forget_captured_keys();
    pool.shared().set_proof(digest, IoContext::now());
    pool.take_proved(question.proof->release());
    return {};
}

/// nullopt: to be tried again.
std::optional<ProofAnswer> ProofDesk::judge(const std::string& digest, const Question& question,
                                            const LoginFailure& failure) {
    const auto shared = environment_->process().pools.find(question.database, question.user);
    const Microseconds age = environment_->configuration().settings.auth_cache_time;
    const bool proved = shared && shared->proved(digest, IoContext::now() - age);
    if (is_refused_secret(failure)) {
        environment_->process().pools.backoff.record(digest, failure, IoContext::now(), kRefusalPause);
        if (proved) shared->forget_proof();
        return ProofAnswer{ProofAnswer::Kind::kWrong, failure};
    }
    // It was for the pool only that a server was asked.
    if (proved && shared->servers.used() > 0) return ProofAnswer{ProofAnswer::Kind::kRight};
    if (may_pass(failure)) return std::nullopt;
    return ProofAnswer{ProofAnswer::Kind::kFailed, failure};
}

void ProofDesk::settle(Questions::iterator at, const ProofAnswer& answer) {
    const std::unique_ptr<Question> done = std::move(at->second);
    questions_.erase(at);
    // Waiters may close sessions, and by that unlink themselves; they reach no other.
    while (!done->waiters.empty()) done->waiters.pop_front().on_proof(answer);
}

void ProofDesk::run_janitor(Clock::time_point now) {
    const auto limit = environment_->configuration().settings.server_connect_timeout;
    std::vector<PasswordProof*> running;
    std::erase_if(questions_,
                  [](const auto& item) { return !item.second->proof && item.second->waiters.empty(); });
    for (const auto& [digest, question] : questions_)
        if (question->proof) running.push_back(question->proof.get());
    for (PasswordProof* proof : running) proof->check_deadline(now, limit);
    start_next(now);
}

}  // namespace pooler
