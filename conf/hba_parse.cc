// The text of an HBA file: columns of a line, @files, addresses.
#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>

#include "conf/enums.h"
#include "conf/hba.h"
#include "conf/ldap_options.h"
#include "conf/words.h"

namespace conf {

template <>
inline constexpr std::array<EnumWord<HbaConnection>, 4> kEnumWords<HbaConnection>{{
    {HbaConnection::kLocal, "local"},
    {HbaConnection::kHost, "host"},
    {HbaConnection::kHostSsl, "hostssl"},
    {HbaConnection::kHostNoSsl, "hostnossl"},
}};
template <>
inline constexpr std::array<EnumWord<HbaMethod>, 8> kEnumWords<HbaMethod>{{
    {HbaMethod::kTrust, "trust"},
    {HbaMethod::kReject, "reject"},
    {HbaMethod::kMd5, "md5"},
    {HbaMethod::kPassword, "password"},
    {HbaMethod::kPeer, "peer"},
    {HbaMethod::kCert, "cert"},
    {HbaMethod::kScramSha256, "scram-sha-256"},
    {HbaMethod::kLdap, "ldap"},
}};

namespace {

/// How deep @file may go, and how many names one column may hold.
constexpr int kMaxFileDepth = 8;
constexpr std::size_t kMaxNames = 100'000;

tl::unexpected<Error> failure(std::string text) { return tl::make_unexpected(Error{std::move(text)}); }

template <class E>
std::optional<E> keyword(const Word& word) {
    for (const auto& row : kEnumWords<E>)
        if (word.is(row.word)) return row.value;
    return std::nullopt;
}

std::string beside(const std::string& file, const std::string& name) {
    const std::size_t slash = file.rfind('/');
    if (name.starts_with('/') || slash == std::string::npos) return name;
    return file.substr(0, slash + 1) + name;
}

/// Reads the columns of one line from left to right.
class LineReader {
 public:
    LineReader(std::string_view line, const std::string& file, const FileReader& files,
               const IdentMaps& idents)
        : line_{line}, file_{&file}, files_{&files}, idents_{&idents} {}

    Result<std::optional<HbaRule>> read() {
        auto words = cut_words(line_);
        if (!words) return tl::make_unexpected(words.error());
        words_ = *std::move(words);
        if (words_.empty()) return std::nullopt;
        const auto connection = keyword<HbaConnection>(take_single());
        if (!connection) return failure("a rule begins with local, host, hostssl or hostnossl");
        rule_.connection = *connection;
        if (auto done = read_names(rule_.databases, true); !done) return tl::make_unexpected(done.error());
        if (auto done = read_names(rule_.users, false); !done) return tl::make_unexpected(done.error());
        if (*connection != HbaConnection::kLocal)
            if (auto done = read_address(); !done) return tl::make_unexpected(done.error());
        if (auto done = read_method(); !done) return tl::make_unexpected(done.error());
        if (stray_comma_) return failure("a comma outside of a list of names");
        return std::move(rule_);
    }

 private:
    /// The next word; an empty one behind the last.
    const Word& take() {
        static const Word kNone;
        return at_ < words_.size() ? words_[at_++] : kNone;
    }
    /// The next word, where a list may not stand.
    const Word& take_single() {
        const Word& word = take();
        stray_comma_ = stray_comma_ || word.list_goes_on;
        return word;
    }

    Result<void> read_names(HbaNames& out, bool databases) {
        bool more = at_ < words_.size();
        if (!more) return failure(databases ? "the database is missing" : "the user is missing");
        while (more) {
            const Word& word = take();
            if (word.text.empty() && !word.quoted) return failure("a name is missing behind a comma");
            if (auto done = add_name(out, word, databases, *file_, 0); !done) return done;
            more = word.list_goes_on;
        }
        return {};
    }

    Result<void> add_name(HbaNames& out, const Word& word, bool databases, const std::string& file,
                          int depth) {
        const std::string& text = word.text;
        const bool group = !word.quoted && text.starts_with('+');
        if (word.is("all")) {
            out.all = true;
        } else if (databases && word.is("sameuser")) {
            out.same_user = true;
        } else if (databases && word.is("replication")) {
            // Only physical replication fits the word, which the pooler refuses at once: nobody is meant.
        } else if (group || (databases && (word.is("samerole") || word.is("samegroup")))) {
            return failure(text + ": groups are not known to the pooler");
        } else if (!word.quoted && text.starts_with('@')) {
            return add_file(out, beside(file, text.substr(1)), databases, depth + 1);
        } else {
            out.names.insert(text);
        }
        return out.names.size() > kMaxNames ? failure("too many names") : Result<void>{};
    }

