#include "conf/hba.h"

#include <algorithm>

namespace conf {
namespace {

constexpr std::string_view kMappedPrefix{"\0\0\0\0\0\0\0\0\0\0\xff\xff", 12};

bool names_fit(const HbaNames& names, std::string_view name) {
    return names.all || names.names.find(name) != names.names.end();
}

bool databases_fit(const HbaNames& names, const HbaClient& client) {
    return names_fit(names, client.database) || (names.same_user && client.database == client.user);
}

}  // namespace

bool HbaAddress::covers(std::string_view address) const {
    if (bytes == 0) return true;
    if (address.size() == 16 && address.starts_with(kMappedPrefix)) address.remove_prefix(12);
    if (address.size() != bytes) return false;
    for (std::size_t i = 0; i < bytes; ++i)
        if ((static_cast<unsigned char>(address[i]) & mask[i]) != network[i]) return false;
    return true;
}

bool HbaRule::fits(const HbaClient& client) const {
    if ((connection == HbaConnection::kLocal) != client.unix_socket) return false;
    if (connection == HbaConnection::kHostSsl && !client.tls) return false;
    if (connection == HbaConnection::kHostNoSsl && client.tls) return false;
    if (!client.unix_socket && !address.covers(client.address)) return false;
    return databases_fit(databases, client) && names_fit(users, client.user);
}

const HbaRule* Hba::find(const HbaClient& client) const {
    const auto found =
        std::find_if(rules.begin(), rules.end(), [&](const HbaRule& rule) { return rule.fits(client); });
    return found == rules.end() ? nullptr : &*found;
}

}  // namespace conf
