#include "tests/support/account.h"

#include <pwd.h>
#include <unistd.h>

#include "tests/support/catch.h"

namespace support {
namespace {

Account find_account() {
    const passwd* entry = ::geteuid() != 0 ? ::getpwuid(::geteuid()) : ::getpwnam("postgres");
    if (entry == nullptr && ::geteuid() == 0) entry = ::getpwnam("nobody");
    if (entry == nullptr) return {::geteuid(), ::getegid(), ""};
    return {entry->pw_uid, entry->pw_gid, entry->pw_name};
}

}  // namespace

const Account& account() {
    static const Account found = find_account();
    return found;
}

void give_to_account(const std::filesystem::path& path) {
    if (::geteuid() != 0) return;
    if (::lchown(path.c_str(), account().uid, account().gid) != 0)
        FAIL("cannot change the owner of " << path);
}

}  // namespace support
