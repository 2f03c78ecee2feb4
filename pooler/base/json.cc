// The only file that sees nlohmann-json.
#include "pooler/base/json.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace pooler {

struct Json::Value {
    nlohmann::ordered_json json;
};

Json::Json(std::unique_ptr<Value> value) : value_{std::move(value)} {}
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

Json Json::object() { return Json{std::make_unique<Value>(Value{nlohmann::ordered_json::object()})}; }
Json Json::array() { return Json{std::make_unique<Value>(Value{nlohmann::ordered_json::array()})}; }

Json& Json::set(std::string_view key, std::string_view text) {
    value_->json[std::string{key}] = text;
    return *this;
}

Json& Json::set(std::string_view key, bool value) {
    value_->json[std::string{key}] = value;
    return *this;
}

Json& Json::set(std::string_view key, Json value) {
    value_->json[std::string{key}] = std::move(value.value_->json);
    return *this;
}

Json& Json::set_null(std::string_view key) {
    value_->json[std::string{key}] = nullptr;
    return *this;
}

Json& Json::set_signed(std::string_view key, std::int64_t value) {
    value_->json[std::string{key}] = value;
    return *this;
}

Json& Json::set_unsigned(std::string_view key, std::uint64_t value) {
    value_->json[std::string{key}] = value;
    return *this;
}

Json& Json::push(Json value) {
    value_->json.push_back(std::move(value.value_->json));
    return *this;
}

Json& Json::push(std::string_view text) {
    value_->json.push_back(text);
    return *this;
}

Json& Json::push(std::uint64_t value) {
    value_->json.push_back(value);
    return *this;
}

std::string Json::text(int indent) const {
    return value_->json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace pooler
