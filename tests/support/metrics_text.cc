#include "tests/support/metrics_text.h"

#include <cstdlib>
#include <regex>
#include <set>
#include <sstream>

namespace support {
namespace {

/// One walk over the lines of a page.
class Reader {
 public:
    Reader(MetricsText& into, bool open_metrics) : into_{into}, open_metrics_{open_metrics} {}

    void line(const std::string& line) {
        if (ended_) return fault("something behind # EOF", line);
        if (line == "# EOF") {
            if (!open_metrics_) fault("# EOF in the older format", line);
            ended_ = true;
        } else if (line.starts_with("# ")) {
            comment(line);
        } else {
            sample(line);
        }
    }

    void end() {
        if (open_metrics_ && !ended_) fault("no # EOF", "");
        end_series();
    }

 private:
    void fault(const std::string& what, const std::string& line) {
        into_.faults.push_back(what + ": " + line);
    }

    void comment(const std::string& line) {
        static const std::regex form{R"(# (HELP|TYPE|UNIT) ([a-z_:][a-z0-9_:]*) (.+))"};
        std::smatch parts;
        if (!std::regex_match(line, parts, form)) return fault("no comment of a family", line);
        const std::string name = parts[2];
        if (name != family_) {
            end_series();
            if (!families_.insert(name).second) fault("a family in two places", line);
            family_ = name;
        }
        if (parts[1] == "TYPE") into_.types[name] = parts[3];
        if (parts[1] == "UNIT" && !name.ends_with("_" + parts[3].str())) fault("not the unit", line);
        if (parts[1] == "UNIT" && !open_metrics_) fault("# UNIT in the older format", line);
    }

    /// The suffixes that the family's type allows.
    [[nodiscard]] bool fits(const std::string& suffix) const {
        const auto found = into_.types.find(family_);
        if (found == into_.types.end()) return false;
        if (found->second == "counter") return suffix == (open_metrics_ ? "_total" : "");
        if (found->second == "gauge") return suffix.empty();
        return suffix == "_bucket" || suffix == "_sum" || suffix == "_count";
    }

    void sample(const std::string& line) {
        static const std::regex form{
            R"rx(([a-z_:][a-z0-9_:]*)(\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? ([0-9.+eInf]+))rx"};
        std::smatch parts;
        if (!std::regex_match(line, parts, form)) return fault("no sample", line);
        const std::string name = parts[1];
        if (!name.starts_with(family_) || !fits(name.substr(family_.size())))
            return fault("a sample outside its family", line);
        const double value = std::strtod(parts[4].str().c_str(), nullptr);
        if (!into_.samples.emplace(name + parts[2].str(), value).second) fault("a sample twice", line);
        if (into_.types[family_] == "histogram")
            histogram(name.substr(family_.size()), parts[3], value, line);
    }

    /// Buckets never fall, end with +Inf, and the count is that of the last one.
    void histogram(const std::string& suffix, const std::string& labels, double value,
                   const std::string& line) {
        if (suffix == "_bucket") {
            if (value < bucket_) fault("a bucket that falls", line);
            bucket_ = value;
            infinite_ = labels.ends_with("le=\"+Inf\"");
        } else if (suffix == "_count") {
            if (!infinite_ || bucket_ != value) fault("a count that is not the last bucket's", line);
            bucket_ = 0;
            infinite_ = false;
        }
    }
    void end_series() {
        if (infinite_) fault("a histogram without a count", family_);
        bucket_ = 0;
        infinite_ = false;
    }

    MetricsText& into_;
    bool open_metrics_;
    std::string family_;
    std::set<std::string> families_;
    double bucket_ = 0;
    bool infinite_ = false;
    bool ended_ = false;
};

}  // namespace

double MetricsText::sum(const std::string& prefix) const {
    double sum = 0;
    for (auto at = samples.lower_bound(prefix); at != samples.end() && at->first.starts_with(prefix); ++at)
        sum += at->second;
    return sum;
}

bool MetricsText::has(const std::string& prefix) const {
    const auto at = samples.lower_bound(prefix);
    return at != samples.end() && at->first.starts_with(prefix);
}

MetricsText read_metrics(const std::string& text, bool open_metrics) {
    MetricsText metrics;
    Reader reader{metrics, open_metrics};
    if (!text.ends_with("\n")) metrics.faults.emplace_back("no end of the last line");
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) reader.line(line);
    reader.end();
    return metrics;
}

}  // namespace support
