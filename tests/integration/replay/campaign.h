// Chooses where shapes are struck, runs them in an arena and reports what the judge finds, with what repeats
// it.
//
// WEIR_KILL=full: every byte of both directions, instead of a sample. WEIR_KILL_SHAPES=14-20: only these, in
// the order of the table, from 1. WEIR_KILL_RUNS: strikes for each shape in the sample. WEIR_TEST_SEED: the
// sample's seed. WEIR_KILL_ONE="shape|blow": only this one, as a report names it.
#pragma once

#include <vector>

#include "tests/integration/replay/arena.h"
#include "tests/integration/replay/shape.h"

namespace replay {

struct Tally {
    int runs = 0;
    int struck = 0;
    int hidden = 0;   ///< struck, and the client noticed nothing
    bool all = true;  ///< every shape was struck; else the numbers say little
};

/// Fails the test at every fault. `runs` is the sample for each shape; `terminate`: whether the base can end
/// a connection by the server's own word.
Tally campaign(Arena& arena, const std::vector<Shape>& shapes, int runs, bool terminate);

}  // namespace replay
