// What random programs say: SQL by where it may stand, and the names they give.
#pragma once

#include <array>

namespace model {

/// Statements for a Query or a Parse without parameters; # stands for the client's table.
inline constexpr std::array kTexts{
    "SELECT 'constant', 7",
    "SELECT count(*), sum(x), min(who) FROM #",
    "SELECT x FROM # ORDER BY x LIMIT 3",
    "INSERT INTO # SELECT count(*), 'w' FROM #",
    "UPDATE # SET x = x + 1 WHERE x % 3 = 0",
    "DELETE FROM # WHERE x > 40",
    "SELECT 1/0",
    "SELEC",
    "SELECT * FROM nowhere",
    "",
    "SHOW application_name",
    "SHOW DateStyle",
    "SHOW work_mem",
    "SHOW search_path",
    "SHOW transaction_read_only",
    "SHOW transaction_isolation",
    "SELECT g FROM generate_series(1, 5) g",
};

inline constexpr std::array kBlocks{"BEGIN",
                                    "BEGIN",
                                    "START TRANSACTION",
                                    "BEGIN NOT DEFERRABLE",
                                    "COMMIT",
                                    "COMMIT",
                                    "ROLLBACK",
                                    "SAVEPOINT a",
                                    "ROLLBACK TO a",
                                    "RELEASE a",
                                    "COMMIT AND CHAIN",
                                    "END",
                                    "ABORT",
                                    "BEGIN READ ONLY",
                                    "BEGIN ISOLATION LEVEL REPEATABLE READ"};

/// Only in a simple Query: several statements, or what a batch would not take.
inline constexpr std::array kQueries{
    "SELECT 1; SELECT 2",
    "INSERT INTO # VALUES (1, 'm'); SELECT 1/0; SELECT 3",
    "BEGIN; INSERT INTO # VALUES (2, 'm'); COMMIT",
    "BEGIN; SELECT 4",
    "COMMIT; SELECT 5",
    ";",
    "SET application_name = 'one'",
    "SET application_name = 'two'",
    "RESET application_name",
    "SET DateStyle = 'SQL, DMY'",
    "SET LOCAL application_name = 'local'",
    "SET work_mem = '5MB'",
    "SET work_mem = '6MB'",
    "RESET work_mem",
    "SET LOCAL work_mem = '7MB'",
    "BEGIN; SET work_mem = '8MB'",
    "SAVEPOINT a; SET work_mem = '9MB'",
    "BEGIN; SAVEPOINT a; SET work_mem = '10MB'; ROLLBACK TO a; COMMIT",
    "BEGIN; SET work_mem = '11MB'; ROLLBACK",
    "BEGIN; SET LOCAL work_mem = '12MB'; COMMIT",
    "RESET ALL",
    "DEALLOCATE a",
    "DEALLOCATE ALL",
    "DEALLOCATE ALL",
    "DISCARD ALL",
    "COPY # TO STDOUT",
};

/// The rest of the SET family, and what ties a client to its server until it is gone.
inline constexpr std::array kSessions{
    "SET TIME ZONE 'Europe/Berlin'",
    "SET TIME ZONE LOCAL",
    "SHOW TimeZone",
    "SET NAMES 'UTF8'",
    "SET ROLE app",
    "SET ROLE other",
    "SET ROLE NONE",
    "RESET ROLE",
    "SHOW role",
    "SET SESSION AUTHORIZATION app",
    "RESET SESSION AUTHORIZATION",
    "SELECT session_user, current_user",
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SHOW default_transaction_isolation",
    "SELECT set_config('work_mem', '13MB', false)",
    "SELECT set_config('work_mem', '14MB', true)",
    "SET search_path = public, pg_catalog",
    "SET SESSION search_path TO DEFAULT",
    "SET my.own = 'x'; SHOW my.own",
    "DISCARD PLANS",
    "DISCARD SEQUENCES",
    "DISCARD TEMP",
    "PREPARE q AS SELECT 10",
    "EXECUTE q",
    "DEALLOCATE q",
    "CREATE TEMP TABLE tt (x int)",
    "INSERT INTO tt VALUES (1)",
    "SELECT count(*) FROM tt",
    "DROP TABLE tt",
    "DECLARE c CURSOR WITH HOLD FOR SELECT 11",
    "FETCH c",
    "CLOSE c",
    "SELECT pg_advisory_lock(hashtext('#'))",
    "SELECT pg_advisory_unlock(hashtext('#'))",
    "LISTEN #",
    "UNLISTEN *",
};

inline constexpr std::array kDefinitions{
    "ALTER TABLE # ADD COLUMN extra int",
    "ALTER TABLE # DROP COLUMN extra",
    "CREATE INDEX #_index ON # (x)",
    "DROP INDEX IF EXISTS #_index",
    "TRUNCATE #",
    "CREATE TABLE #_other (y int)",
    "DROP TABLE IF EXISTS #_other",
    "SELECT count(*) FROM #_other",
};

/// In a batch also what changes the session.
inline constexpr std::array kBatchTexts{
    "DEALLOCATE a",
    "DEALLOCATE PREPARE b",
    "DEALLOCATE ALL",
    "SET work_mem = '15MB'",
    "SET LOCAL work_mem = '16MB'",
    "SET application_name = 'three'",
    "SELECT set_config('work_mem', '17MB', false)",
};

inline constexpr std::array kNames{"", "", "a", "b", "c"};
inline constexpr std::array kPortals{"", "", "", "p", "q"};

}  // namespace model
