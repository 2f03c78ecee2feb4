#include "pooler/console/startup_parameters.h"

#include <array>

#include "pooler/console/show.h"
#include "protocol/session_status.h"

namespace pooler {
namespace {

struct Parameter {
    std::string_view name;
    std::string_view value;
};

/// In PgBouncer's order. `server_version` comes first and is made from kEmulatedVersion: drivers read the
/// number in front of the slash.
constexpr std::array kParameters{
    Parameter{"client_encoding", "UTF8"},
    Parameter{"server_encoding", "UTF8"},
    Parameter{"DateStyle", "ISO"},
    Parameter{"TimeZone", "GMT"},
    Parameter{"standard_conforming_strings", "on"},
    Parameter{"is_superuser", "on"},
};

}  // namespace

void encode_console_greeting(std::string& out, protocol::ByteView cancel_key) {
    protocol::encode_parameter_status(out, "server_version", std::string(kEmulatedVersion) + "/bouncer");
    for (const Parameter& parameter : kParameters) {
        protocol::encode_parameter_status(out, parameter.name, parameter.value);
    }
    protocol::encode_backend_key_data(out, cancel_key);
    protocol::encode_ready_for_query(out, protocol::TransactionStatus::kIdle);
}

}  // namespace pooler
