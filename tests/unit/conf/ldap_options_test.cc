#include "conf/ldap_options.h"

#include "tests/support/catch.h"

namespace {

conf::LdapOptions options_of(std::string_view text) {
    const auto parsed = conf::parse_ldap_options(text);
    CAPTURE(text);
    if (!parsed) FAIL(parsed.error().text);
    return *parsed;
}

std::string fault(std::string_view text) {
    const auto parsed = conf::parse_ldap_options(text);
    return parsed ? "" : parsed.error().text;
}

}  // namespace

TEST_CASE("ldap options: values stand bare or in quotes, between blanks or commas") {
    const auto o =
        options_of("ldapserver=h1, ldapport=3890 ldapprefix=\"cn=\"  ldapsuffix=\", o=a \"\"b\"\"\" # end");
    CHECK(o.server == "h1");
    CHECK(o.port == 3890);
    CHECK(o.prefix == "cn=");
    CHECK(o.suffix == ", o=a \"b\"");
    CHECK_FALSE(o.searches());
    CHECK(options_of("ldapserver=h ldapprefix=a ldaptls=1").start_tls);
    CHECK(options_of("ldapserver=h ldapprefix=a ldapscheme=ldaps").scheme == "ldaps");
}

TEST_CASE("ldap options: a search has a base, and an attribute or a filter") {
    const auto o = options_of(
        "ldapserver=h ldapbasedn=\"dc=a\" ldapbinddn=\"cn=b\" ldapbindpasswd=\"c d\" "
        "ldapsearchfilter=\"(x=$username)\"");
    CHECK(o.searches());
    CHECK(o.bind_dn == "cn=b");
    CHECK(o.bind_password == "c d");
    CHECK(o.search_filter == "(x=$username)");
    CHECK(o.scope == 2);
}

TEST_CASE("ldap options: a URL names server, base, attribute, scope and filter") {
    const auto o = options_of("ldapurl=\"ldaps://192.0.2.1:636/dc=a%2Cdc=b??one?(x=1)\" ldapbinddn=z");
    CHECK(o.scheme == "ldaps");
    CHECK(o.server == "192.0.2.1");
    CHECK(o.port == 636);
    CHECK(o.base_dn == "dc=a,dc=b");
    CHECK(o.scope == 1);
    CHECK(fault("ldapurl=\"ldaps://h/dc=a?cn?one?(x=1)\"") ==
          "ldapsearchattribute and ldapsearchfilter exclude each other");
    CHECK(options_of("ldapurl=ldap://[2001:db8::1]:3890/dc=a?cn?sub").server == "[2001:db8::1]");
    CHECK(options_of("ldapurl=ldap://h/dc=a").scope == 0);
}

TEST_CASE("ldap options: what contradicts itself is refused without showing a value") {
    struct Row {
        const char* text;
        const char* fault;
    };
    for (const Row& row : {
             Row{"", "ldapprefix, ldapsuffix or ldapbasedn is needed"},
             Row{"ldapserver=h", "ldapprefix, ldapsuffix or ldapbasedn is needed"},
             Row{"ldapprefix=a", "ldapserver is needed"},
             Row{"ldapserver=h ldapprefix=a ldapbasedn=b", "a prefix or suffix does not go with a search"},
             Row{"ldapserver=h ldapbindpasswd=hunter2", "a search needs ldapbasedn"},
             Row{"ldapserver=h ldapbasedn=a ldapsearchattribute=b ldapsearchfilter=c",
                 "ldapsearchattribute and ldapsearchfilter exclude each other"},
             Row{"ldapserver=h ldapprefix=a ldapport=x", "ldapport is out of range"},
             Row{"ldapserver=h ldapprefix=a ldapport=65536", "ldapport is out of range"},
             Row{"ldapserver=h ldapprefix=a ldaptls=2", "ldaptls is 0 or 1"},
             Row{"ldapserver=h ldapprefix=a ldapscheme=http", "ldapscheme is ldap or ldaps"},
             Row{"ldapserver=h ldapprefix=a ldaptls=1 ldapscheme=ldaps", "ldaptls does not go with ldaps"},
             Row{"ldapbindpasswd=\"hunter2", "ldapbindpasswd: a quote is not closed"},
             Row{"ldapserver", "an option is key=value"},
             Row{"=a", "an option is key=value"},
             Row{"ldap server=h", "an option is key=value"},
             Row{"ldapfoo=hunter2", "'ldapfoo' is not an LDAP option"},
             Row{"ldapurl=http://h/", "ldapurl begins with ldap:// or ldaps://"},
             Row{"ldapurl=ldap://h/dc=a?cn?every", "the scope of ldapurl is base, one or sub"},
         }) {
        CAPTURE(row.text);
        CHECK(fault(row.text).substr(0, std::string_view{row.fault}.size()) == row.fault);
        CHECK(fault(row.text).find("hunter2") == std::string::npos);
    }
    CHECK(fault("ldapserver=" + std::string(1100, 'h') + " ldapprefix=a") == "the LDAP options are too long");
}
