// Writes metrics as text: families with their samples, in the Prometheus text format 0.0.4 or OpenMetrics
// 1.0.0. Pure; any thread, one at a time.
//
// Sources: Prometheus docs, "Exposition formats"; OpenMetrics 1.0.0, "Text Format".
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "pooler/base/latency.h"

namespace pooler {

enum class TextFormat { kPrometheus, kOpenMetrics };

/// The Content-Type of a page in this format.
[[nodiscard]] std::string_view content_type(TextFormat format);
/// OpenMetrics if an Accept header asks for it, whatever weight it gives it.
[[nodiscard]] TextFormat format_for(std::string_view accept);

class Exposition {
 public:
    enum class Type { kCounter, kGauge, kHistogram };
    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    explicit Exposition(TextFormat format) : format_{format} {}

    /// Begins a family: the samples that follow are its. `name` is without `_total`; one that ends in
    /// `_seconds` or `_bytes` has that unit. A family without a sample is left out. Views live until the next
    /// family.
    void family(Type type, std::string_view name, std::string_view help);
    void sample(const Labels& labels, std::uint64_t value);
    /// A time, or a duration; in seconds on the page.
    void sample_us(const Labels& labels, std::uint64_t microseconds);
    void sample(const Labels& labels, const LatencyHistogram& histogram);
    /// The page. Nothing may follow.
    [[nodiscard]] std::string finish();

 private:
    void begin_family();
    void line(std::string_view suffix, const Labels& labels, std::string_view le, std::string_view value);

    TextFormat format_;
    std::string text_;
    Type type_ = Type::kGauge;
    std::string_view name_;
    std::string_view help_;
    bool begun_ = false;
};

/// The bytes as UTF-8: what is none becomes U+FFFD. A parser refuses the whole page otherwise.
[[nodiscard]] std::string as_utf8(std::string_view bytes);

}  // namespace pooler
