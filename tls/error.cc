#include "tls/error.h"

#include <openssl/err.h>

#include <cerrno>
#include <cstring>

namespace tls {

namespace {

std::string text_of(unsigned long code) {
    if (ERR_SYSTEM_ERROR(code)) return std::strerror(static_cast<int>(ERR_GET_REASON(code)));
    if (const char* reason = ERR_reason_error_string(code)) return reason;
    return "error " + std::to_string(code);
}

}  // namespace

std::string take_errors(std::string_view fallback) {
    const char* detail = nullptr;
    int flags = 0;
    const unsigned long code = ERR_get_error_all(nullptr, nullptr, nullptr, &detail, &flags);
    if (code == 0) return std::string{fallback};
    std::string text = text_of(code);
    if ((flags & ERR_TXT_STRING) != 0 && detail != nullptr && *detail != '\0')
        text += std::string{" ("} + detail + ")";
    ERR_clear_error();
    return text;
}

}  // namespace tls
