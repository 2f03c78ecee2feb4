// What a client sees of a program: one line for each answer. All that is not compared is left out here, and
// only here.
#pragma once

#include <string>
#include <vector>

#include "tests/model/program.h"
#include "tests/support/client.h"
#include "tests/support/wire_message.h"

namespace model {

using Transcript = std::vector<std::string>;

/// Normalised:
/// - ParameterStatus: a pooler repeats what other clients of the server have changed meanwhile;
/// - source file, line and routine of errors: what a pooler words itself has none;
/// - which error a request gets in a transaction that has failed before (`failed`): a server that lacks the
///   client's statement cannot be given it then, and says so first;
/// - how far something had come when it was cancelled;
/// - the table's OID in RowDescription: the tables of the two runs are not the same ones.
[[nodiscard]] std::string line_of(const support::wire::Messages& answer, bool failed);

/// Plays the program as a client logged in there with these start-up parameters. One that cannot log in has
/// the reason in each line.
[[nodiscard]] Transcript play(const support::Login& login, const support::wire::Parameters& startup,
                              const std::vector<Step>& program);

}  // namespace model