    Result<void> add_file(HbaNames& out, const std::string& path, bool databases, int depth) {
        if (depth > kMaxFileDepth) return failure("@" + path + ": files refer to files too deeply");
        const auto text = (*files_)(path);
        if (!text) return failure(text.error().text);
        std::string_view rest = *text;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            const auto words = cut_words(rest.substr(0, end));
            if (!words) return failure(path + ": " + words.error().text);
            for (const Word& word : *words)
                if (auto done = add_name(out, word, databases, path, depth); !done) return done;
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        return {};
    }

    Result<void> read_address() {
        const Word& word = take_single();
        if (word.is("all")) return {};
        const std::size_t slash = word.text.find('/');
        if (auto done = read_bytes(word.text.substr(0, slash), rule_.address.network); !done) return done;
        if (slash != std::string::npos) return set_mask(std::string_view{word.text}.substr(slash + 1));
        const std::size_t bytes = rule_.address.bytes;
        if (auto done = read_bytes(take_single().text, rule_.address.mask); !done) return done;
        return rule_.address.bytes == bytes ? Result<void>{} : failure("address and mask are of two kinds");
    }

    Result<void> read_bytes(const std::string& text, std::array<unsigned char, 16>& out) {
        if (::inet_pton(AF_INET, text.c_str(), out.data()) == 1) {
            rule_.address.bytes = 4;
        } else if (::inet_pton(AF_INET6, text.c_str(), out.data()) == 1) {
            rule_.address.bytes = 16;
        } else {
            return failure("'" + text +
                           "' is not an address, mask or all (names of hosts are not looked up)");
        }
        return {};
    }

    Result<void> set_mask(std::string_view text) {
        unsigned bits = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
        if (error != std::errc{} || end != text.data() + text.size() || bits > rule_.address.bytes * 8)
            return failure("'/" + std::string{text} + "' is not a mask for this address");
        for (unsigned i = 0; i < bits; ++i)
            rule_.address.mask[i / 8] =
                static_cast<unsigned char>(rule_.address.mask[i / 8] | (0x80U >> i % 8));
        return {};
    }

    Result<void> read_method() {
        const Word& word = take_single();
        const auto method = keyword<HbaMethod>(word);
        if (!method) return failure("'" + word.text + "' is not a method");
        rule_.method = *method;
        if (*method == HbaMethod::kLdap) {
            const std::size_t begin = at_ < words_.size() ? words_[at_].begin : line_.size();
            rule_.ldap_options = line_.substr(begin);
            while (!rule_.ldap_options.empty() &&
                   std::string_view{" \t\r"}.find(rule_.ldap_options.back()) != std::string_view::npos)
                rule_.ldap_options.pop_back();
            return {};
        }
        while (at_ < words_.size())
            if (auto done = read_option(take_single().text); !done) return done;
        return {};
    }

    Result<void> read_option(const std::string& text) {
        if (!text.starts_with("map=")) return failure("'" + text + "' is not an option");
        if (rule_.method != HbaMethod::kPeer && rule_.method != HbaMethod::kCert)
            return failure("map is for peer and cert");
        rule_.map = text.substr(4);
        if (!idents_->contains(rule_.map)) return failure("ident map '" + rule_.map + "' does not exist");
        return {};
    }

    std::string_view line_;
    const std::string* file_;
    const FileReader* files_;
    const IdentMaps* idents_;
    std::vector<Word> words_;
    std::size_t at_ = 0;
    bool stray_comma_ = false;
    HbaRule rule_;
};

bool has_host_bits(const HbaAddress& address) {
    for (std::size_t i = 0; i < address.bytes; ++i)
        if ((address.network[i] & ~address.mask[i]) != 0) return true;
    return false;
}

}  // namespace

Hba parse_hba(std::string_view text, const std::string& file, const FileReader& files,
              const IdentMaps& idents, std::vector<std::string>& warnings) {
    Hba hba;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        auto rule = LineReader{text.substr(0, end), file, files, idents}.read();
        const std::string where = file + ":" + std::to_string(number) + ": ";
        if (!rule) {
            warnings.push_back(where + rule.error().text + "; this line is ignored");
        } else if (*rule) {
            (*rule)->origin = {file, number};
            if (has_host_bits((*rule)->address))
                warnings.push_back(where + "the address has bits beyond its mask and matches nobody");
            if ((*rule)->method == HbaMethod::kLdap)
                if (const auto options = parse_ldap_options((*rule)->ldap_options); !options)
                    warnings.push_back(where + "ldap: " + options.error().text + "; it lets nobody in");
            hba.rules.push_back(**std::move(rule));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return hba;
}

Hba read_hba(const std::string& path, const FileReader& files, const IdentMaps& idents,
             std::vector<std::string>& warnings) {
    const auto text = files(path);
    if (text) return parse_hba(*text, path, files, idents, warnings);
    warnings.push_back("auth_hba_file: " + text.error().text + "; nobody is let in");
    return {};
}

}  // namespace conf
