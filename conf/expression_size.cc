#include "conf/expression_size.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

namespace conf {
namespace {

using Number = unsigned long;

Number plus(Number left, Number right) { return std::min(left + right, kMostSteps + 1); }
Number times(Number left, Number right) { return std::min(left * right, kMostSteps + 1); }

/// The automaton of a part of the expression, as far as it says how long a search takes that follows, from
/// each node, each way on which no character is read, and notes nothing. Each number stops behind the limit:
/// nothing overflows.
struct Size {
    Number through = 1;  ///< ways from its beginning to its end
    Number visits = 0;   ///< nodes on the ways from its beginning
    Number out = 0;      ///< ways to its end, from all its nodes
    Number steps = 0;    ///< nodes on the ways from all its nodes
    bool anchors = false;

    [[nodiscard]] Size then(const Size& next) const {
        return {times(through, next.through), plus(visits, times(through, next.visits)),
                plus(times(out, next.through), next.out),
                plus(plus(steps, next.steps), times(out, next.visits)), anchors || next.anchors};
    }
    [[nodiscard]] Size or_else(const Size& other) const {
        return Size{plus(through, other.through), plus(visits, other.visits), plus(out, other.out),
                    plus(steps, other.steps), anchors || other.anchors}
            .behind_a_node();
    }
    [[nodiscard]] Size optional() const { return or_else(Size{}); }
    [[nodiscard]] Size star() const {
        const Size again{through, visits, times(out, plus(1, through)),
                         plus(steps, times(out, plus(1, visits))), anchors};
        return again.optional();
    }

 private:
    [[nodiscard]] Size behind_a_node() const {
        return {through, plus(visits, 1), plus(out, through), plus(steps, plus(visits, 1)), anchors};
    }
};

/// Weighs for its memory: some 100 bytes, of a step 10.
constexpr Size kCharacter{0, 1, 1, 20, false};
constexpr Size kParenthesis{1, 1, 1, 1, false};
/// glibc copies what follows an anchor, and each anchor of what follows: as if there were two ways.
constexpr Size kAnchor{2, 1, 2, 1, true};

struct Repetition {
    std::size_t length = 0;  ///< of its text; 0: there is none
    Number least = 1;
    Number most = 1;  ///< not counted when it is endless
    bool endless = false;
};

/// As glibc writes it out: aa(((a)?a)?a)? for a{2,5}, aaa* for a{2,}.
Size repeat(const Size& part, const Repetition& how) {
    Size all;
    for (Number i = 0; i < how.least && all.steps <= kMostSteps; ++i) all = all.then(part);
    if (how.endless) return all.then(part.star());
    Size rest;
    for (Number i = how.least; i < how.most && rest.steps <= kMostSteps; ++i)
        rest = rest.then(part).optional();
    return all.then(rest);
}

std::optional<unsigned long> number_at(std::string_view text, std::size_t& at) {
    unsigned long value = 0;
    const auto end = std::from_chars(text.data() + at, text.data() + text.size(), value);
    // Larger than any number regcomp takes (RE_DUP_MAX, 32767): an error of its own.
    if (end.ec != std::errc{} || value > 0x7fff) return std::nullopt;
    at = static_cast<std::size_t>(end.ptr - text.data());
    return value;
}

/// `{3}`, `{3,}`, `{,5}`, `{3,5}`. What is none of these, regcomp refuses.
Repetition braces(std::string_view text) {
    std::size_t at = 1;
    const auto least = number_at(text, at);
    auto most = least;
    if (text.substr(at).starts_with(',')) most = number_at(text, ++at);
    if (!text.substr(at).starts_with('}')) return {};
    return {at + 1, least.value_or(0), most.value_or(0), !most};
}

Repetition repetition(std::string_view text) {
    if (text.empty()) return {};
    switch (text.front()) {
        case '?': return {1, 0, 1, false};
        case '*': return {1, 0, 0, true};
        case '+': return {1, 1, 0, true};
        case '{': return braces(text);
        default: return {};
    }
}

/// The length of a bracket expression at the front of a text, of the whole text if it has no end.
std::size_t bracket_length(std::string_view text) {
    std::size_t at = text.substr(1).starts_with('^') ? 2 : 1;
    if (text.substr(at).starts_with(']')) ++at;
    for (; at < text.size() && text[at] != ']'; ++at) {
        if (text[at] != '[' || at + 1 == text.size()) continue;
        const char kind = text[at + 1];
        if (kind != ':' && kind != '.' && kind != '=') continue;
        const auto end = text.find(std::string{kind} + ']', at + 2);
        if (end == std::string_view::npos) return text.size();
        at = end + 1;
    }
    return std::min(at + 1, text.size());
}

bool is_anchor(std::string_view text) {
    if (text.front() != '\\') return text.front() == '^' || text.front() == '$';
    return text.size() > 1 && std::string_view{"bB<>`'"}.find(text[1]) != std::string_view::npos;
}

/// Reads an expression from left to right: what was read of each open parenthesis, and its last piece apart,
/// because a repetition may follow.
class Reader {
 public:
    Result<void> read(std::string_view text) {
        while (!text.empty()) {
            const std::size_t length = piece(text);
            text.remove_prefix(length);
            if (open_.size() > kMostDepth) return refuse("too many parentheses in one another");
            if (auto done = repetitions(text); !done) return done;
        }
        while (open_.size() > 1) close();
        if (ended().steps > kMostSteps) return refuse("too large with its repetitions written out");
        return {};
    }

 private:
    /// The expression itself, or what is in parentheses.
    struct Group {
        std::optional<Size> branches{};  ///< alternatives that have ended
        Size branch{};
    };

    static Result<void> refuse(const char* why) {
        return tl::make_unexpected(Error{std::string{"regular expression: "} + why});
    }

    /// Makes what stands first in the text the last piece, and returns its length.
    std::size_t piece(std::string_view text) {
        if (text.front() == ')' && open_.size() > 1) {
            close();
            return 1;
        }
        if (text.front() == '|') {
            open_.back() = {ended(), {}};
            last_ = {};
            return 1;
        }
        open_.back().branch = open_.back().branch.then(last_);
        last_ = {};
        if (text.front() == '(') {
            open_.emplace_back();
            return 1;
        }
        last_ = is_anchor(text) ? kAnchor : kCharacter;
        if (text.front() == '\\') return std::min<std::size_t>(2, text.size());
        return text.front() == '[' ? bracket_length(text) : 1;
    }

    /// The innermost group, if it ended here.
    [[nodiscard]] Size ended() const {
        const Group& group = open_.back();
        const Size branch = group.branch.then(last_);
        return group.branches ? group.branches->or_else(branch) : branch;
    }

    void close() {
        last_ = kParenthesis.then(ended()).then(kParenthesis);
        open_.pop_back();
    }

    /// Takes the repetition at the front of the text, and a `?` behind it, and applies them to the last
    /// piece.
    Result<void> repetitions(std::string_view& text) {
        int count = 0;
        for (Repetition next = repetition(text); next.length > 0; next = repetition(text)) {
            if (++count > 2 || (count == 2 && text.front() != '?'))
                return refuse("a repetition of a repetition");
            if (last_.anchors && (next.endless || next.most > 1 || next.least > 1))
                return refuse("an anchor (^, $, \\b and the like) in what is repeated");
            last_ = repeat(last_, next);
            text.remove_prefix(next.length);
        }
        return {};
    }

    std::vector<Group> open_ = std::vector<Group>(1);
    Size last_;
};

}  // namespace

Result<void> check_expression_size(std::string_view expression) { return Reader{}.read(expression); }

}  // namespace conf
