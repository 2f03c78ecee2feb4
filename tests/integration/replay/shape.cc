#include "tests/integration/replay/shape.h"

#include <cstdio>

namespace replay {

namespace wire = support::wire;

std::string run_id(unsigned number) {
    char text[16];
    std::snprintf(text, sizeof text, "r%07u", number % 10'000'000U);
    return text;
}

std::string unit(std::string_view sql, const std::vector<std::optional<std::string>>& values) {
    return wire::parse("", sql) + wire::bind_portal("", "", values) + wire::execute("");
}

std::string Script::put(int item) const {
    return "INSERT INTO ledger VALUES (" + id() + "," + std::to_string(item) + ")";
}

std::string Script::put_returning(int item, const std::string& value) const {
    return "INSERT INTO ledger VALUES (" + id() + "," + std::to_string(item) + "," + value +
           ") RETURNING run, item, value";
}

std::string Script::raise() const { return "UPDATE tally SET n = n + 1 WHERE run = " + id(); }

Script& Script::send_until(std::string bytes, char until, int count) {
    steps_.push_back({Step::Kind::kSend, std::move(bytes), until, count});
    return *this;
}

Script& Script::send(std::string bytes, int ready) { return send_until(std::move(bytes), 'Z', ready); }

Script& Script::query(std::string_view sql) { return send(wire::query(sql)); }

Script& Script::extended(std::string_view sql, const std::vector<std::optional<std::string>>& values) {
    return send(unit(sql, values) + wire::sync_message());
}

Script& Script::await_running() {
    steps_.push_back({Step::Kind::kAwaitRunning, "", 0, 0});
    return *this;
}

Script& Script::cancel() {
    steps_.push_back({Step::Kind::kCancel, "", 0, 0});
    return *this;
}

Script& Script::commits(std::vector<int> items, Ack ack) {
    groups_.push_back({std::move(items), steps_.size() - 1, ack});
    return *this;
}

}  // namespace replay
