// A storm of TLS handshakes does not stop the clients that work: each turn of a loop gives handshakes a part
// of it only. The form of `make test` is small; WEIR_SCALE=full makes it 2,000 handshakes at once.
#include <algorithm>
#include <iostream>

#include "tests/integration/scale/load_scene.h"
#include "tests/support/certificates.h"
#include "tests/support/process_stats.h"

using namespace support;
using namespace scale;

namespace {

struct Sizes {
    unsigned storm;    ///< clients that connect, ask, go and come again, all at the same time
    unsigned working;  ///< with TLS, logged in before the storm
    unsigned seconds;  ///< how long both last
};

Sizes sizes() { return full_scale() ? Sizes{2'000, 100, 10} : Sizes{200, 20, 1}; }

/// RSA, whose handshakes cost a pooler most.
WeirConfig with_tls(const NullServer& server, const TempDir& folder) {
    const auto shown = self_signed({.common_name = "weir", .rsa_bits = 2048});
    return roomy(server)
        .set("client_tls_sslmode", "require")
        .set("client_tls_cert_file", folder.write("weir.crt", shown.certificate))
        .set("client_tls_key_file", folder.write("weir.key", shown.key));
}

std::vector<std::string> arguments(const Sizes& size) {
    return {"--tls", "--seconds", std::to_string(size.seconds)};
}

/// Both begin when all who work are logged in.
double p99_in_a_storm(Weir& weir, const Sizes& size) {
    Process work{load(weir, "simple", size.working, arguments(size))};
    REQUIRE(eventually([&] { return weir.pool("cl_active") == static_cast<int>(size.working); }));
    auto many = arguments(size);
    many.insert(many.end(), {"--logins-at-once", std::to_string(size.storm)});
    const auto storm = run_load(weir, "connect", size.storm, many);
    CHECK(number(storm, "logins") >= size.storm);
    CHECK(number(storm, "resumed") == 0);
    CHECK(work.wait() == 0);
    INFO(work.output());
    CHECK(number(work.output(), "errors") == 0);
    std::cout << number(storm, "logins") << " handshakes, " << size.storm << " at a time, in "
              << number(storm, "seconds") << " s\n";
    return number(work.output(), "p99");
}

}  // namespace

TEST_CASE("scale: a storm of TLS handshakes neither fails nor stops the clients that work") {
    const Sizes size = sizes();
    REQUIRES_DESCRIPTORS(size.storm + size.working);
    const NullServer server;
    const TempDir folder;
    const std::string workers = GENERATE("1", "2");
    CAPTURE(workers);
    Weir weir(with_tls(server, folder).set("workers", workers));
    const double calm = number(run_load(weir, "simple", size.working, arguments(size)), "p99");
    const double stormy = p99_in_a_storm(weir, size);
    std::cout << workers << " workers: p99 of " << size.working << " working clients " << calm
              << " us before the storm, " << stormy << " us in it: " << stormy / calm << " times\n";
    // Held up for all handshakes that are due they would wait for as many milliseconds.
    constexpr double kTimes = 20;
    constexpr double kLeastUs = 200'000;
    if (!kSanitized) CHECK(stormy < std::max(kTimes * calm, kLeastUs));
}
