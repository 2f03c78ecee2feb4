-- What pooler/sql/postgres_builtins.cc lists, from the catalogue: (list, name). Functions are listed by name if
-- every one of that name in pg_catalog is immutable or stable and takes no type that only the server can make,
-- nor a C string: the input functions of types take one, and would run the checks of a user's domain.
SELECT 'function' AS list, proname::text AS name
  FROM pg_proc
 WHERE pronamespace = 'pg_catalog'::regnamespace
 GROUP BY proname
HAVING bool_and(provolatile IN ('i', 's') AND prokind IN ('f', 'a', 'w'))
   AND NOT bool_or(EXISTS (
           SELECT FROM unnest(proargtypes::oid[] || prorettype) AS used(type)
             JOIN pg_type ON pg_type.oid = used.type
            WHERE typtype = 'p' AND typname NOT IN ('record', 'void', 'any') AND typname NOT LIKE 'any%'
              AND typname <> '_record'))
UNION ALL
SELECT 'type', typname::text
  FROM pg_type
 WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r', 'm') AND typisdefined
   AND (typelem = 0 OR NOT EXISTS (SELECT FROM pg_type AS item WHERE item.oid = pg_type.typelem AND item.typtype IN ('c', 'p')))
UNION ALL
SELECT 'operator', oprname::text
  FROM pg_operator JOIN pg_proc ON pg_proc.oid = oprcode
 WHERE oprnamespace = 'pg_catalog'::regnamespace
 GROUP BY oprname
HAVING bool_and(provolatile IN ('i', 's'))
