#include "pooler/replay/reply_digest.h"

#include "tests/support/catch.h"
#include "tests/unit/pooler/replay/dialogue.h"

using pooler::ReplyDigest;

TEST_CASE("reply digest: the same bytes in other pieces are the same answer") {
    ReplyDigest digest;
    digest.add("abc");
    digest.add("def");
    digest.end_command();
    digest.add("gh");
    digest.begin_comparison();
    CHECK_FALSE(digest.caught_up());
    CHECK(digest.compare("a", false) == 1);
    CHECK(digest.compare("bcdef", true) == 5);
    CHECK_FALSE(digest.caught_up());
    CHECK(digest.compare("ghi", true) == 2);  // the client has two of the three bytes
    CHECK(digest.caught_up());
    CHECK_FALSE(digest.mismatch());
}

TEST_CASE("reply digest: a command that was hashed in one piece is the same as one in many") {
    const std::size_t size = GENERATE(1U, 16U, 240U, 241U, 5000U);
    CAPTURE(size);
    std::string answer(size, 'a');
    answer.back() = 'b';
    ReplyDigest digest;
    digest.end_command();  // nothing: no command
    digest.end_command(answer);
    digest.add("x");
    digest.end_command(answer);
    CHECK(digest.commands() == 2);
    digest.begin_comparison();
    const std::string_view bytes = answer;
    CHECK(digest.compare(bytes.substr(0, size / 2), false) == size / 2);
    CHECK(digest.compare(bytes.substr(size / 2), true) == size - size / 2);
    CHECK(digest.compare("x" + answer, true) == size + 1);
    CHECK(digest.caught_up());
    CHECK_FALSE(digest.mismatch());
}

TEST_CASE(
    "reply digest: another byte, a shorter and a longer answer are found out at the end of the command") {
    const auto compared = [](std::string_view answer) {
        ReplyDigest digest;
        digest.add("abcdef");
        digest.end_command();
        digest.add("x");
        digest.begin_comparison();
        static_cast<void>(digest.compare(answer, true));
        return digest.mismatch();
    };
    CHECK_FALSE(compared("abcdef"));
    CHECK(compared("abcdeF"));
    CHECK(compared("abcde"));
    CHECK(compared("abcdefg"));
}

TEST_CASE("reply digest: of a command that was shown in part nothing may be missing or different") {
    const auto compared = [](std::string_view answer, bool ends) {
        ReplyDigest digest;
        digest.add("abc");
        digest.begin_comparison();
        static_cast<void>(digest.compare(answer, ends));
        return digest.mismatch();
    };
    CHECK_FALSE(compared("abcd", true));
    CHECK(compared("abd", false));
    CHECK(compared("ab", true));
    CHECK(compared("abc", true));  // what was shown went on
}

TEST_CASE("reply digest: what is shown after a comparison is compared the next time") {
    ReplyDigest digest;
    digest.add("abc");
    digest.begin_comparison();
    CHECK(digest.compare("abcdef", true) == 3);
    digest.add("def");
    digest.end_command();
    CHECK(digest.caught_up());
    digest.begin_comparison();
    CHECK(digest.compare("abcdef", true) == 6);
    CHECK(digest.caught_up());
    CHECK_FALSE(digest.mismatch());
}

TEST_CASE("reply digest: nothing shown, nothing to compare") {
    ReplyDigest digest;
    digest.begin_comparison();
    CHECK(digest.caught_up());
    CHECK(digest.compare("abc", true) == 0);
}

TEST_CASE("reply digest: where in the server's code an error was raised does not count") {
    const auto comparable = [](std::string_view fields) {
        std::string out;
        pooler::append_comparable_error(out, replay_test::backend('E', std::string{fields} + '\0'));
        return out;
    };
    using namespace std::string_view_literals;
    CHECK(comparable("SERROR\0C23505\0Mtext\0Fa.c\0L12\0Rf\0"sv) ==
          comparable("SERROR\0C23505\0Mtext\0Fb.c\0L99\0Rg\0"sv));
    CHECK(comparable("SERROR\0C23505\0Mtext\0"sv) != comparable("SERROR\0C23505\0Mother\0"sv));
    CHECK(comparable("SERROR\0C23505\0Mtext\0Ddetail\0"sv) != comparable("SERROR\0C23505\0Mtext\0"sv));
}
