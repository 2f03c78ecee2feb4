// JSON text without its heavy header: objects and arrays to be filled and printed. Any thread, one at a time.
// Bytes that are no UTF-8 become U+FFFD.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace pooler {

class Json {
 public:
    static Json object();
    static Json array();
    Json(Json&&) noexcept;
    Json& operator=(Json&&) noexcept;
    ~Json();

    // Members keep their order.
    Json& set(std::string_view key, std::string_view text);
    Json& set(std::string_view key, const char* text) { return set(key, std::string_view{text}); }
    Json& set(std::string_view key, bool value);
    Json& set(std::string_view key, Json value);
    Json& set_null(std::string_view key);
    template <std::integral Number>
    requires(!std::same_as<Number, bool>) Json& set(std::string_view key, Number value) {
        if constexpr (std::signed_integral<Number>)
            return set_signed(key, std::int64_t{value});
        else
            return set_unsigned(key, std::uint64_t{value});
    }
    Json& push(Json value);
    Json& push(std::string_view text);
    Json& push(std::uint64_t value);
    /// On one line, or over several with `indent` spaces.
    [[nodiscard]] std::string text(int indent = -1) const;

 private:
    struct Value;
    explicit Json(std::unique_ptr<Value> value);
    Json& set_signed(std::string_view key, std::int64_t value);
    Json& set_unsigned(std::string_view key, std::uint64_t value);

    std::unique_ptr<Value> value_;
};

}  // namespace pooler
