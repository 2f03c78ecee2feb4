// The table of shapes, in parts by what a client speaks.
#pragma once

#include <vector>

#include "tests/integration/replay/shape.h"

namespace replay {

[[nodiscard]] std::vector<Shape> simple_shapes();
[[nodiscard]] std::vector<Shape> savepoint_shapes();
[[nodiscard]] std::vector<Shape> extended_shapes();
[[nodiscard]] std::vector<Shape> portal_shapes();
[[nodiscard]] std::vector<Shape> copy_shapes();
[[nodiscard]] std::vector<Shape> session_shapes();
[[nodiscard]] std::vector<Shape> outside_shapes();
[[nodiscard]] std::vector<Shape> hidden_shapes();
/// All of them.
[[nodiscard]] std::vector<Shape> postgres_shapes();
[[nodiscard]] std::vector<Shape> crdb_simple_shapes();
[[nodiscard]] std::vector<Shape> crdb_restart_shapes();
[[nodiscard]] std::vector<Shape> crdb_extended_shapes();
[[nodiscard]] std::vector<Shape> crdb_session_shapes();
[[nodiscard]] std::vector<Shape> crdb_ordered_shapes();
/// For the fake CockroachDB node: all of these.
[[nodiscard]] std::vector<Shape> crdb_shapes();

}  // namespace replay
