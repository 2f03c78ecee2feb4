#include "conf/validate.h"

#include "conf/setting_table.h"
#include "tests/support/catch.h"
#include "tests/unit/conf/texts.h"

namespace {

std::string error_of(const std::string& settings) { return texts::error_of("[pgbouncer]\n" + settings); }

bool warns(const std::string& settings, std::string_view text) {
    return texts::warns(texts::loaded("[pgbouncer]\n" + settings), text);
}

}  // namespace

TEST_CASE("validate: TLS towards clients needs key, certificate and, to verify in full, authorities") {
    const std::string pair = "client_tls_key_file=k\nclient_tls_cert_file=c\n";
    CHECK(error_of("client_tls_sslmode=require\n").find("client_tls_key_file") != std::string::npos);
    CHECK(error_of("client_tls_sslmode=allow\nclient_tls_key_file=k\n").find("client_tls_cert_file") !=
          std::string::npos);
    CHECK(error_of("client_tls_sslmode=require\n" + pair).empty());
    CHECK(error_of("client_tls_sslmode=verify-ca\n" + pair).empty());
    CHECK(error_of("client_tls_sslmode=verify-full\n" + pair).find("client_tls_ca_file") !=
          std::string::npos);
    CHECK(error_of("client_tls_sslmode=verify-full\nclient_tls_ca_file=a\n" + pair).empty());
}

TEST_CASE("validate: TLS words are checked only when TLS is on") {
    const std::string on = "client_tls_sslmode=prefer\nclient_tls_key_file=k\nclient_tls_cert_file=c\n";
    CHECK(error_of(on + "client_tls_dheparams=legacy\n").find("client_tls_dheparams") != std::string::npos);
    CHECK(error_of(on + "client_tls_dheparams=none\n").empty());
    CHECK(error_of("client_tls_dheparams=legacy\n").empty());
    CHECK(error_of(on + "client_tls_protocols=legacy\n").find("client_tls_protocols") != std::string::npos);
    for (const char* good :
         {"secure", "default", "all", "tlsv1", "TLSv1.2:tlsv1.3", "all,!tlsv1.0", "tlsv1.1, tlsv1.3"}) {
        CAPTURE(good);
        CHECK(error_of(on + "client_tls_protocols=" + good + "\n").empty());
        CHECK(error_of(std::string{"server_tls_protocols="} + good + "\n").empty());
    }
    CHECK(error_of("server_tls_protocols=tlsv1.4\n").find("server_tls_protocols") != std::string::npos);
    CHECK(error_of("server_tls_sslmode=disable\nserver_tls_protocols=tlsv1.4\n").empty());
}

TEST_CASE("validate: what an entry wants checked is checked, also with the mode it inherits") {
    const auto entry = [](const std::string& mode, const std::string& keys) {
        return error_of("server_tls_sslmode=" + mode + "\n[databases]\nd = host=a " + keys + "\n");
    };
    const auto refused = [&entry](const std::string& mode, const std::string& keys, std::string_view why) {
        CAPTURE(mode, keys);
        const std::string error = entry(mode, keys);
        CHECK(error.find("database 'd': " + std::string{why}) != std::string::npos);
        CHECK(error.find("server_tls_sslmode") != std::string::npos);
    };
    for (const char* weak : {"disable", "allow", "prefer"}) {
        refused(weak, "sslrootcert=ca", "sslrootcert checks nothing");
        refused(weak, "sslcrl=crl", "sslcrl checks nothing");
        refused(weak, "sslnegotiation=direct", "sslnegotiation=direct needs");
        CHECK(entry(weak, "sslrootcert=system sslcrl=crl sslnegotiation=direct").empty());
        CHECK(entry(weak, "sslrootcert=ca sslcrl=crl sslmode=require").empty());
    }
    refused("require", "sslcrl=crl", "sslcrl checks nothing");
    CHECK(entry("require", "sslrootcert=ca sslcrl=crl sslnegotiation=direct").empty());
    CHECK(entry("verify-ca", "sslcrl=crl").empty());
    CHECK(error_of("[databases]\n* = sslrootcert=ca\n").find("database '*': ") != std::string::npos);
    // Who writes the mode himself may, but hears of it.
    CHECK(warns("[databases]\nd = host=a sslmode=prefer sslrootcert=ca\n", "sslrootcert checks nothing"));
    CHECK(warns("[databases]\nd = host=a sslmode=require sslcrl=crl\n", "sslcrl checks nothing"));
    CHECK_FALSE(
        warns("[databases]\nd = host=a sslmode=require sslrootcert=ca sslcrl=crl\n", "checks nothing"));
    // An entry with TLS of its own needs sound versions also where the others have none.
    CHECK(error_of("server_tls_sslmode=disable\nserver_tls_protocols=tlsv1.4\n[databases]\n"
                   "d = host=a sslmode=require\n")
              .find("server_tls_protocols") != std::string::npos);
}

