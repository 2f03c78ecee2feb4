// Log lines of sessions and server connections: who, to where, what. Any worker's thread.
#pragma once

#include <string_view>

#include "pooler/pool/shared_pool.h"
#include "pooler/server/server_connection.h"
#include "pooler/session/client_session.h"

namespace pooler {

void log_session_line(unsigned worker, const ClientSession& session, std::string_view text, bool warning);
void log_server_line(unsigned worker, const ServerConnection& server, const SharedPool& pool,
                     std::string_view text, bool warning);

}  // namespace pooler
