// The userlist. What was read is written out again and must come back.
#include "conf/userlist.h"

#include <cstdint>

#include "fuzz/check.h"

namespace {

std::string quoted(std::string_view field) {
    std::string out = "\"";
    for (const char c : field) out += c == '"' ? std::string{"\"\""} : std::string{c};
    return out + "\"";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    std::vector<std::string> warnings;
    const conf::Userlist list = conf::parse_userlist(text, "users", warnings);
    fuzz::require(warnings.size() <= 1, "the first bad line ends the reading");
    std::string again;
    for (const auto& [user, secret] : list.secrets) {
        fuzz::require(user.size() <= conf::kMaxUserBytes, "a name has a limit");
        fuzz::require(secret.size() <= conf::kMaxSecretBytes, "a secret has a limit");
        again += quoted(user) + " " + quoted(secret) + "\n";
    }
    std::vector<std::string> none;
    fuzz::require(conf::parse_userlist(again, "again", none) == list && none.empty(), "users come back");
    return 0;
}
