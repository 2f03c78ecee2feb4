// Random messages: what is encoded comes back the same, whatever it holds. The seed is printed with a
// failure; set WEIR_TEST_SEED to repeat a run.
#include <cstdlib>
#include <random>
#include <vector>

#include "protocol/auth.h"
#include "protocol/error_notice.h"
#include "protocol/extended_query.h"
#include "protocol/result.h"
#include "protocol/startup.h"
#include "tests/support/catch.h"
#include "tests/unit/protocol/samples.h"

namespace {

constexpr int kRounds = 2000;

class Random {
 public:
    Random() : seed_(pick_seed()), engine_(seed_) {}

    [[nodiscard]] unsigned seed() const { return seed_; }
    std::size_t below(std::size_t bound) {
        return std::uniform_int_distribution<std::size_t>{0, bound - 1}(engine_);
    }
    std::uint32_t number() { return static_cast<std::uint32_t>(engine_()); }

    /// Any bytes, mostly short.
    std::string bytes() {
        std::string out(below(10) == 0 ? below(3000) : below(12), '\0');
        for (char& c : out) c = static_cast<char>(below(256));
        return out;
    }
    /// Any bytes but zero.
    std::string text() {
        std::string out = bytes();
        for (char& c : out) c = c == '\0' ? 'x' : c;
        return out;
    }
    std::string word() { return 'w' + text(); }

 private:
    static unsigned pick_seed() {
        const char* given = std::getenv("WEIR_TEST_SEED");
        return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                                : std::random_device{}();
    }

    unsigned seed_;
    std::mt19937 engine_;
};

std::string_view body_of(const std::string& message) { return std::string_view{message}.substr(5); }

std::vector<std::optional<std::string>> random_values(Random& random) {
    std::vector<std::optional<std::string>> values(random.below(8));
    for (auto& value : values) value = random.below(4) == 0 ? std::nullopt : std::optional{random.bytes()};
    return values;
}

std::vector<std::optional<std::string_view>> views_of(const std::vector<std::optional<std::string>>& values) {
    std::vector<std::optional<std::string_view>> views;
    for (const auto& value : values)
        views.push_back(value ? std::optional<std::string_view>{*value} : std::nullopt);
    return views;
}

}  // namespace

TEST_CASE("random: start-up messages come back") {
    Random random;
    CAPTURE(random.seed());
    for (int round = 0; round < kRounds; ++round) {
        std::vector<std::pair<std::string, std::string>> owned(random.below(6));
        std::vector<protocol::ParameterView> parameters;
        for (auto& [name, value] : owned) {
            name = random.word();
            value = random.text();
            parameters.emplace_back(name, value);
        }
        const std::uint32_t version = protocol::kProtocol30 + random.number() % 0x10000U;
        std::string out;
        protocol::encode_startup(out, version, parameters);
        if (out.size() > protocol::kMaxStartupBytes) continue;
        const auto decoded = protocol::decode_startup_packet(out);
        REQUIRE(decoded);
        CHECK(std::get<protocol::StartupMessage>(*decoded).version == version);
        CHECK(std::get<protocol::StartupMessage>(*decoded).parameters == parameters);
    }
}

TEST_CASE("random: Parse and Bind come back, and a renamed Bind keeps its rest") {
    Random random;
    CAPTURE(random.seed());
    for (int round = 0; round < kRounds; ++round) {
        const std::string name = random.text();
        const std::string query = random.text();
        std::string out;
        protocol::encode_parse(out, name, query, protocol::kNoTypes);
        const auto parse = protocol::decode_parse(body_of(out)).value();
        CHECK((parse.name == name && parse.query == query));

        const auto values = random_values(random);
        std::string bind_message;
        protocol::encode_bind(bind_message, query, name, views_of(values));
        const auto bind = protocol::decode_bind(body_of(bind_message)).value();
        CHECK((bind.portal == query && bind.statement == name));
        CHECK(protocol::bind_parameters(bind) == views_of(values));

        const std::string_view body = body_of(bind_message);
        const std::size_t split = random.below(body.size() + 1);
        const auto names = protocol::peek_bind_names(body.substr(0, split), body.size());
        REQUIRE(names);
        CHECK(names->has_value() == (split >= query.size() + name.size() + 2));
    }
}

TEST_CASE("random: rows, errors and SASL messages come back") {
    Random random;
    CAPTURE(random.seed());
    for (int round = 0; round < kRounds; ++round) {
        const auto values = random_values(random);
        std::string row;
        protocol::encode_data_row(row, views_of(values));
        CHECK(protocol::decode_data_row(body_of(row)).value() == views_of(values));

        const std::string code = random.text();
        const std::string message = random.text();
        std::string error;
        protocol::encode_error(error, "ERROR", code, message);
        const auto fields = protocol::decode_error_fields(body_of(error)).value();
        CHECK((fields.code == code && fields.message == message));

        const std::string mechanism = random.text();
        const std::string data = random.bytes();
        std::string initial;
        protocol::encode_sasl_initial(initial, mechanism, data);
        const auto sasl = protocol::decode_sasl_initial(body_of(initial)).value();
        CHECK((sasl.mechanism == mechanism && sasl.data == data));
    }
}

TEST_CASE("random: options come back after escaping") {
    Random random;
    CAPTURE(random.seed());
    for (int round = 0; round < kRounds; ++round) {
        std::vector<std::pair<std::string, std::string>> settings(random.below(5));
        std::string options;
        for (auto& [name, value] : settings) {
            name = "name" + std::to_string(random.below(1000));
            value = random.text();
            const char* const forms[] = {"-c ", "-c", "--"};
            options += ' ';
            options += forms[random.below(3)] + name + '=';
            for (const char c : value) options += {'\\', c};
        }
        CHECK(protocol::parse_options(options).value() == settings);
    }
}

TEST_CASE("random: spoiled messages neither crash nor report a place outside") {
    Random random;
    CAPTURE(random.seed());
    const auto list = samples::all();
    for (int round = 0; round < kRounds * 5; ++round) {
        const auto& sample = list[random.below(list.size())];
        std::string body{sample.body()};
        for (std::size_t i = random.below(4) + 1; i > 0 && !body.empty(); --i) {
            body[random.below(body.size())] = static_cast<char>(random.below(256));
        }
        body.resize(random.below(body.size() + 3));
        const auto error = sample.decode(body);
        if (error) CHECK(error->offset <= body.size());
    }
}
