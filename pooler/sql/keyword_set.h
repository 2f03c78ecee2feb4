// A set of keywords, written down as a list and asked in one load.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "pooler/sql/keyword.h"

namespace pooler {

class KeywordSet {
 public:
    constexpr KeywordSet(std::initializer_list<Keyword> words) {
        for (const Keyword word : words) bits_[block_of(word)] |= bit_of(word);
    }
    [[nodiscard]] constexpr bool holds(Keyword word) const {
        return (bits_[block_of(word)] & bit_of(word)) != 0;
    }

 private:
    static constexpr std::size_t kBits = 64;
    static constexpr std::size_t block_of(Keyword word) { return static_cast<std::size_t>(word) / kBits; }
    static constexpr std::uint64_t bit_of(Keyword word) {
        return std::uint64_t{1} << (static_cast<std::size_t>(word) % kBits);
    }

    std::array<std::uint64_t, static_cast<std::size_t>(Keyword::kZone) / kBits + 1> bits_{};
};

}  // namespace pooler
