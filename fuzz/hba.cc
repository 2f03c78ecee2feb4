// An HBA file and the search in it. The input is the file, and every @file it names.
#include "conf/hba.h"

#include <algorithm>
#include <cstdint>

#include "fuzz/check.h"

namespace {

/// How many files one input may name: an input that names itself would otherwise run for hours.
constexpr int kMaxFiles = 20;

void check_rule(const conf::HbaRule& rule) {
    fuzz::require(rule.address.bytes == 0 || rule.address.bytes == 4 || rule.address.bytes == 16,
                  "an address is IPv4, IPv6 or any");
    fuzz::require(rule.map.empty() || rule.map == "m", "only maps that exist");
    fuzz::require(rule.origin.line > 0, "a rule has a line");
}

void check_search(const conf::Hba& hba, std::string_view text) {
    conf::HbaClient client;
    client.database = text.substr(0, std::min<std::size_t>(text.size(), 3));
    client.user = client.database;
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{4}, std::size_t{16}}) {
        if (text.size() < bytes) break;
        client.address = text.substr(0, bytes);
        client.unix_socket = bytes == 0;
        client.tls = bytes == 16;
        const conf::HbaRule* found = hba.find(client);
        for (const conf::HbaRule& rule : hba.rules) {
            if (&rule == found) break;
            fuzz::require(!rule.fits(client), "the first rule that fits is found");
        }
        fuzz::require(found == nullptr || found->fits(client), "what is found fits");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text{reinterpret_cast<const char*>(data), size};
    const auto reader = [&text, files = 0](const std::string& path) mutable -> conf::Result<std::string> {
        if (++files > kMaxFiles) return tl::make_unexpected(conf::Error{"cannot read " + path});
        return text;
    };
    std::vector<std::string> warnings;
    const conf::IdentMaps idents = conf::parse_ident("m root app\n", "ident", warnings);
    const conf::Hba hba = conf::parse_hba(text, "hba", reader, idents, warnings);
    const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
    fuzz::require(static_cast<std::ptrdiff_t>(hba.rules.size()) <= lines, "a line gives one rule at most");
    for (const conf::HbaRule& rule : hba.rules) check_rule(rule);
    check_search(hba, text);
    return 0;
}
