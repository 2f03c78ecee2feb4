// Reads the lines of a recording.
#include "tests/wire/recording.h"

#include <cstdlib>
#include <fstream>

namespace recording {
namespace {

void append_hex(std::string& bytes, const std::string& digits) {
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        bytes += static_cast<char>(std::strtol(digits.substr(i, 2).c_str(), nullptr, 16));
}

/// Takes "[name] " and "t=1.234 " off the front of the text.
void take_prefixes(Step& step) {
    auto& text = step.text;
    if (text[0] == '[') {
        const auto end = text.find(']');
        step.connection = text.substr(1, end - 1);
        text.erase(0, end + 2);
    }
    if (text.compare(0, 2, "t=") == 0) {
        constexpr double kMilliseconds = 1000;
        constexpr double kRound = 0.5;
        const double seconds = std::strtod(text.c_str() + 2, nullptr);
        step.at = std::chrono::milliseconds(static_cast<long long>(seconds * kMilliseconds + kRound));
        text.erase(0, text.find(' ') + 1);
    }
}

std::optional<Step::Kind> kind_of(const std::string& line) {
    const auto mark = line.substr(0, 3);
    if (mark == "C> ") return Step::Kind::kSend;
    if (mark == "S< ") return Step::Kind::kExpect;
    if (mark == "-- ") return Step::Kind::kEvent;
    return std::nullopt;
}

}  // namespace

std::vector<Step> read(const std::filesystem::path& file) {
    std::vector<Step> steps;
    std::ifstream in(file);
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        constexpr std::size_t kHexAt = 5;
        if (line.compare(0, kHexAt, "   | ") == 0 && !steps.empty()) {
            append_hex(steps.back().bytes, line.substr(kHexAt));
            continue;
        }
        const auto kind = kind_of(line);
        if (!kind) continue;
        Step step;
        step.kind = *kind;
        step.line = number;
        step.text = line.substr(3);
        take_prefixes(step);
        if (const auto at = step.text.find("write="); at != std::string::npos)
            step.write = std::atoi(step.text.c_str() + at + 6);
        steps.push_back(std::move(step));
    }
    return steps;
}

}  // namespace recording
