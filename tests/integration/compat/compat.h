// What the compatibility tests begin with: a pooler in front of the shared PostgreSQL, and its console as the
// wire shows it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/integration/scene.h"

namespace compat {

using scene::before;
using scene::begin;
using scene::waiting;

inline support::Login console_login(const support::Weir& weir, const std::string& user = "admin") {
    return weir.login(user).with_database("pgbouncer");
}

/// An open console of this user.
inline support::WireClient console(const support::Weir& weir, const std::string& user = "admin") {
    return support::WireClient::logged_in(console_login(weir, user));
}

/// `name oid` of every column in the first RowDescription, separated by commas; checks the constant fields.
/// Source: PostgreSQL docs, "Message Formats", RowDescription.
inline std::string columns(const support::wire::Messages& answer) {
    std::string text;
    for (const auto& message : answer) {
        if (message.type != 'T') continue;
        const std::string& body = message.body;
        for (std::size_t at = 2; at < body.size();) {
            const std::string name = body.c_str() + at;
            at += name.size() + 1;
            CHECK(body.substr(at, 6) == std::string(6, '\0'));  // neither table nor attribute
            text += (text.empty() ? "" : ", ") + name + " " +
                    std::to_string(support::wire::read_uint32(std::string_view(body).substr(at + 6)));
            CHECK(body.substr(at + 12, 4) == std::string(4, '\xff'));  // type modifier -1
            at += 18;
        }
        return text;
    }
    return text;
}

/// Severity, SQLSTATE and text of the only error, as `ERROR 08P01 text`; checks that there are no other
/// fields.
inline std::string error(const support::wire::Messages& answer) {
    for (const auto& message : answer) {
        if (message.type != 'E') continue;
        auto fields = support::wire::error_fields(message);
        CHECK(fields.size() == 3);
        return fields['S'] + " " + fields['C'] + " " + fields['M'];
    }
    return "";
}

/// What a login with these startup parameters is refused with.
inline std::string refusal(const support::Weir& weir, const support::wire::Parameters& parameters) {
    support::WireClient client(weir.port());
    client.send(support::wire::startup(parameters));
    return error(client.read_to_end());
}

/// The same for a client that gives its password in clear text when asked for it.
inline std::string refusal(const support::Weir& weir, const std::string& user, const std::string& secret) {
    support::WireClient client(weir.port());
    client.send(support::wire::startup({{"user", user}, {"database", "app"}}));
    const auto asked = client.read();
    if (!asked || asked->type == 'E') return asked ? error({*asked}) : "";
    client.send(support::wire::password(secret));
    return error(client.read_to_end());
}

using Cells = std::map<std::string, std::string>;

/// The only row of a SHOW whose cells include all of `wanted`; an empty one if there is none.
inline Cells row_with(support::Weir& weir, const std::string& show, const Cells& wanted) {
    for (const auto& row : weir.show(show)) {
        bool fits = true;
        for (const auto& [column, value] : wanted) {
            const auto cell = row.find(column);
            fits = fits && cell != row.end() && cell->second == value;
        }
        if (fits) return row;
    }
    return {};
}

}  // namespace compat
