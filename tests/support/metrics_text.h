// Reads a page of metrics and judges its form, in both text formats.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace support {

struct MetricsText {
    std::map<std::string, double> samples;     ///< "name{label="value"}" -> value
    std::map<std::string, std::string> types;  ///< family -> counter, gauge, histogram
    std::vector<std::string> faults;           ///< what is wrong with the page, a line each

    /// The sum of the samples whose text begins with `prefix`, e.g. `weir_queries_total{database="app"`.
    [[nodiscard]] double sum(const std::string& prefix) const;
    [[nodiscard]] bool has(const std::string& prefix) const;
};

/// `open_metrics`: by the rules of OpenMetrics 1.0.0, else of the Prometheus text format 0.0.4.
[[nodiscard]] MetricsText read_metrics(const std::string& text, bool open_metrics);

}  // namespace support
