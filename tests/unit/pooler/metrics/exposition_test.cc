#include "pooler/metrics/exposition.h"

#include "tests/support/catch.h"
#include "tests/support/metrics_text.h"

using pooler::as_utf8;
using pooler::Exposition;
using pooler::format_for;
using pooler::LatencyHistogram;
using pooler::TextFormat;
using Type = Exposition::Type;

namespace {

std::string page(TextFormat format) {
    Exposition text{format};
    text.family(Type::kCounter, "weir_queries", "Queries.");
    text.sample({{"database", "a\\b\"c\nd"}, {"user", "u"}}, std::uint64_t{3});
    text.family(Type::kGauge, "weir_never", "Has no sample.");
    text.family(Type::kCounter, "weir_cpu_seconds", "Time.");
    text.sample_us({}, 1'500'000);
    text.family(Type::kGauge, "weir_lag_seconds", "Lag.");
    text.sample_us({{"node", "1"}}, 64);
    return text.finish();
}

}  // namespace

TEST_CASE("exposition: the Prometheus text format") {
    CHECK(page(TextFormat::kPrometheus) ==
          "# HELP weir_queries_total Queries.\n"
          "# TYPE weir_queries_total counter\n"
          "weir_queries_total{database=\"a\\\\b\\\"c\\nd\",user=\"u\"} 3\n"
          "# HELP weir_cpu_seconds_total Time.\n"
          "# TYPE weir_cpu_seconds_total counter\n"
          "weir_cpu_seconds_total 1.5\n"
          "# HELP weir_lag_seconds Lag.\n"
          "# TYPE weir_lag_seconds gauge\n"
          "weir_lag_seconds{node=\"1\"} 0.000064\n");
}

TEST_CASE("exposition: OpenMetrics names counters without their suffix, has units and an end") {
    CHECK(page(TextFormat::kOpenMetrics) ==
          "# HELP weir_queries Queries.\n"
          "# TYPE weir_queries counter\n"
          "weir_queries_total{database=\"a\\\\b\\\"c\\nd\",user=\"u\"} 3\n"
          "# HELP weir_cpu_seconds Time.\n"
          "# TYPE weir_cpu_seconds counter\n"
          "# UNIT weir_cpu_seconds seconds\n"
          "weir_cpu_seconds_total 1.5\n"
          "# HELP weir_lag_seconds Lag.\n"
          "# TYPE weir_lag_seconds gauge\n"
          "# UNIT weir_lag_seconds seconds\n"
          "weir_lag_seconds{node=\"1\"} 0.000064\n"
          "# EOF\n");
}

TEST_CASE("exposition: a histogram has growing buckets, a sum and a count") {
    LatencyHistogram histogram;
    histogram += 64;
    histogram += 65;
    histogram += 100'000'000;
    for (const TextFormat format : {TextFormat::kPrometheus, TextFormat::kOpenMetrics}) {
        Exposition text{format};
        text.family(Type::kHistogram, "weir_wait_seconds", "Waits.");
        text.sample({{"user", "u"}}, histogram);
        const auto read = support::read_metrics(text.finish(), format == TextFormat::kOpenMetrics);
        for (const std::string& fault : read.faults) FAIL_CHECK(fault);
        CHECK(read.types.at("weir_wait_seconds") == "histogram");
        CHECK(read.samples.size() == LatencyHistogram::kBuckets + 2);
        CHECK(read.samples.at("weir_wait_seconds_bucket{user=\"u\",le=\"0.000064\"}") == 1);
        CHECK(read.samples.at("weir_wait_seconds_bucket{user=\"u\",le=\"0.000128\"}") == 2);
        CHECK(read.samples.at("weir_wait_seconds_bucket{user=\"u\",le=\"33.554432\"}") == 2);
        CHECK(read.samples.at("weir_wait_seconds_bucket{user=\"u\",le=\"+Inf\"}") == 3);
        CHECK(read.samples.at("weir_wait_seconds_count{user=\"u\"}") == 3);
        CHECK(read.sum("weir_wait_seconds_sum") > 100.0);
    }
}

TEST_CASE("exposition: the format is OpenMetrics only for who asks for it") {
    CHECK(format_for("") == TextFormat::kPrometheus);
    CHECK(format_for("*/*") == TextFormat::kPrometheus);
    CHECK(format_for("text/plain;version=0.0.4;q=0.5") == TextFormat::kPrometheus);
    CHECK(format_for("application/openmetrics-text;version=1.0.0,text/plain;q=0.5") ==
          TextFormat::kOpenMetrics);
    CHECK(format_for("Application/OpenMetrics-Text; version=0.0.1") == TextFormat::kOpenMetrics);
}

TEST_CASE("exposition: what is no UTF-8 is replaced, byte by byte") {
    const std::string replaced = "\xef\xbf\xbd";
    CHECK(as_utf8("plain") == "plain");
    CHECK(as_utf8("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80") == "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80");
    CHECK(as_utf8("\xff") == replaced);
    CHECK(as_utf8("a\xc3") == "a" + replaced);
    CHECK(as_utf8("\xc0\x80") == replaced + replaced);                                // overlong
    CHECK(as_utf8("\xed\xa0\x80") == replaced + replaced + replaced);                 // surrogate
    CHECK(as_utf8("\xf4\x90\x80\x80") == replaced + replaced + replaced + replaced);  // too large
}

TEST_CASE("metrics text: the reader of the tests finds faults") {
    const auto faulty = [](const std::string& text, bool open) {
        return !support::read_metrics(text, open).faults.empty();
    };
    CHECK(faulty("# TYPE a counter\na_total 1\n", true));                            // no end
    CHECK(faulty("# TYPE a counter\na 1\n# EOF\n", true));                           // no _total
    CHECK(faulty("# TYPE a gauge\na 1\na 2\n", false));                              // twice
    CHECK(faulty("# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# HELP a x\n", false));  // two places
    CHECK(faulty("# TYPE a gauge\nb 1\n", false));                                   // outside
    CHECK(faulty("# TYPE a gauge\na{x=\"\"\"} 1\n", false));                         // not escaped
    CHECK(faulty("# TYPE a histogram\na_bucket{le=\"1.0\"} 2\na_bucket{le=\"+Inf\"} 1\n", false));
    CHECK(faulty("# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n", true));
    CHECK(!faulty("# TYPE a gauge\na 1\n", false));
}
