// A Replayer driven as a session drives it, with messages written as short texts. Shared by the tests of this
// folder.
#pragma once

#include <string>
#include <string_view>

#include "pooler/replay/replayer.h"
#include "pooler/sql/statement.h"
#include "protocol/error_notice.h"
#include "protocol/result.h"
#include "protocol/session_status.h"
#include "protocol/simple_query.h"

namespace replay_test {

inline std::string backend(char type, std::string_view body = {}) {
    std::string out(1, type);
    const auto length = static_cast<std::uint32_t>(body.size() + 4);
    for (const unsigned shift : {24U, 16U, 8U, 0U}) out += static_cast<char>(length >> shift & 0xFFU);
    return out += body;
}

inline std::string ready(char status) { return backend('Z', std::string_view{&status, 1}); }

inline std::string error(std::string_view code, std::string_view severity = "ERROR") {
    std::string out;
    protocol::encode_error(out, severity, code, "text of the error");
    return out;
}

inline std::string done(std::string_view tag) {
    std::string out;
    protocol::encode_command_complete(out, tag);
    return out;
}

struct Dialogue {
    pooler::LogBudget budget;
    pooler::Replayer replayer{budget};
    std::uint64_t sequence = 0;
    pooler::Replayer::Clock::time_point now{std::chrono::hours{1}};

    explicit Dialogue(bool begins = true, pooler::ReplayLimits limits = {},
                      pooler::ServerTraits server = {}) {
        replayer.open(limits, server, begins);
    }
    static std::string query_bytes(std::string_view text) {
        std::string out;
        protocol::encode_query(out, text);
        return out;
    }
    /// A Query on its way to the server, recorded or fed.
    void query(std::string_view text) {
        replayer.on_message();
        replayer.on_statement(pooler::facts_of(pooler::classify(text), text, pooler::Dialect::kPostgres));
        replayer.end_unit(++sequence, true);
        replayer.on_bytes(query_bytes(text));
    }
    /// What the client gets of this.
    std::string server(std::string_view bytes) {
        const auto passed = replayer.on_server(bytes);
        return std::string{bytes.substr(passed.from, passed.to - passed.from)};
    }
    /// A whole exchange.
    std::string exchange(std::string_view text, std::string_view tag, char status = 'T') {
        query(text);
        return server(done(tag) + ready(status));
    }
    /// The trigger is dealt with, a server is there.
    void restart() {
        replayer.leave_server(now);
        replayer.begin_feeding();
    }
};

}  // namespace replay_test
