#include "tests/unit/pooler/session/model/author.h"

#include <array>

#include "protocol/copy.h"
#include "protocol/extended_query.h"
#include "protocol/frame.h"
#include "protocol/simple_query.h"

namespace model {

namespace {

constexpr std::array kPlain{"SELECT 1", "SELECT 2", "SELECT 1/0", "SELEC", "", "INSERT one", "SELECT 'a'"};
constexpr std::array kNames{"", "", "a", "b", "c"};
/// The name of whatever resets: behind it its batch ends.
constexpr const char* kReset = "r";
constexpr const char* kShowHidden = "SHOW x.h";
constexpr std::array kSavepoints{"s", "t"};

template <class Choices>
std::string choose(const Choices& choices, unsigned number) {
    return choices[number % choices.size()];
}

std::string query_of(const std::string& text) {
    std::string message;
    protocol::encode_query(message, text);
    return message;
}

}  // namespace

std::string Author::variable() { return std::string{"x."} + static_cast<char>('a' + pick(3)); }

/// Its own values, so that another client's would be seen; few, so that clients are equal now and then.
std::string Author::value() {
    return chance(30) ? "'common'"
                      : "'of_" + std::to_string(client_ % 3) + "." + std::to_string(pick(3)) + "'";
}

/// One statement that may stand anywhere but behind a RESET in the same text or batch: there the server's own
/// start value shows until the batch is through.
std::string Author::statement() {
    const unsigned kind = pick(100);
    if (kind < 22) return choose(kPlain, pick(7));
    // What it has set unseen goes with the server; what another has is not to be seen.
    if (kind < 25 && !hid_) return kShowHidden;
    if (kind < 40) return "SHOW " + variable();
    if (kind < 52) return "SET " + variable() + " = " + value();
    if (kind < 58) return "SET LOCAL " + variable() + " = " + value();
    if (kind < 66) return "BEGIN";
    if (kind < 74) return "COMMIT";
    if (kind < 79) return "ROLLBACK";
    if (kind < 86) return "SAVEPOINT " + choose(kSavepoints, pick(2));
    if (kind < 92) return "ROLLBACK TO " + choose(kSavepoints, pick(2));
    if (kind < 95) return "RELEASE " + choose(kSavepoints, pick(2));
    if (kind < 98) return "RESET " + variable();
    return "RESET ALL";
}

std::string Author::query() {
    const unsigned kind = pick(100);
    if (kind < 3) return query_of("DEALLOCATE ALL");
    // Not behind a batch without its Sync: the pooler answers it alone, and the batch stays open.
    if (kind < 8 && !batch_open_) return query_of("DEALLOCATE " + choose(kNames, 2 + pick(3)));
    if (kind < 10) return query_of("DISCARD ALL");
    if (kind < 16) return query_of("COPY t FROM STDIN");
    if (kind < 18) {
        hid_ = true;
        return query_of("SELECT hidden( x.h , " + value() + " )");
    }
    if (kind < 20)
        return query_of("BEGIN; SAVEPOINT s; SET " + variable() + " = " + value() +
                        "; ROLLBACK TO s; COMMIT");
    std::string text = statement();
    while (chance(30) && text.find("RESET") == std::string::npos) text += "; " + statement();
    return query_of(text);
}

std::string Author::copy_message() {
    std::string message;
    const unsigned kind = pick(10);
    if (kind < 4)
        protocol::encode_copy_data(message, "1\n");
    else if (kind < 8)
        protocol::encode_copy_done(message);
    else if (kind < 9)
        protocol::encode_copy_fail(message, "changed my mind");
    else
        protocol::encode_sync(message);
    return message;
}

std::string Author::parse_text() {
    if (chance(5)) return "DEALLOCATE " + choose(kNames, 2 + pick(3));
    if (chance(3)) return "DEALLOCATE ALL";
    if (chance(3)) return "COPY t FROM STDIN";
    const std::string text = statement();
    // A prepared one could still be run when something was set unseen.
    return text == kShowHidden ? "SELECT 1" : text;
}

std::string Author::bind(const std::string& name) {
    if (name == kReset) batch_resets_ = true;
    const std::string portal = name != kReset && chance(15) ? "p" : "";
    std::string message;
    protocol::encode_bind(message, portal, name, {});
    if (portal.empty()) unnamed_bound_ = true;
    if (chance(90)) protocol::encode_execute(queued_, portal);
    return message;
}

std::string Author::batch_message(bool failed) {
    batch_open_ = true;
    std::string name = chance(4) ? kReset : choose(kNames, pick(5));
    std::string message;
    const unsigned kind = pick(100);
    if (kind < 35) {
        const std::string text = parse_text();
        const bool resets = text.find("RESET") != std::string::npos;
        if (resets != (name == kReset)) name = resets ? kReset : "a";
        protocol::encode_parse(message, name, text, protocol::kNoTypes);
        if (chance(70)) {
            const std::string first = bind(name);
            queued_.insert(0, first);
        }
    } else if (kind < 65) {
        message = bind(name);
    } else if (kind < 75) {
        protocol::encode_close(message, protocol::kStatementKind, name);
    } else if (kind < 80) {
        protocol::encode_close(message, protocol::kPortalKind, chance(50) ? "p" : "");
        unnamed_bound_ = false;
    } else if (kind < 88 && !failed) {
        // In a failed transaction a server that lacks a statement cannot be given it, to describe it.
        protocol::encode_describe(message, protocol::kStatementKind, name);
    } else if (kind < 92 && unnamed_bound_) {
        protocol::encode_describe(message, protocol::kPortalKind, "");
    } else if (kind < 96) {
        protocol::encode_execute(message, "p");
    } else {
        protocol::encode_flush(message);
    }
    return message;
}

std::string Author::next(bool failed, bool copying) {
    if (copying) {
        queued_.clear();
        return copy_message();
    }
    if (!queued_.empty()) {
        const std::size_t bytes = protocol::read_header(queued_).total_bytes();
        const std::string message = queued_.substr(0, bytes);
        queued_.erase(0, bytes);
        return message;
    }
    if (batch_open_ && (batch_resets_ || chance(35))) {
        batch_open_ = batch_resets_ = unnamed_bound_ = false;
        std::string message;
        protocol::encode_sync(message);
        return message;
    }
    if ((!batch_open_ && chance(45)) || chance(3)) return query();
    return batch_message(failed);
}

}  // namespace model
