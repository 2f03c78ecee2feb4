#include "conf/suggest.h"

#include <array>

#include "tests/support/catch.h"

TEST_CASE("suggest: a mistyped name finds the one that was meant, and a strange one finds none") {
    constexpr std::array<std::string_view, 5> kNames{"pool_mode", "pool_size", "user", "host",
                                                     "max_client_conn"};
    struct Row {
        const char* typed;
        const char* meant;
    };
    for (const Row& row :
         {Row{"pool_mod", "pool_mode"}, Row{"poolmode", "pool_mode"}, Row{"pool_szie", "pool_size"},
          Row{"usr", "user"}, Row{"hsot", "host"}, Row{"max_clients_con", "max_client_conn"}, Row{"zzz", ""},
          Row{"", ""}, Row{"completely_else", ""}}) {
        CAPTURE(row.typed);
        CHECK(conf::nearest(row.typed, kNames) == row.meant);
    }
    CHECK(conf::nearest(std::string(1000, 'p'), kNames).empty());
    CHECK(conf::did_you_mean("hosts", kNames) == " (did you mean 'host'?)");
    CHECK(conf::did_you_mean("zzz", kNames).empty());
}