TEST_CASE("validate: kinds of authentication that contradict other settings are refused") {
    CHECK(error_of("auth_type=cert\n").find("verify-full") != std::string::npos);
    CHECK(
        error_of(
            "auth_type=cert\nclient_tls_sslmode=verify-full\nclient_tls_key_file=k\nclient_tls_cert_file=c\n"
            "client_tls_ca_file=a\n")
            .empty());
    const std::string tls = "client_tls_sslmode=allow\nclient_tls_key_file=k\nclient_tls_cert_file=c\n";
    CHECK(error_of("auth_type=passthrough\n").find("client_tls_sslmode") != std::string::npos);
    CHECK(error_of("auth_type=passthrough\n" + tls).empty());
    CHECK(
        warns("auth_type=passthrough\n" + tls + "[databases]\nd = host=a user=u\n", "where there is user="));
    CHECK(error_of("auth_type=pam\nauth_user=a\n").find("auth_user") != std::string::npos);
    CHECK(error_of("auth_type=ldap\nauth_user=a\n").find("auth_user") != std::string::npos);
    CHECK(error_of("auth_type=pam\n").empty());
    CHECK(error_of("auth_dbname=pgbouncer\n").find("auth_dbname") != std::string::npos);
}

TEST_CASE("validate: with auth_type = ldap the options must make sense, else the error names their line") {
    CHECK(error_of("auth_type=ldap\nauth_ldap_options=ldapserver=h ldapprefix=a\n").empty());
    CHECK(error_of("auth_ldap_options=nonsense\n").empty());
    CHECK(error_of("auth_ldap_options=nonsense=1\nauth_type=ldap\n") ==
          "weir.ini:2: auth_ldap_options: 'nonsense' is not an LDAP option");
    CHECK(error_of("auth_type=ldap\n\nauth_ldap_options=ldapprefix=a ldapbindpasswd=hunter2\n") ==
          "weir.ini:4: auth_ldap_options: a prefix or suffix does not go with a search");
    CHECK(error_of("auth_type=ldap\n") ==
          "weir.ini: auth_ldap_options: ldapprefix, ldapsuffix or ldapbasedn is needed");

    auto c = texts::loaded("[pgbouncer]\nauth_ldap_options=ldapprefix=a\n");
    const auto set = [&c](const char* key, const char* value) {
        const auto done = conf::apply_set(c, key, value);
        return done ? std::string{} : done.error().text;
    };
    CHECK(set("auth_type", "ldap") == "auth_type: auth_ldap_options: ldapserver is needed");
    CHECK(set("auth_ldap_options", "ldapprefix=a ldapserver=h").empty());
    CHECK(set("auth_type", "ldap").empty());
    CHECK(set("auth_ldap_options", "") ==
          "auth_ldap_options: ldapprefix, ldapsuffix or ldapbasedn is needed");
    CHECK(c.settings.auth_ldap_options == "ldapprefix=a ldapserver=h");
}

TEST_CASE("validate: what is probably not meant gives a warning") {
    CHECK(warns("max_client_conn=0\n", "max_client_conn"));
    CHECK(warns("server_tls_key_file=k\n", "need each other"));
    CHECK(warns("min_pool_size=21\n", "min_pool_size"));
    CHECK(warns("min_pool_size=1\ndefault_pool_size=0\n", "min_pool_size"));
    CHECK(warns("syslog_facility=local8\n", "daemon is used"));
    CHECK(warns("drain_delay=31\n", "drain_delay"));
    CHECK(warns("[peers]\n1 = host=a\n", "peer_id"));
    CHECK(warns("auth_type=any\n[databases]\nd =\n", "database 'd': auth_type = any needs user="));
    CHECK_FALSE(warns("auth_type=any\n[databases]\nd = user=u\n", "auth_type"));
    CHECK(warns("auth_dbname=x\n[databases]\nd =\n", "auth_dbname 'x'"));
}

TEST_CASE("validate: a default configuration is silent") {
    CHECK(texts::loaded("[pgbouncer]\n").warnings.empty());
    CHECK(texts::loaded("[pgbouncer]\nserver_tls_sslmode=prefer\npin=allow\n").warnings.empty());
}
