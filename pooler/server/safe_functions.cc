#include "pooler/server/safe_functions.h"

#include <algorithm>
#include <string>
#include <vector>

#include "pooler/sql/literal.h"

namespace pooler {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(kBlanks);
    return begin == std::string_view::npos ? std::string_view{}
                                           : text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

class Calls final : public UnlistedUses {
 public:
    Calls(std::string_view text, std::string_view names) : text_{text}, names_{names} {}

    void on_call(TextSpan name) override {
        found_ = true;
        if (!listed(name.in(text_))) safe_ = false;
    }
    void on_settings_write() override { safe_ = false; }
    [[nodiscard]] bool safe() const { return found_ && safe_; }

 private:
    [[nodiscard]] bool listed(std::string_view called) const {
        const auto call = name_parts(called);
        if (!call) return false;
        for (std::string_view rest = names_; !rest.empty();) {
            const std::string_view entry = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
            const auto parts = name_parts(trimmed(entry));
            if (parts && parts->size() <= call->size() &&
                std::equal(parts->rbegin(), parts->rend(), call->rbegin()))
                return true;
        }
        return false;
    }

    std::string_view text_;
    std::string_view names_;
    bool found_ = false;
    bool safe_ = true;
};

}  // namespace

bool only_safe_calls(std::string_view text, Dialect dialect, std::string_view names) {
    Calls calls{text, names};
    return classify(text, dialect, calls).understood() && calls.safe();
}

}  // namespace pooler
