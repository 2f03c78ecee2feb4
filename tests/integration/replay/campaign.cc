#include "tests/integration/replay/campaign.h"

#include <chrono>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <random>

#include "tests/support/catch.h"

namespace replay {
namespace {

using support::Direction;
using support::Strike;
using How = Strike::How;

unsigned number_from(const char* variable, unsigned otherwise) {
    const char* text = std::getenv(variable);
    return text != nullptr ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : otherwise;
}

std::string text_from(const char* variable) {
    const char* text = std::getenv(variable);
    return text != nullptr ? text : "";
}

/// Where messages end, the beginning included.
std::vector<std::size_t> boundaries(const std::string& bytes) {
    std::vector<std::size_t> result{0};
    while (bytes.size() - result.back() >= 5) {
        const auto next =
            result.back() + 1 + support::wire::read_uint32(std::string_view(bytes).substr(result.back() + 1));
        if (next > bytes.size()) break;
        result.push_back(next);
    }
    return result;
}

Blow blow_at(Direction direction, std::size_t byte, How how, bool at_next_byte) {
    Blow blow;
    blow.strike.how = how;
    blow.strike.direction = direction;
    blow.strike.after_bytes = byte;
    blow.strike.at_next_byte = at_next_byte;
    blow.terminate = how == How::kFreeze;
    return blow;
}

std::vector<Blow> every_byte(const Reference& reference, bool terminate) {
    std::vector<Blow> blows;
    for (const auto direction : {Direction::kToTarget, Direction::kFromTarget}) {
        const auto& bytes = direction == Direction::kToTarget ? reference.to_server : reference.from_server;
        for (std::size_t byte = 0; byte <= bytes.size(); ++byte)
            blows.push_back(blow_at(direction, byte, byte % 2 == 0 ? How::kClose : How::kReset, false));
        for (const auto byte : boundaries(bytes)) {
            blows.push_back(blow_at(direction, byte, How::kClose, true));
            if (terminate) blows.push_back(blow_at(direction, byte, How::kFreeze, false));
        }
    }
    return blows;
}

/// Somewhere in the log-in of the connection that follows, or in what is repeated on it.
Strike strike_again(const Reference& reference, std::mt19937& random) {
    constexpr std::size_t kLogin = 500;
    const auto direction = random() % 2 == 0 ? Direction::kToTarget : Direction::kFromTarget;
    const auto& bytes = direction == Direction::kToTarget ? reference.to_server : reference.from_server;
    return blow_at(direction, random() % (kLogin + bytes.size()),
                   random() % 2 == 0 ? How::kClose : How::kReset, random() % 2 == 0)
        .strike;
}

/// Half of them beside the ends of messages; `late`: another half near the end, where the commit mostly is.
std::vector<Blow> sample(const Reference& reference, bool terminate, bool late, int runs,
                         std::mt19937& random) {
    std::vector<Blow> blows;
    for (int i = 0; i < runs; ++i) {
        const auto direction = random() % 2 == 0 ? Direction::kToTarget : Direction::kFromTarget;
        const auto& bytes = direction == Direction::kToTarget ? reference.to_server : reference.from_server;
        std::size_t byte = random() % (bytes.size() + 1);
        if (late && random() % 2 == 0) {
            byte = bytes.size() - byte / 4;
        } else if (random() % 2 == 0) {
            const auto ends = boundaries(bytes);
            byte = ends[random() % ends.size()] + random() % 3;
            if (byte > 0) --byte;
        }
        const bool last = terminate && random() % 6 == 0;
        const auto how = last ? How::kFreeze : random() % 2 == 0 ? How::kClose : How::kReset;
        blows.push_back(blow_at(direction, byte, how, !last && random() % 2 == 0));
    }
    return blows;
}

class Campaign {
 public:
    Campaign(Arena& arena, int runs, bool terminate)
        : arena_(arena),
          runs_(static_cast<int>(number_from("WEIR_KILL_RUNS", static_cast<unsigned>(runs)))),
          terminate_(terminate),
          full_(text_from("WEIR_KILL") == "full"),
          one_(text_from("WEIR_KILL_ONE")),
          seed_(number_from("WEIR_TEST_SEED", std::random_device{}())),
          random_(seed_) {
        const auto range = text_from("WEIR_KILL_SHAPES");
        if (!range.empty() && std::sscanf(range.c_str(), "%u-%u", &first_, &last_) != 2)
            FAIL("WEIR_KILL_SHAPES is first-last");
    }

    Tally run(const std::vector<Shape>& shapes) {
        unsigned number = 0;
        for (const auto& shape : shapes) {
            if (shape.only_replayed() && !arena_.replays()) {
                ++number;
                continue;
            }
            const bool named = one_.empty() || one_.substr(0, one_.find('|')) == shape.name;
            ++number;
            if (named && number >= first_ && number <= last_)
                run(shape);
            else
                tally_.all = false;
        }
        return tally_;
    }

 private:
    [[nodiscard]] std::vector<Blow> blows(const Reference& reference) {
        if (!one_.empty()) {
            const auto blow = Blow::parse(one_.substr(one_.find('|') + 1));
            if (!blow) FAIL("WEIR_KILL_ONE is shape|to or from,byte,close or reset or terminate,now or next");
            return std::vector<Blow>(number_from("WEIR_KILL_RUNS", 1), *blow);
        }
        auto all = full_ ? every_byte(reference, terminate_)
                         : sample(reference, terminate_, arena_.looks_up(), runs_, random_);
        if (!arena_.replays()) return all;
        const unsigned one_of = full_ ? 20 : 5;  // the next try to log in comes late: that costs a second
        for (auto& blow : all)
            if (random_() % one_of == 0) blow.again = strike_again(reference, random_);
        return all;
    }

    void run(const Shape& shape) {
        INFO("WEIR_TEST_SEED=" << seed_);
        const auto reference = arena_.reference(shape);
        int hidden = 0;
        int struck = 0;
        const auto all = blows(reference);
        const auto begin = support::Clock::now();
        for (const auto& blow : all) {
            INFO("WEIR_KILL_ONE='" << shape.name << "|" << blow.text() << "'");
            const auto result = arena_.run(shape, reference, blow);
            for (const auto& fault : result.faults) FAIL_CHECK(fault << "; the dialogue:" << result.dialogue);
            struck += result.struck ? 1 : 0;
            hidden += result.struck && result.whole ? 1 : 0;
        }
        if (full_)
            std::cout
                << shape.name << ": " << all.size() << " runs, " << struck << " struck, " << hidden
                << " hidden, "
                << std::chrono::duration_cast<std::chrono::seconds>(support::Clock::now() - begin).count()
                << " s\n"
                << std::flush;
        tally_.runs += static_cast<int>(all.size());
        tally_.struck += struck;
        tally_.hidden += hidden;
    }

    Arena& arena_;
    const int runs_;
    const bool terminate_;
    const bool full_;
    const std::string one_;
    unsigned first_ = 1;
    unsigned last_ = UINT_MAX;
    const unsigned seed_;
    std::mt19937 random_;
    Tally tally_;
};

}  // namespace

Tally campaign(Arena& arena, const std::vector<Shape>& shapes, int runs, bool terminate) {
    return Campaign(arena, runs, terminate).run(shapes);
}

}  // namespace replay
