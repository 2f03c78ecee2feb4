#include <security/pam_appl.h>

#include <cstdlib>
#include <cstring>
#include <memory>

#include "pooler/auth/password_check.h"

namespace pooler {

namespace {

void free_responses(pam_response* responses, int count) {
    for (int i = 0; i < count; ++i) {
        if (responses[i].resp == nullptr) continue;
        explicit_bzero(responses[i].resp, std::strlen(responses[i].resp));
        std::free(responses[i].resp);
    }
    std::free(responses);
}

/// Answers every question with the password; what PAM has to say is not shown to anybody.
/// Responses are PAM's to free. Source: pam_conv(3).
int answer_questions(int count, const pam_message** messages, pam_response** responses, void* data) {
    if (count <= 0 || count > PAM_MAX_NUM_MSG) return PAM_CONV_ERR;
    auto* answers =
        static_cast<pam_response*>(std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
    if (answers == nullptr) return PAM_BUF_ERR;
    for (int i = 0; i < count; ++i) {
        const int style = messages[i]->msg_style;
        if (style == PAM_TEXT_INFO || style == PAM_ERROR_MSG) continue;
        if (style == PAM_PROMPT_ECHO_OFF) answers[i].resp = ::strdup(static_cast<const char*>(data));
        if (answers[i].resp == nullptr) {
            free_responses(answers, count);
            return PAM_CONV_ERR;
        }
    }
    *responses = answers;
    return PAM_SUCCESS;
}

/// Modules ask for a pause after a wrong password; a thread of the pool must not sit through it.
void no_delay(int /*status*/, unsigned /*microseconds*/, void* /*data*/) {}

struct Session {
    pam_handle_t* handle = nullptr;
    int status = PAM_SUCCESS;
    Session() = default;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session() {
        if (handle != nullptr) pam_end(handle, status);
    }
};

int start(Session& session, const std::string& service, const std::string& user,
          const pam_conv& conversation) {
    const std::size_t slash = service.rfind('/');
    if (slash == std::string::npos)
        return pam_start(service.c_str(), user.c_str(), &conversation, &session.handle);
    return pam_start_confdir(service.substr(slash + 1).c_str(), user.c_str(), &conversation,
                             service.substr(0, slash).c_str(), &session.handle);
}

}  // namespace

PasswordCheck check_with_pam(const std::string& service, const std::string& user, const std::string& password,
                             const std::string& remote_host) {
    const pam_conv conversation{answer_questions, const_cast<char*>(password.c_str())};
    Session session;
    session.status = start(session, service, user, conversation);
    if (session.status != PAM_SUCCESS)
        return {false, std::string{"pam_start: "} + pam_strerror(session.handle, session.status)};
    pam_set_item(session.handle, PAM_RHOST, remote_host.c_str());
    pam_set_item(session.handle, PAM_FAIL_DELAY, reinterpret_cast<const void*>(&no_delay));
    session.status = pam_authenticate(session.handle, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
    if (session.status != PAM_SUCCESS)
        return {false, std::string{"pam_authenticate: "} + pam_strerror(session.handle, session.status)};
    session.status = pam_acct_mgmt(session.handle, PAM_SILENT);
    if (session.status != PAM_SUCCESS)
        return {false, std::string{"pam_acct_mgmt: "} + pam_strerror(session.handle, session.status)};
    return {true, {}};
}

}  // namespace pooler
