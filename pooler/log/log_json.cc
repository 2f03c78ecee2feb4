// The JSON form.
#include "pooler/base/json.h"
#include "pooler/base/timestamp.h"
#include "pooler/log/log_line.h"

namespace pooler {

std::string json_body(const JsonRecord& record, const LogPrefix& prefix, std::string_view text) {
    Json line = Json::object();
    line.set("time", rfc3339(record.time)).set("level", level_name(record.level)).set("pid", record.pid);
    if (prefix.worker != LogPrefix::kNoWorker) line.set("worker", prefix.worker);
    if (prefix.side != '-')
        line.set("side", prefix.side == 'C' ? "client" : "server").set("session", prefix.session_id);
    if (!prefix.database.empty()) line.set("database", prefix.database.substr(0, kLongestLogText));
    if (!prefix.user.empty()) line.set("user", prefix.user.substr(0, kLongestLogText));
    if (!prefix.peer.empty()) line.set("peer", prefix.peer);
    line.set("message", text.substr(0, kLongestLogText));
    return line.text();
}

}  // namespace pooler
