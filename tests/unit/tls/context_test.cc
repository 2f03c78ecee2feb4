#include "tls/context.h"

#include "tests/support/catch.h"
#include "tests/unit/tls/tls_pair.h"

using namespace tls_test;

namespace {

std::string error_of(const tls::Options& options) {
    tls::TrustCache trust;
    const auto made = tls::Context::make(options, trust);
    return made ? std::string{} : made.error().text;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("tls context: a file that cannot be used is named with the reason") {
    Files files;
    tls::Options options = files.good_server();
    const std::string key = options.key_file;
    options.key_file = files.folder.write("other.key", files.authority.issue(files.request).key);
    CHECK(has(error_of(options), "key values mismatch"));
    options.key_file = "/nowhere/x.key";
    CHECK(has(error_of(options), "/nowhere/x.key"));
    options.key_file = key;
    options.cert_file = files.folder.write("empty.crt", "");
    CHECK(has(error_of(options), "cannot use certificate"));
    options.cert_file.clear();
    CHECK(has(error_of(options), "need each other"));

    tls::Options client = files.client(tls::PeerCheck::kChain);
    client.ca_file = files.folder.write("empty.ca", "");
    CHECK(has(error_of(client), "cannot read authorities"));
    client.ca_file = files.ca;
    client.crl_file = files.folder.write("empty.crl", "");
    CHECK(has(error_of(client), "cannot read revocation list"));
}

TEST_CASE("tls context: settings that OpenSSL does not know are errors") {
    Files files;
    const tls::Options good = files.good_server();
    CHECK(error_of(good).empty());
    tls::Options bad = good;
    bad.ciphers = "NO-SUCH-CIPHER";
    CHECK(has(error_of(bad), "NO-SUCH-CIPHER"));
    bad = good;
    bad.tls13_ciphers = "TLS_NOTHING";
    CHECK(has(error_of(bad), "TLS_NOTHING"));
    bad = good;
    bad.curves = "curve of beauty";
    CHECK(has(error_of(bad), "curve of beauty"));
    bad = good;
    bad.protocols = "tlsv9";
    CHECK(has(error_of(bad), "tlsv9"));
    for (const char* words : {"default", "secure", "fast", "normal", "HIGH:!aNULL"}) {
        tls::Options known = good;
        known.ciphers = words;
        CHECK(error_of(known).empty());
    }
}

TEST_CASE("tls context: a bundle is read once for all contexts that use it") {
    Files files;
    tls::TrustCache trust;
    for (const auto check : {tls::PeerCheck::kChain, tls::PeerCheck::kName})
        CHECK(tls::Context::make(files.client(check), trust));
    CHECK(trust.loaded() == 1);
    tls::Options revoking = files.client(tls::PeerCheck::kName);
    revoking.crl_file = files.folder.write("ca.crl", files.authority.revocations({}));
    CHECK(tls::Context::make(revoking, trust));
    CHECK(trust.loaded() == 2);
}

TEST_CASE("tls context: it knows whom its own certificate names") {
    Files files;
    const auto made = context(files.server(files.authority.issue({.common_name = "app"})));
    CHECK(made->own_names() == std::vector<std::string>{"app"});
    CHECK(context(files.client(tls::PeerCheck::kNone))->own_names().empty());
}
