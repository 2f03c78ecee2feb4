#include "conf/ini_reader.h"

#include "tests/support/catch.h"
#include "tests/unit/conf/texts.h"

namespace {

conf::Result<std::vector<conf::IniItem>> read(std::string_view text, texts::Files files = {},
                                              const conf::Environment& environment = {}) {
    files["main.ini"] = text;
    return conf::read_ini("main.ini", texts::reader_of(std::move(files)), environment);
}

/// Every item as "[section]" or "section.key=(value)", separated by blanks; or the error.
std::string flat(std::string_view text, texts::Files files = {}, const conf::Environment& environment = {}) {
    const auto items = read(text, std::move(files), environment);
    if (!items) return items.error().text;
    std::string out;
    for (const auto& item : *items) {
        out += out.empty() ? "" : " ";
        out += item.is_header ? "[" + item.section + "]"
                              : item.section + "." + item.key + "=(" + item.value + ")";
    }
    return out;
}

}  // namespace

TEST_CASE("ini: sections, keys, values, comments and blanks") {
    struct Row {
        const char* text;
        const char* items;
    };
    for (const Row& row : {
             Row{"", ""},
             Row{"[a]\nk=v", "[a] a.k=(v)"},
             Row{"[a]\r\nk = v\r\n", "[a] a.k=(v)"},
             Row{"  [a]\n \t k \t = \t v w \t\n", "[a] a.k=(v w)"},
             Row{"[a]\n; k=1\n  # k=2\n\nk=3", "[a] a.k=(3)"},
             Row{"[a]\nk=", "[a] a.k=()"},
             Row{"[a]\nk=a=b", "[a] a.k=(a=b)"},
             Row{"[a]\nk='v'", "[a] a.k=('v')"},
             Row{"[a]\nk=7 ; x", "[a] a.k=(7 ; x)"},
             Row{"[a]\nA.b-c_9*=1", "[a] a.A.b-c_9*=(1)"},
             Row{"[a]\n'my db'=1\n''''=2",
                 "main.ini:3: expected 'key = value' (names with other letters go in single quotes)"},
             Row{"[a]\n'my \"db\"' = 1", "[a] a.my \"db\"=(1)"},
             Row{"[a]\nk=1\nk=2", "[a] a.k=(1) a.k=(2)"},
             Row{"[a]\n[b]\nk=1\n[a]\nk=2", "[a] [b] b.k=(1) [a] a.k=(2)"},
             Row{"[a] ; comment\nk=1", "[a] a.k=(1)"},
             Row{"[a] k=1\n", "[a] a.k=(1)"},
             Row{"[a]\nk=${X}", "[a] a.k=(${X})"},
             Row{"[a]\nk=\xff\xc3", "[a] a.k=(\xff\xc3)"},
         }) {
        CAPTURE(row.text);
        CHECK(flat(row.text) == row.items);
    }
}

TEST_CASE("ini: what PgBouncer refuses is refused, with file and line") {
    struct Row {
        const char* text;
        const char* place;
    };
    for (const Row& row :
         {Row{"k=1", "main.ini:1: 'k' stands before any section"}, Row{"\n[a", "main.ini:2: "},
          Row{"[a]\nk", "main.ini:2: "}, Row{"[a]\n\"k\"=1", "main.ini:2: "},
          Row{"[a]\n''=1", "main.ini:2: "}, Row{"[a]\n'k=1", "main.ini:2: quoted key without closing quote"},
          Row{"[a]\nk l=1", "main.ini:2: "}, Row{"[a]\n=1", "main.ini:2: "},
          Row{"[a]\n%includex", "main.ini:2: "}, Row{"[a]\n%include", "main.ini:2: "},
          Row{"[a]\n%exclude x", "main.ini:2: "},
          Row{"[a]\n%include none.ini", "main.ini:2: cannot read none.ini: No such file or directory"}}) {
        CAPTURE(row.text);
        CHECK(flat(row.text).starts_with(row.place));
    }
    CHECK(flat(std::string_view{"[a]\nk=1\0", 8}) == "main.ini:2: the line holds a zero byte");
}

TEST_CASE("ini: an included file continues the section, may change it, and keeps its own line numbers") {
    const texts::Files files{{"part.ini", "k=1\n[b]\nl=2\n"}, {"bad.ini", "\n\nbroken\n"}};
    CHECK(flat("[a]\n  %include part.ini\nm=3", files) == "[a] a.k=(1) [b] b.l=(2) b.m=(3)");
    CHECK(flat("[a]\n%include \t part.ini \t", files) == "[a] a.k=(1) [b] b.l=(2)");
    CHECK(flat("[a]\n%include ${D}.ini", files, {{"D", "part"}}) == "[a] a.k=(1) [b] b.l=(2)");
    CHECK(flat("[a]\n%include bad.ini", files).starts_with("bad.ini:3: "));
    const auto items = read("[a]\n%include part.ini\nm=3", files);
    REQUIRE(items);
    CHECK(items->at(1).origin.file == "part.ini");
    CHECK(items->at(1).origin.line == 1);
    CHECK(items->back().origin.file == "main.ini");
    CHECK(items->back().origin.line == 3);
}

TEST_CASE("ini: includes go ten files deep and no deeper") {
    texts::Files files;
    for (int i = 2; i < 10; ++i) files["f" + std::to_string(i)] = "%include f" + std::to_string(i + 1) + "\n";
    files["f10"] = "deep=1";
    CHECK(flat("[a]\n%include f2", files) == "[a] a.deep=(1)");
    files["f10"] = "%include f11";
    files["f11"] = "deep=1";
    CHECK(flat("[a]\n%include f2", files) == "f10:1: %include goes deeper than 10 files");
    CHECK(flat("[a]\n%include main.ini").find("deeper") != std::string::npos);
}

TEST_CASE("ini: a file that cannot be read is an error that names it") {
    const auto items = conf::read_ini("gone.ini", texts::reader_of({}), {});
    REQUIRE_FALSE(items);
    CHECK(items.error().text == "cannot read gone.ini: No such file or directory");
}
