// Of which kinds the secrets of known users are, so that a user who does not exist is asked as they are: with
// auth_type = md5 the kind of the secret decides between MD5 and SCRAM. A value.
#pragma once

#include <cstddef>
#include <string_view>

#include "conf/userlist.h"

namespace pooler {

struct SecretKinds {
    std::size_t scram = 0;
    std::size_t other = 0;  ///< plain and md5

    [[nodiscard]] static SecretKinds of(const conf::Userlist& list) {
        return {list.verifiers, list.passwords};
    }
    /// A secret that was seen; "" tells nothing. Secrets seen long ago weigh less and less.
    void add(std::string_view secret);
    /// Whether a user without a secret is asked in SCRAM: as large a part of the names as there are verifiers
    /// among the secrets, a name always in the same way. Where nothing is known, as servers store by default.
    [[nodiscard]] bool ask_scram(std::string_view user, std::string_view process_secret) const;
};

}  // namespace pooler
