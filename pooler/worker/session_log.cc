#include "pooler/worker/session_log.h"

#include "pooler/log/log.h"

namespace pooler {

namespace {

std::string peer_text(int descriptor) {
    const auto peer = peer_address(descriptor);
    if (!peer) return {};
    if (!peer->is_unix()) return peer->to_text();
    const auto credentials = peer_credentials(descriptor);
    return "unix(" + std::to_string(credentials ? credentials->pid : 0) + ")";
}

LogLevel level_for(bool warning) { return warning ? LogLevel::kWarning : LogLevel::kInfo; }

}  // namespace

void log_session_line(unsigned worker, const ClientSession& session, std::string_view text, bool warning) {
    if (!log_enabled(level_for(warning))) return;
    const std::string peer = peer_text(session.socket().descriptor());
    log_at(level_for(warning),
           {.worker = worker,
            .session_id = session.id(),
            .side = 'C',
            .database = session.database_name(),
            .user = session.user(),
            .peer = peer},
           text);
}

void log_server_line(unsigned worker, const ServerConnection& server, const SharedPool& pool,
                     std::string_view text, bool warning) {
    if (!log_enabled(level_for(warning))) return;
    const std::string peer = server.address().to_text();
    log_at(level_for(warning),
           {.worker = worker,
            .session_id = server.id(),
            .side = 'S',
            .database = pool.database,
            .user = pool.user,
            .peer = peer},
           text);
}

}  // namespace pooler
