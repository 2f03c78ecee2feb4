#include "pooler/pool/login_plan.h"

namespace pooler {

LoginRequest plan_login(const conf::Settings& settings, const conf::Database& database,
                        const std::string& user) {
    LoginRequest request;
    request.user = user;
    request.database = database.dbname;
    request.cleartext_allowed = settings.server_allow_cleartext;
    const auto add = [&request](std::string_view name, const conf::OptionalText& value) {
        if (value) request.parameters.emplace_back(name, *value);
    };
    add("client_encoding", database.client_encoding);
    add("datestyle", database.datestyle);
    add("timezone", database.timezone);
    add("application_name", database.application_name);
    add("results_buffer_size", database.results_buffer_size);
    add("options", database.login_options);
    return request;
}

}  // namespace pooler
