// A PAM module for the tests, loaded by libpam inside the pooler: accepts the password "pam:" + user. The
// user `slow` is not answered before the file exists that the module's argument names; the account of
// `locked` is refused after the right password; `host` must come from 127.0.0.1. Every refusal asks for a
// long pause, as pam_unix does.
#include <security/pam_ext.h>
#include <security/pam_modules.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "tests/support/eventually.h"

namespace {

std::string user_of(pam_handle_t* handle) {
    const char* user = nullptr;
    return pam_get_user(handle, &user, nullptr) == PAM_SUCCESS && user != nullptr ? user : "";
}

std::string host_of(const pam_handle_t* handle) {
    const void* host = nullptr;
    if (pam_get_item(handle, PAM_RHOST, &host) != PAM_SUCCESS || host == nullptr) return "";
    return static_cast<const char*>(host);
}

}  // namespace

extern "C" {

int pam_sm_authenticate(pam_handle_t* handle, int /*flags*/, int argc, const char** argv) {
    const std::string user = user_of(handle);
    const char* password = nullptr;
    pam_info(handle, "%s", "welcome to the tests");
    if (pam_get_authtok(handle, PAM_AUTHTOK, &password, nullptr) != PAM_SUCCESS) return PAM_AUTH_ERR;
    if (user == "slow" && argc > 0 &&
        !support::eventually([gate = argv[0]] { return std::filesystem::exists(gate); }))
        return PAM_AUTH_ERR;
    if (user == "host" && host_of(handle) != "127.0.0.1") return PAM_AUTH_ERR;
    constexpr unsigned kPauseUs = 60'000'000;
    pam_fail_delay(handle, kPauseUs);
    return "pam:" + user == std::string_view{password} ? PAM_SUCCESS : PAM_AUTH_ERR;
}

int pam_sm_setcred(pam_handle_t* /*handle*/, int /*flags*/, int /*argc*/, const char** /*argv*/) {
    return PAM_SUCCESS;
}

int pam_sm_acct_mgmt(pam_handle_t* handle, int /*flags*/, int /*argc*/, const char** /*argv*/) {
    return user_of(handle) == "locked" ? PAM_ACCT_EXPIRED : PAM_SUCCESS;
}

}  // extern "C"
