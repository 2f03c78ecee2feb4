// What the parameters and rows of a prepared statement look like, as a Describe tells it. Immutable and
// shared, so that in a steady state equal means the same pointer. Pure; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace pooler {

class Shape;
using ShapeRef = std::shared_ptr<const Shape>;

class Shape {
 public:
    /// `parameters`: body of ParameterDescription; nullopt when a portal was described. `columns`: body of
    /// RowDescription; nullopt for NoData.
    Shape(std::optional<std::string_view> parameters, std::optional<std::string_view> columns);

    /// Whether these bodies say the same. What may change without a client noticing does not count: the table
    /// behind a column, and the format, which Bind chooses. Nor do parameters that either side does not know.
    [[nodiscard]] bool is(std::optional<std::string_view> parameters,
                          std::optional<std::string_view> columns) const;
    [[nodiscard]] bool fits(const Shape& other) const;
    [[nodiscard]] bool knows_parameters() const { return parameters_.has_value(); }

 private:
    std::optional<std::string> parameters_;
    std::optional<std::string> columns_;  ///< reduced to what counts
};

/// Names, types and type modifiers of a RowDescription's body; the body itself if it is broken.
[[nodiscard]] std::string reduced_columns(std::string_view body);

}  // namespace pooler
