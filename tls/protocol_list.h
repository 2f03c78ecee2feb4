// Lists of TLS versions as PgBouncer writes them: words with commas or colons between them, "!" takes one
// out again. "all", "tlsv1" (1.0 to 1.3), "secure" and "default" (1.2 and 1.3), "tlsv1.0" to "tlsv1.3".
#pragma once

#include <string_view>

#include "tls/error.h"

namespace tls {

struct Versions {
    bool v10 = false;
    bool v11 = false;
    bool v12 = false;
    bool v13 = false;
    [[nodiscard]] bool any() const { return v10 || v11 || v12 || v13; }
    bool operator==(const Versions&) const = default;
};

/// Error: the word that is not known, or that nothing is left. An empty list is the default.
[[nodiscard]] Result<Versions> parse_versions(std::string_view list);

}  // namespace tls
