// The graph of dependencies between transactions and its cycles. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace support::history {

enum class Dependency : std::uint8_t {
    kWriteWrite,  ///< overwrites
    kWriteRead,   ///< reads what the other wrote
    kReadWrite,   ///< overwrites what the other read
};

struct Step {
    std::size_t from = 0;
    std::size_t to = 0;
    Dependency kind = Dependency::kWriteWrite;
};
using Cycle = std::vector<Step>;

class Dependencies {
 public:
    explicit Dependencies(std::size_t transactions) : edges_(transactions) {}

    /// A transaction depends not on itself: such a step is left out.
    void add(std::size_t from, std::size_t to, Dependency kind);
    /// A shortest cycle through one member of each set of transactions that depend on each other.
    [[nodiscard]] std::vector<Cycle> cycles() const;

 private:
    [[nodiscard]] std::vector<std::size_t> order_of_ends() const;
    [[nodiscard]] Cycle shortest_from(std::size_t start) const;

    std::vector<std::vector<Step>> edges_;
};

[[nodiscard]] std::string dependency_name(Dependency kind);
/// G0, G1c, G-single or G2, by how many steps are kReadWrite.
[[nodiscard]] std::string cycle_name(const Cycle& cycle);

}  // namespace support::history
