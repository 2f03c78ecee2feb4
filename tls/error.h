// What can go wrong in this library, as text. A value; any thread.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace tls {

struct Error {
    std::string text;
};

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> failure(std::string text) {
    return tl::make_unexpected(Error{std::move(text)});
}

/// Takes everything out of the thread's OpenSSL error queue and gives the first entry as text, without codes;
/// `fallback` if the queue is empty. The queue must be emptied before each call whose error is asked for:
/// what an earlier call left in it would be taken for an answer.
[[nodiscard]] std::string take_errors(std::string_view fallback);

}  // namespace tls
