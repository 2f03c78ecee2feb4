#include "protocol/secret.h"

#include <string>

#include "protocol/scram_keys.h"
#include "tests/support/catch.h"

using protocol::classify_secret;
using protocol::SecretKind;

TEST_CASE("secret: the kind follows from the text") {
    const std::string digits = "0123456789abcdef0123456789abcdef";
    CHECK(classify_secret("") == SecretKind::kNone);
    CHECK(classify_secret("hunter2") == SecretKind::kPlain);
    CHECK(classify_secret("md5" + digits) == SecretKind::kMd5);
    CHECK(classify_secret("md5" + digits + "0") == SecretKind::kPlain);
    CHECK(classify_secret("md5" + digits.substr(1)) == SecretKind::kPlain);
    CHECK(classify_secret("MD5" + digits) == SecretKind::kPlain);
    CHECK(classify_secret("md5" + digits.substr(1) + "G") == SecretKind::kPlain);
    CHECK(classify_secret("md5" + digits.substr(1) + "A") == SecretKind::kPlain);
    const std::string scram =
        protocol::format_scram_verifier(protocol::build_scram_verifier("x", "0123456789abcdef", 1).value());
    CHECK(classify_secret(scram) == SecretKind::kScram);
    CHECK(classify_secret(scram.substr(0, scram.size() - 1)) == SecretKind::kPlain);
}
