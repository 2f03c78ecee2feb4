#include "pooler/metrics/exposition.h"

#include <algorithm>
#include <array>

namespace pooler {
namespace {

constexpr std::uint64_t kMicrosecondsInSecond = 1'000'000;
constexpr std::size_t kDigits = 6;

std::string_view word_of(Exposition::Type type) {
    switch (type) {
        case Exposition::Type::kCounter: return "counter";
        case Exposition::Type::kGauge: return "gauge";
        case Exposition::Type::kHistogram: return "histogram";
    }
    return "unknown";
}

/// Microseconds as seconds, without rounding: "0.000064", "12.5", "3.0".
std::string seconds_text(std::uint64_t microseconds) {
    std::string fraction = std::to_string(microseconds % kMicrosecondsInSecond);
    fraction.insert(0, kDigits - fraction.size(), '0');
    while (fraction.size() > 1 && fraction.back() == '0') fraction.pop_back();
    return std::to_string(microseconds / kMicrosecondsInSecond) + "." + fraction;
}

std::string_view unit_of(std::string_view name) {
    for (const std::string_view unit : {"seconds", "bytes"})
        if (name.size() > unit.size() && name.ends_with(unit) && name[name.size() - unit.size() - 1] == '_')
            return unit;
    return {};
}

void escape(std::string& out, std::string_view value) {
    for (const char c : value) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || c == '"') out += '\\';
        out += c;
    }
}

/// Length of the UTF-8 sequence at the front, 0 if there is none. Source: RFC 3629, section 4.
std::size_t sequence_bytes(std::string_view bytes) {
    const auto at = [bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned char first = at(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || bytes.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((at(i) & 0xc0U) != 0x80U) return 0;
    const unsigned char second = at(1);
    const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    const bool surrogate = first == 0xed && second >= 0xa0;
    const bool too_large = first == 0xf4 && second >= 0x90;
    return overlong || surrogate || too_large ? 0 : length;
}

}  // namespace

std::string_view content_type(TextFormat format) {
    return format == TextFormat::kOpenMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                              : "text/plain; version=0.0.4; charset=utf-8";
}

TextFormat format_for(std::string_view accept) {
    constexpr std::string_view kWanted = "application/openmetrics-text";
    const auto found = std::search(accept.begin(), accept.end(), kWanted.begin(), kWanted.end(),
                                   [](char a, char b) { return (a | 0x20) == (b | 0x20); });
    return found != accept.end() ? TextFormat::kOpenMetrics : TextFormat::kPrometheus;
}

std::string as_utf8(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        const std::size_t length = sequence_bytes(bytes);
        text += length > 0 ? bytes.substr(0, length) : std::string_view{"\xef\xbf\xbd"};
        bytes.remove_prefix(std::max<std::size_t>(1, length));
    }
    return text;
}

void Exposition::family(Type type, std::string_view name, std::string_view help) {
    type_ = type;
    name_ = name;
    help_ = help;
    begun_ = false;
}

void Exposition::begin_family() {
    if (begun_) return;
    begun_ = true;
    const bool open = format_ == TextFormat::kOpenMetrics;
    std::string name{name_};
    if (type_ == Type::kCounter && !open) name += "_total";
    text_ += "# HELP " + name + " ";
    text_ += help_;
    text_ += "\n# TYPE " + name + " ";
    text_ += word_of(type_);
    text_ += '\n';
    if (const std::string_view unit = unit_of(name_); open && !unit.empty()) {
        text_ += "# UNIT " + name + " ";
        text_ += unit;
        text_ += '\n';
    }
}

void Exposition::line(std::string_view suffix, const Labels& labels, std::string_view le,
                      std::string_view value) {
    begin_family();
    text_ += name_;
    text_ += suffix;
    char before = '{';
    const auto label = [&](std::string_view name, std::string_view content) {
        text_ += before;
        before = ',';
        text_ += name;
        text_ += "=\"";
        escape(text_, content);
        text_ += '"';
    };
    for (const auto& [name, content] : labels) label(name, content);
    if (!le.empty()) label("le", le);
    if (before == ',') text_ += '}';
    text_ += ' ';
    text_ += value;
    text_ += '\n';
}

void Exposition::sample(const Labels& labels, std::uint64_t value) {
    line(type_ == Type::kCounter ? "_total" : "", labels, {}, std::to_string(value));
}

void Exposition::sample_us(const Labels& labels, std::uint64_t microseconds) {
    line(type_ == Type::kCounter ? "_total" : "", labels, {}, seconds_text(microseconds));
}

void Exposition::sample(const Labels& labels, const LatencyHistogram& histogram) {
    static const auto bounds = [] {
        std::array<std::string, LatencyHistogram::kBuckets> texts;
        for (std::size_t i = 0; i < LatencyHistogram::kBounds; ++i)
            texts[i] = seconds_text(LatencyHistogram::bound_us(i));
        texts.back() = "+Inf";
        return texts;
    }();
    std::uint64_t events = 0;
    for (std::size_t i = 0; i < LatencyHistogram::kBuckets; ++i) {
        events += histogram.in_bucket(i);
        line("_bucket", labels, bounds[i], std::to_string(events));
    }
    line("_sum", labels, {}, seconds_text(histogram.sum_us()));
    line("_count", labels, {}, std::to_string(events));
}

std::string Exposition::finish() {
    if (format_ == TextFormat::kOpenMetrics) text_ += "# EOF\n";
    return std::move(text_);
}

}  // namespace pooler
