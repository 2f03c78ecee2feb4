// Random histories: a model of PostgreSQL's main loop answers random pipelines, and the ledger must find
// every reply legal, forward exactly those the client is owed, and be empty at the end. The model is written
// from the protocol's description, not from the ledger.
#include <cstdlib>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "pooler/server/ledger.h"
#include "tests/support/catch.h"

using pooler::Delivery;
using pooler::Entry;
using pooler::Ledger;
using pooler::Request;
using pooler::Verdict;
using protocol::BackendType;

namespace {

struct Message {
    Request request;
    Delivery delivery;
    bool fails;
    bool copies;  // Query or Execute that starts COPY IN
};

/// Reads messages in order and writes replies, as the server does. 'x' in front of a reply: the request was
/// ours.
class ServerModel {
 public:
    void receive(const Message& message) { inbox_.push_back(message); }

    /// One step; false if there is nothing to read.
    bool step(std::string& out) {
        if (inbox_.empty()) return false;
        const Message message = inbox_.front();
        inbox_.pop_front();
        if (copying_)
            read_copy(message, out);
        else if (!skipping_ || message.request == Request::kSync)
            execute(message, out);
        return true;
    }

 private:
    void read_copy(const Message& message, std::string& out) {
        if (message.request == Request::kSync) return;
        copying_ = false;
        const bool ended = message.request == Request::kCopyEnd && !message.fails;
        out += ended ? 'C' : 'E';
        if (!copy_extended_) out += 'Z';
        if (copy_extended_ && !ended) skipping_ = true;
    }

    void execute(const Message& message, std::string& out) {
        switch (message.request) {
            case Request::kSync:
                skipping_ = false;
                out += 'Z';
                return;
            case Request::kCopyEnd: return;
            case Request::kQuery:
                if (message.copies && !message.fails) return start_copy(false, out);
                out += message.fails ? "EZ" : "TDDCZ";
                return;
            case Request::kFunctionCall: out += message.fails ? "EZ" : "VZ"; return;
            case Request::kExecute:
                if (message.copies && !message.fails) return start_copy(true, out);
                return answer(message, "DC", out);
            case Request::kParse: return answer(message, "1", out);
            case Request::kBind: return answer(message, "2", out);
            case Request::kClose: return answer(message, "3", out);
            case Request::kDescribeStatement: return answer(message, "tn", out);
            case Request::kDescribePortal: return answer(message, "T", out);
        }
    }

    void answer(const Message& message, const char* reply, std::string& out) {
        out += message.fails ? "E" : reply;
        skipping_ = message.fails;
    }
    void start_copy(bool extended, std::string& out) {
        copying_ = true;
        copy_extended_ = extended;
        out += 'G';
    }

    std::deque<Message> inbox_;
    bool skipping_ = false;
    bool copying_ = false;
    bool copy_extended_ = false;
};

class History {
 public:
    explicit History(unsigned seed) : random_{seed} {}

    void run(int messages) {
        for (int i = 0; i < messages; ++i) {
            send(random_message());
            while (chance(40) && server_.step(wire_)) deliver(chance(50));
        }
        send({Request::kCopyEnd, Delivery::kForward, false, false});
        send({Request::kSync, Delivery::kForward, false, false});
        while (server_.step(wire_)) deliver(true);
        deliver(true);
        REQUIRE(ledger_.empty());
        REQUIRE_FALSE(ledger_.skipping());
        REQUIRE_FALSE(ledger_.in_copy());
    }

 private:
    bool chance(unsigned percent) { return random_() % 100 < percent; }

    Message random_message() {
        static constexpr Request kKinds[] = {
            Request::kParse,   Request::kBind,           Request::kDescribeStatement,
            Request::kExecute, Request::kDescribePortal, Request::kClose,
            Request::kSync,    Request::kSync,           Request::kQuery,
            Request::kCopyEnd, Request::kFunctionCall};
        const Request request = kKinds[random_() % std::size(kKinds)];
        const bool own = (request == Request::kParse || request == Request::kClose) && chance(20);
        return {request, own ? Delivery::kSwallow : Delivery::kForward, chance(15), chance(30)};
    }

    void send(const Message& message) {
        static_cast<void>(ledger_.push({message.request, message.delivery, ++sequence_}));
        server_.receive(message);
    }

    /// Reads some of what is on the wire.
    void deliver(bool all) {
        const std::size_t count = all ? wire_.size() : wire_.size() / 2;
        for (std::size_t i = 0; i < count; ++i) {
            const Verdict verdict = ledger_.on_reply(static_cast<BackendType>(wire_[i]));
            INFO("reply " << wire_[i] << " after " << seen_);
            REQUIRE(verdict.action != Verdict::Action::kViolation);
            REQUIRE_FALSE(verdict.unasked);
            seen_ += wire_[i];
        }
        wire_.erase(0, count);
    }

    std::mt19937 random_;
    Ledger ledger_;
    ServerModel server_;
    std::uint64_t sequence_ = 0;
    std::string wire_;
    std::string seen_;
};

}  // namespace

TEST_CASE("ledger: random pipelines, errors and COPYs against a model of the server") {
    const char* given = std::getenv("WEIR_TEST_SEED");
    const unsigned first =
        given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
    const int histories = given != nullptr ? 1 : 20000;
    for (int i = 0; i < histories; ++i) {
        const unsigned seed = first + static_cast<unsigned>(i);
        INFO("WEIR_TEST_SEED=" << seed);
        History{seed}.run(30);
    }
}
