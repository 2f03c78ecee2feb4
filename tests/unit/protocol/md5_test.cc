#include "protocol/md5.h"

#include "tests/support/catch.h"

namespace {

constexpr protocol::Md5Salt kSalt = {1, 2, 3, 4};

// Both values come from md5sum(1): of "secretapp", and of its hex digits followed by the salt.
constexpr const char* kStored = "md56a422f785c9e20873908ce25d1736ae2";
constexpr const char* kResponse = "md5911f527656472583a006e7727877b33e";

}  // namespace

TEST_CASE("md5: the stored hash is of password and user") {
    CHECK(protocol::md5_password_hash("secret", "app") == kStored);
}

TEST_CASE("md5: the response is of the stored hash and the salt") {
    CHECK(protocol::md5_response(kStored, kSalt) == kResponse);
    CHECK(protocol::verify_md5_response(kStored, kSalt, kResponse));
}

TEST_CASE("md5: a wrong response, another salt or a secret that is no hash never verifies") {
    CHECK_FALSE(protocol::verify_md5_response(kStored, {1, 2, 3, 5}, kResponse));
    CHECK_FALSE(protocol::verify_md5_response(kStored, kSalt, kStored));
    CHECK_FALSE(protocol::verify_md5_response(kStored, kSalt, ""));
    CHECK_FALSE(protocol::verify_md5_response("", kSalt, ""));
    CHECK_FALSE(protocol::verify_md5_response("secret", kSalt, ""));
    CHECK(protocol::md5_response("secret", kSalt).empty());
}
