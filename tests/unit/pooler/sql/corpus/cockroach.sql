# Statements with the class they must get, one a line: `class: statement`. A line that begins with four blanks goes on
# with the statement above it. read: provably reads only; select: a query that is more than that, or cannot be proved;
# script: several statements, not all reads; unknown: no kind; unreadable: not understood. The others are kinds.
# On CockroachDB.
read: SELECT * FROM accounts WHERE id = $1
read: SELECT id, balance FROM accounts AS OF SYSTEM TIME '-10s' WHERE id = 1
read: SELECT balance FROM accounts AS OF SYSTEM TIME follower_read_timestamp()
read: SELECT balance FROM accounts AS OF SYSTEM TIME with_max_staleness('10s') WHERE id = $1
read: SELECT balance FROM accounts AS OF SYSTEM TIME with_min_timestamp(now() - '5s'::INTERVAL, true) WHERE id = 1
read: SELECT count(*) FROM accounts AS OF SYSTEM TIME '2026-01-01 00:00:00+00:00'
read: SELECT * FROM accounts AS OF SYSTEM TIME -'1h' LIMIT 5
read: select id from accounts as of system time experimental_follower_read_timestamp()
read: SELECT id FROM accounts@primary WHERE id > 5
read: SELECT id FROM accounts@{FORCE_INDEX=primary} WHERE id > 5
read: SELECT id FROM accounts@{NO_FULL_SCAN}
read: SELECT id FROM accounts@{FORCE_INDEX=idx_balance,DESC} ORDER BY id DESC
read: SELECT id::STRING, balance::INT8, id::BYTES FROM accounts
read: SELECT CAST(balance AS STRING), CAST(id AS DECIMAL(10, 2)) FROM accounts
read: SELECT balance:::STRING FROM accounts
read: SELECT ifnull(balance, balance), nvl(balance, balance), if(balance IS NULL, 1, 2) FROM accounts
read: SELECT id, row_number() OVER (PARTITION BY balance ORDER BY id) FROM accounts
read: SELECT balance, count(*) FROM accounts GROUP BY balance HAVING count(*) > 1 ORDER BY 2 DESC
read: SELECT * FROM accounts WITH ORDINALITY
read: SELECT x.id, y.id FROM accounts AS x INNER HASH JOIN accounts AS y ON x.id = y.id
read: SELECT x.id FROM accounts x LEFT LOOKUP JOIN accounts y ON x.id = y.id
read: SELECT x.id FROM accounts x INNER MERGE JOIN accounts y USING (id)
read: EXPLAIN SELECT * FROM accounts
read: EXPLAIN (DISTSQL) SELECT * FROM accounts
read: EXPLAIN (VERBOSE) SELECT * FROM accounts
read: EXPLAIN (OPT, VERBOSE) SELECT id FROM accounts
read: EXPLAIN (VEC) SELECT id FROM accounts
read: EXPLAIN (TYPES) SELECT id FROM accounts
read: EXPLAIN (OPT, ENV) SELECT id FROM accounts
read: WITH x AS MATERIALIZED (SELECT * FROM accounts) SELECT count(*) FROM x
read: TABLE accounts
read: SELECT crdb_region FROM accounts
read: SELECT * FROM accounts WHERE balance IN (SELECT balance FROM accounts LIMIT 10)
read: SELECT experimental_strftime(now(), '%Y'), fnv64(id::STRING) FROM accounts
read: SELECT sqrdiff(1.0), concat_agg('a') FROM accounts
select: SELECT * FROM accounts FOR UPDATE
select: SELECT * FROM accounts WHERE id = 1 FOR SHARE SKIP LOCKED
select: SELECT * FROM accounts FOR KEY SHARE NOWAIT
select: SELECT * FROM accounts AS OF SYSTEM TIME '-1s' FOR UPDATE
select: SELECT * FROM [INSERT INTO accounts (id) VALUES (1) RETURNING id]
select: SELECT * FROM [DELETE FROM accounts RETURNING id] AS x
select: SELECT x.id FROM accounts x, [UPDATE accounts SET balance = balance RETURNING id] AS y
select: SELECT * FROM [UPSERT INTO accounts (id) VALUES (1) RETURNING id]
select: WITH x AS (UPSERT INTO accounts (id) VALUES (1) RETURNING id) SELECT * FROM x
select: WITH x AS (DELETE FROM accounts RETURNING id) SELECT count(*) FROM x
select: SELECT my_udf(id) FROM accounts
select: SELECT public.my_udf(id) FROM accounts
select: SELECT nextval('s'), id FROM accounts
select: SELECT balance::my_enum FROM accounts
select: SELECT count(*) FROM [SHOW TABLES], accounts
select: SELECT crdb_internal.force_retry('1s') FROM accounts
insert: INSERT INTO accounts (id, balance) VALUES (1, 2) RETURNING NOTHING
insert: INSERT INTO accounts (id) VALUES (unique_rowid()) ON CONFLICT (id) DO UPDATE SET balance = excluded.balance
insert: INSERT INTO accounts (id) SELECT generate_series(1, 3)
upsert: UPSERT INTO accounts (id, balance) VALUES (1, 2)
upsert: upsert into accounts select * from accounts
upsert: WITH s AS (SELECT 1) UPSERT INTO accounts (id) SELECT 1 FROM s
update: UPDATE accounts SET balance = balance WHERE id = 1 ORDER BY id LIMIT 10 RETURNING NOTHING
update: UPDATE accounts@primary SET balance = 1 WHERE true
delete: DELETE FROM accounts WHERE id < 5 ORDER BY id LIMIT 100
delete: DELETE FROM accounts@primary WHERE balance IS NULL RETURNING id
ddl: ALTER TABLE accounts SPLIT AT VALUES (10), (20)
ddl: ALTER TABLE accounts SCATTER
ddl: ALTER TABLE accounts CONFIGURE ZONE USING num_replicas = 5
ddl: ALTER TABLE accounts SET LOCALITY REGIONAL BY ROW
ddl: CREATE INDEX CONCURRENTLY ON accounts (balance) STORING (id)
ddl: CREATE INVERTED INDEX ON accounts (balance)
ddl: ALTER TABLE accounts SET (ttl_expire_after = '1 day')
ddl: TRUNCATE accounts
show: SHOW CREATE TABLE accounts
show: SHOW COLUMNS FROM accounts
show: SHOW INDEXES FROM accounts
show: SHOW RANGES FROM TABLE accounts
show: SHOW STATISTICS FOR TABLE accounts
explain: EXPLAIN ANALYZE SELECT * FROM accounts
explain: EXPLAIN ANALYZE (DEBUG) SELECT * FROM accounts
explain: EXPLAIN ANALYZE (DISTSQL) UPDATE accounts SET balance = 1
explain: EXPLAIN (DEBUG) SELECT * FROM accounts
explain: EXPLAIN UPSERT INTO accounts (id) VALUES (1)
utility: BACKUP TABLE accounts INTO 'nodelocal://1/x' AS OF SYSTEM TIME '-10s'
utility: RESTORE TABLE accounts FROM LATEST IN 'nodelocal://1/x'
utility: EXPORT INTO CSV 'nodelocal://1/x' FROM SELECT * FROM accounts
utility: ANALYZE accounts
copy: COPY accounts (id, balance) FROM STDIN
copy: COPY accounts TO STDOUT
ddl: IMPORT INTO accounts (id) CSV DATA ('nodelocal://1/x')
read: SELECT * FROM users WHERE id = $1
read: SELECT id, city FROM users AS OF SYSTEM TIME '-10s' WHERE id = 1
read: SELECT city FROM users AS OF SYSTEM TIME follower_read_timestamp()
read: SELECT city FROM users AS OF SYSTEM TIME with_max_staleness('10s') WHERE id = $1
read: SELECT city FROM users AS OF SYSTEM TIME with_min_timestamp(now() - '5s'::INTERVAL, true) WHERE id = 1
read: SELECT count(*) FROM users AS OF SYSTEM TIME '2026-01-01 00:00:00+00:00'
read: SELECT * FROM users AS OF SYSTEM TIME -'1h' LIMIT 5
read: select id from users as of system time experimental_follower_read_timestamp()
read: SELECT id FROM users@primary WHERE id > 5
read: SELECT id FROM users@{FORCE_INDEX=primary} WHERE id > 5
read: SELECT id FROM users@{NO_FULL_SCAN}
read: SELECT id FROM users@{FORCE_INDEX=idx_city,DESC} ORDER BY id DESC
read: SELECT id::STRING, city::INT8, id::BYTES FROM users
read: SELECT CAST(city AS STRING), CAST(id AS DECIMAL(10, 2)) FROM users
read: SELECT city:::STRING FROM users
read: SELECT ifnull(city, city), nvl(city, city), if(city IS NULL, 1, 2) FROM users
read: SELECT id, row_number() OVER (PARTITION BY city ORDER BY id) FROM users
read: SELECT city, count(*) FROM users GROUP BY city HAVING count(*) > 1 ORDER BY 2 DESC
read: SELECT * FROM users WITH ORDINALITY
read: SELECT x.id, y.id FROM users AS x INNER HASH JOIN users AS y ON x.id = y.id
read: SELECT x.id FROM users x LEFT LOOKUP JOIN users y ON x.id = y.id
read: SELECT x.id FROM users x INNER MERGE JOIN users y USING (id)
read: EXPLAIN SELECT * FROM users
read: EXPLAIN (DISTSQL) SELECT * FROM users
read: EXPLAIN (VERBOSE) SELECT * FROM users
read: EXPLAIN (OPT, VERBOSE) SELECT id FROM users
read: EXPLAIN (VEC) SELECT id FROM users
read: EXPLAIN (TYPES) SELECT id FROM users
read: EXPLAIN (OPT, ENV) SELECT id FROM users
read: WITH x AS MATERIALIZED (SELECT * FROM users) SELECT count(*) FROM x
read: TABLE users
read: SELECT crdb_region FROM users
read: SELECT * FROM users WHERE city IN (SELECT city FROM users LIMIT 10)
read: SELECT experimental_strftime(now(), '%Y'), fnv64(id::STRING) FROM users
read: SELECT sqrdiff(1.0), concat_agg('a') FROM users
select: SELECT * FROM users FOR UPDATE
select: SELECT * FROM users WHERE id = 1 FOR SHARE SKIP LOCKED
select: SELECT * FROM users FOR KEY SHARE NOWAIT
select: SELECT * FROM users AS OF SYSTEM TIME '-1s' FOR UPDATE
select: SELECT * FROM [INSERT INTO users (id) VALUES (1) RETURNING id]
select: SELECT * FROM [DELETE FROM users RETURNING id] AS x
select: SELECT x.id FROM users x, [UPDATE users SET city = city RETURNING id] AS y
select: SELECT * FROM [UPSERT INTO users (id) VALUES (1) RETURNING id]
select: WITH x AS (UPSERT INTO users (id) VALUES (1) RETURNING id) SELECT * FROM x
select: WITH x AS (DELETE FROM users RETURNING id) SELECT count(*) FROM x
select: SELECT my_udf(id) FROM users
select: SELECT public.my_udf(id) FROM users
select: SELECT nextval('s'), id FROM users
select: SELECT city::my_enum FROM users
select: SELECT count(*) FROM [SHOW TABLES], users
select: SELECT crdb_internal.force_retry('1s') FROM users
insert: INSERT INTO users (id, city) VALUES (1, 2) RETURNING NOTHING
insert: INSERT INTO users (id) VALUES (unique_rowid()) ON CONFLICT (id) DO UPDATE SET city = excluded.city
insert: INSERT INTO users (id) SELECT generate_series(1, 3)
upsert: UPSERT INTO users (id, city) VALUES (1, 2)
upsert: upsert into users select * from users
upsert: WITH s AS (SELECT 1) UPSERT INTO users (id) SELECT 1 FROM s
update: UPDATE users SET city = city WHERE id = 1 ORDER BY id LIMIT 10 RETURNING NOTHING
update: UPDATE users@primary SET city = 1 WHERE true
delete: DELETE FROM users WHERE id < 5 ORDER BY id LIMIT 100
delete: DELETE FROM users@primary WHERE city IS NULL RETURNING id
ddl: ALTER TABLE users SPLIT AT VALUES (10), (20)
ddl: ALTER TABLE users SCATTER
ddl: ALTER TABLE users CONFIGURE ZONE USING num_replicas = 5
ddl: ALTER TABLE users SET LOCALITY REGIONAL BY ROW
ddl: CREATE INDEX CONCURRENTLY ON users (city) STORING (id)
ddl: CREATE INVERTED INDEX ON users (city)
ddl: ALTER TABLE users SET (ttl_expire_after = '1 day')
ddl: TRUNCATE users
show: SHOW CREATE TABLE users
show: SHOW COLUMNS FROM users
show: SHOW INDEXES FROM users
show: SHOW RANGES FROM TABLE users
show: SHOW STATISTICS FOR TABLE users
explain: EXPLAIN ANALYZE SELECT * FROM users
explain: EXPLAIN ANALYZE (DEBUG) SELECT * FROM users
explain: EXPLAIN ANALYZE (DISTSQL) UPDATE users SET city = 1
explain: EXPLAIN (DEBUG) SELECT * FROM users
explain: EXPLAIN UPSERT INTO users (id) VALUES (1)
utility: BACKUP TABLE users INTO 'nodelocal://1/x' AS OF SYSTEM TIME '-10s'
utility: RESTORE TABLE users FROM LATEST IN 'nodelocal://1/x'
utility: EXPORT INTO CSV 'nodelocal://1/x' FROM SELECT * FROM users
utility: ANALYZE users
copy: COPY users (id, city) FROM STDIN
copy: COPY users TO STDOUT
ddl: IMPORT INTO users (id) CSV DATA ('nodelocal://1/x')
read: SELECT * FROM rides WHERE id = $1
read: SELECT id, revenue FROM rides AS OF SYSTEM TIME '-10s' WHERE id = 1
read: SELECT revenue FROM rides AS OF SYSTEM TIME follower_read_timestamp()
read: SELECT revenue FROM rides AS OF SYSTEM TIME with_max_staleness('10s') WHERE id = $1
read: SELECT revenue FROM rides AS OF SYSTEM TIME with_min_timestamp(now() - '5s'::INTERVAL, true) WHERE id = 1
read: SELECT count(*) FROM rides AS OF SYSTEM TIME '2026-01-01 00:00:00+00:00'
read: SELECT * FROM rides AS OF SYSTEM TIME -'1h' LIMIT 5
read: select id from rides as of system time experimental_follower_read_timestamp()
read: SELECT id FROM rides@primary WHERE id > 5
read: SELECT id FROM rides@{FORCE_INDEX=primary} WHERE id > 5
read: SELECT id FROM rides@{NO_FULL_SCAN}
read: SELECT id FROM rides@{FORCE_INDEX=idx_revenue,DESC} ORDER BY id DESC
read: SELECT id::STRING, revenue::INT8, id::BYTES FROM rides
read: SELECT CAST(revenue AS STRING), CAST(id AS DECIMAL(10, 2)) FROM rides
read: SELECT revenue:::STRING FROM rides
read: SELECT ifnull(revenue, revenue), nvl(revenue, revenue), if(revenue IS NULL, 1, 2) FROM rides
read: SELECT id, row_number() OVER (PARTITION BY revenue ORDER BY id) FROM rides
read: SELECT revenue, count(*) FROM rides GROUP BY revenue HAVING count(*) > 1 ORDER BY 2 DESC
read: SELECT * FROM rides WITH ORDINALITY
read: SELECT x.id, y.id FROM rides AS x INNER HASH JOIN rides AS y ON x.id = y.id
read: SELECT x.id FROM rides x LEFT LOOKUP JOIN rides y ON x.id = y.id
read: SELECT x.id FROM rides x INNER MERGE JOIN rides y USING (id)
read: EXPLAIN SELECT * FROM rides
read: EXPLAIN (DISTSQL) SELECT * FROM rides
read: EXPLAIN (VERBOSE) SELECT * FROM rides
read: EXPLAIN (OPT, VERBOSE) SELECT id FROM rides
read: EXPLAIN (VEC) SELECT id FROM rides
read: EXPLAIN (TYPES) SELECT id FROM rides
read: EXPLAIN (OPT, ENV) SELECT id FROM rides
read: WITH x AS MATERIALIZED (SELECT * FROM rides) SELECT count(*) FROM x
read: TABLE rides
read: SELECT crdb_region FROM rides
read: SELECT * FROM rides WHERE revenue IN (SELECT revenue FROM rides LIMIT 10)
read: SELECT experimental_strftime(now(), '%Y'), fnv64(id::STRING) FROM rides
read: SELECT sqrdiff(1.0), concat_agg('a') FROM rides
select: SELECT * FROM rides FOR UPDATE
select: SELECT * FROM rides WHERE id = 1 FOR SHARE SKIP LOCKED
select: SELECT * FROM rides FOR KEY SHARE NOWAIT
select: SELECT * FROM rides AS OF SYSTEM TIME '-1s' FOR UPDATE
select: SELECT * FROM [INSERT INTO rides (id) VALUES (1) RETURNING id]
select: SELECT * FROM [DELETE FROM rides RETURNING id] AS x
select: SELECT x.id FROM rides x, [UPDATE rides SET revenue = revenue RETURNING id] AS y
select: SELECT * FROM [UPSERT INTO rides (id) VALUES (1) RETURNING id]
select: WITH x AS (UPSERT INTO rides (id) VALUES (1) RETURNING id) SELECT * FROM x
select: WITH x AS (DELETE FROM rides RETURNING id) SELECT count(*) FROM x
select: SELECT my_udf(id) FROM rides
select: SELECT public.my_udf(id) FROM rides
select: SELECT nextval('s'), id FROM rides
select: SELECT revenue::my_enum FROM rides
select: SELECT count(*) FROM [SHOW TABLES], rides
select: SELECT crdb_internal.force_retry('1s') FROM rides
insert: INSERT INTO rides (id, revenue) VALUES (1, 2) RETURNING NOTHING
insert: INSERT INTO rides (id) VALUES (unique_rowid()) ON CONFLICT (id) DO UPDATE SET revenue = excluded.revenue
insert: INSERT INTO rides (id) SELECT generate_series(1, 3)
upsert: UPSERT INTO rides (id, revenue) VALUES (1, 2)
upsert: upsert into rides select * from rides
upsert: WITH s AS (SELECT 1) UPSERT INTO rides (id) SELECT 1 FROM s
update: UPDATE rides SET revenue = revenue WHERE id = 1 ORDER BY id LIMIT 10 RETURNING NOTHING
update: UPDATE rides@primary SET revenue = 1 WHERE true
delete: DELETE FROM rides WHERE id < 5 ORDER BY id LIMIT 100
delete: DELETE FROM rides@primary WHERE revenue IS NULL RETURNING id
ddl: ALTER TABLE rides SPLIT AT VALUES (10), (20)
ddl: ALTER TABLE rides SCATTER
ddl: ALTER TABLE rides CONFIGURE ZONE USING num_replicas = 5
ddl: ALTER TABLE rides SET LOCALITY REGIONAL BY ROW
ddl: CREATE INDEX CONCURRENTLY ON rides (revenue) STORING (id)
ddl: CREATE INVERTED INDEX ON rides (revenue)
ddl: ALTER TABLE rides SET (ttl_expire_after = '1 day')
ddl: TRUNCATE rides
show: SHOW CREATE TABLE rides
show: SHOW COLUMNS FROM rides
show: SHOW INDEXES FROM rides
show: SHOW RANGES FROM TABLE rides
show: SHOW STATISTICS FOR TABLE rides
explain: EXPLAIN ANALYZE SELECT * FROM rides
explain: EXPLAIN ANALYZE (DEBUG) SELECT * FROM rides
explain: EXPLAIN ANALYZE (DISTSQL) UPDATE rides SET revenue = 1
explain: EXPLAIN (DEBUG) SELECT * FROM rides
explain: EXPLAIN UPSERT INTO rides (id) VALUES (1)
utility: BACKUP TABLE rides INTO 'nodelocal://1/x' AS OF SYSTEM TIME '-10s'
utility: RESTORE TABLE rides FROM LATEST IN 'nodelocal://1/x'
utility: EXPORT INTO CSV 'nodelocal://1/x' FROM SELECT * FROM rides
utility: ANALYZE rides
copy: COPY rides (id, revenue) FROM STDIN
copy: COPY rides TO STDOUT
ddl: IMPORT INTO rides (id) CSV DATA ('nodelocal://1/x')
read: SELECT * FROM vehicles WHERE id = $1
read: SELECT id, type FROM vehicles AS OF SYSTEM TIME '-10s' WHERE id = 1
read: SELECT type FROM vehicles AS OF SYSTEM TIME follower_read_timestamp()
read: SELECT type FROM vehicles AS OF SYSTEM TIME with_max_staleness('10s') WHERE id = $1
read: SELECT type FROM vehicles AS OF SYSTEM TIME with_min_timestamp(now() - '5s'::INTERVAL, true) WHERE id = 1
read: SELECT count(*) FROM vehicles AS OF SYSTEM TIME '2026-01-01 00:00:00+00:00'
read: SELECT * FROM vehicles AS OF SYSTEM TIME -'1h' LIMIT 5
read: select id from vehicles as of system time experimental_follower_read_timestamp()
read: SELECT id FROM vehicles@primary WHERE id > 5
read: SELECT id FROM vehicles@{FORCE_INDEX=primary} WHERE id > 5
read: SELECT id FROM vehicles@{NO_FULL_SCAN}
read: SELECT id FROM vehicles@{FORCE_INDEX=idx_type,DESC} ORDER BY id DESC
read: SELECT id::STRING, type::INT8, id::BYTES FROM vehicles
read: SELECT CAST(type AS STRING), CAST(id AS DECIMAL(10, 2)) FROM vehicles
read: SELECT type:::STRING FROM vehicles
read: SELECT ifnull(type, type), nvl(type, type), if(type IS NULL, 1, 2) FROM vehicles
read: SELECT id, row_number() OVER (PARTITION BY type ORDER BY id) FROM vehicles
read: SELECT type, count(*) FROM vehicles GROUP BY type HAVING count(*) > 1 ORDER BY 2 DESC
read: SELECT * FROM vehicles WITH ORDINALITY
read: SELECT x.id, y.id FROM vehicles AS x INNER HASH JOIN vehicles AS y ON x.id = y.id
read: SELECT x.id FROM vehicles x LEFT LOOKUP JOIN vehicles y ON x.id = y.id
read: SELECT x.id FROM vehicles x INNER MERGE JOIN vehicles y USING (id)
read: EXPLAIN SELECT * FROM vehicles
read: EXPLAIN (DISTSQL) SELECT * FROM vehicles
read: EXPLAIN (VERBOSE) SELECT * FROM vehicles
read: EXPLAIN (OPT, VERBOSE) SELECT id FROM vehicles
read: EXPLAIN (VEC) SELECT id FROM vehicles
read: EXPLAIN (TYPES) SELECT id FROM vehicles
read: EXPLAIN (OPT, ENV) SELECT id FROM vehicles
read: WITH x AS MATERIALIZED (SELECT * FROM vehicles) SELECT count(*) FROM x
read: TABLE vehicles
read: SELECT crdb_region FROM vehicles
read: SELECT * FROM vehicles WHERE type IN (SELECT type FROM vehicles LIMIT 10)
read: SELECT experimental_strftime(now(), '%Y'), fnv64(id::STRING) FROM vehicles
read: SELECT sqrdiff(1.0), concat_agg('a') FROM vehicles
select: SELECT * FROM vehicles FOR UPDATE
select: SELECT * FROM vehicles WHERE id = 1 FOR SHARE SKIP LOCKED
select: SELECT * FROM vehicles FOR KEY SHARE NOWAIT
select: SELECT * FROM vehicles AS OF SYSTEM TIME '-1s' FOR UPDATE
select: SELECT * FROM [INSERT INTO vehicles (id) VALUES (1) RETURNING id]
select: SELECT * FROM [DELETE FROM vehicles RETURNING id] AS x
select: SELECT x.id FROM vehicles x, [UPDATE vehicles SET type = type RETURNING id] AS y
select: SELECT * FROM [UPSERT INTO vehicles (id) VALUES (1) RETURNING id]
select: WITH x AS (UPSERT INTO vehicles (id) VALUES (1) RETURNING id) SELECT * FROM x
select: WITH x AS (DELETE FROM vehicles RETURNING id) SELECT count(*) FROM x
select: SELECT my_udf(id) FROM vehicles
select: SELECT public.my_udf(id) FROM vehicles
select: SELECT nextval('s'), id FROM vehicles
select: SELECT type::my_enum FROM vehicles
select: SELECT count(*) FROM [SHOW TABLES], vehicles
select: SELECT crdb_internal.force_retry('1s') FROM vehicles
insert: INSERT INTO vehicles (id, type) VALUES (1, 2) RETURNING NOTHING
insert: INSERT INTO vehicles (id) VALUES (unique_rowid()) ON CONFLICT (id) DO UPDATE SET type = excluded.type
insert: INSERT INTO vehicles (id) SELECT generate_series(1, 3)
upsert: UPSERT INTO vehicles (id, type) VALUES (1, 2)
upsert: upsert into vehicles select * from vehicles
upsert: WITH s AS (SELECT 1) UPSERT INTO vehicles (id) SELECT 1 FROM s
update: UPDATE vehicles SET type = type WHERE id = 1 ORDER BY id LIMIT 10 RETURNING NOTHING
update: UPDATE vehicles@primary SET type = 1 WHERE true
delete: DELETE FROM vehicles WHERE id < 5 ORDER BY id LIMIT 100
delete: DELETE FROM vehicles@primary WHERE type IS NULL RETURNING id
ddl: ALTER TABLE vehicles SPLIT AT VALUES (10), (20)
ddl: ALTER TABLE vehicles SCATTER
ddl: ALTER TABLE vehicles CONFIGURE ZONE USING num_replicas = 5
ddl: ALTER TABLE vehicles SET LOCALITY REGIONAL BY ROW
ddl: CREATE INDEX CONCURRENTLY ON vehicles (type) STORING (id)
ddl: CREATE INVERTED INDEX ON vehicles (type)
ddl: ALTER TABLE vehicles SET (ttl_expire_after = '1 day')
ddl: TRUNCATE vehicles
show: SHOW CREATE TABLE vehicles
show: SHOW COLUMNS FROM vehicles
show: SHOW INDEXES FROM vehicles
show: SHOW RANGES FROM TABLE vehicles
show: SHOW STATISTICS FOR TABLE vehicles
explain: EXPLAIN ANALYZE SELECT * FROM vehicles
explain: EXPLAIN ANALYZE (DEBUG) SELECT * FROM vehicles
explain: EXPLAIN ANALYZE (DISTSQL) UPDATE vehicles SET type = 1
explain: EXPLAIN (DEBUG) SELECT * FROM vehicles
explain: EXPLAIN UPSERT INTO vehicles (id) VALUES (1)
utility: BACKUP TABLE vehicles INTO 'nodelocal://1/x' AS OF SYSTEM TIME '-10s'
utility: RESTORE TABLE vehicles FROM LATEST IN 'nodelocal://1/x'
utility: EXPORT INTO CSV 'nodelocal://1/x' FROM SELECT * FROM vehicles
utility: ANALYZE vehicles
copy: COPY vehicles (id, type) FROM STDIN
copy: COPY vehicles TO STDOUT
ddl: IMPORT INTO vehicles (id) CSV DATA ('nodelocal://1/x')
read: SELECT * FROM movr.public.promo_codes WHERE code = $1
read: SELECT code, rules FROM movr.public.promo_codes AS OF SYSTEM TIME '-10s' WHERE code = 1
read: SELECT rules FROM movr.public.promo_codes AS OF SYSTEM TIME follower_read_timestamp()
read: SELECT rules FROM movr.public.promo_codes AS OF SYSTEM TIME with_max_staleness('10s') WHERE code = $1
read: SELECT rules FROM movr.public.promo_codes AS OF SYSTEM TIME with_min_timestamp(now() - '5s'::INTERVAL, true) WHERE code = 1
read: SELECT count(*) FROM movr.public.promo_codes AS OF SYSTEM TIME '2026-01-01 00:00:00+00:00'
read: SELECT * FROM movr.public.promo_codes AS OF SYSTEM TIME -'1h' LIMIT 5
read: select code from movr.public.promo_codes as of system time experimental_follower_read_timestamp()
read: SELECT code FROM movr.public.promo_codes@primary WHERE code > 5
read: SELECT code FROM movr.public.promo_codes@{FORCE_INDEX=primary} WHERE code > 5
read: SELECT code FROM movr.public.promo_codes@{NO_FULL_SCAN}
read: SELECT code FROM movr.public.promo_codes@{FORCE_INDEX=idx_rules,DESC} ORDER BY code DESC
read: SELECT code::STRING, rules::INT8, code::BYTES FROM movr.public.promo_codes
read: SELECT CAST(rules AS STRING), CAST(code AS DECIMAL(10, 2)) FROM movr.public.promo_codes
read: SELECT rules:::STRING FROM movr.public.promo_codes
read: SELECT ifnull(rules, rules), nvl(rules, rules), if(rules IS NULL, 1, 2) FROM movr.public.promo_codes
read: SELECT code, row_number() OVER (PARTITION BY rules ORDER BY code) FROM movr.public.promo_codes
read: SELECT rules, count(*) FROM movr.public.promo_codes GROUP BY rules HAVING count(*) > 1 ORDER BY 2 DESC
read: SELECT * FROM movr.public.promo_codes WITH ORDINALITY
read: SELECT x.code, y.code FROM movr.public.promo_codes AS x INNER HASH JOIN movr.public.promo_codes AS y ON x.code = y.code
read: SELECT x.code FROM movr.public.promo_codes x LEFT LOOKUP JOIN movr.public.promo_codes y ON x.code = y.code
read: SELECT x.code FROM movr.public.promo_codes x INNER MERGE JOIN movr.public.promo_codes y USING (code)
read: EXPLAIN SELECT * FROM movr.public.promo_codes
read: EXPLAIN (DISTSQL) SELECT * FROM movr.public.promo_codes
read: EXPLAIN (VERBOSE) SELECT * FROM movr.public.promo_codes
read: EXPLAIN (OPT, VERBOSE) SELECT code FROM movr.public.promo_codes
read: EXPLAIN (VEC) SELECT code FROM movr.public.promo_codes
read: EXPLAIN (TYPES) SELECT code FROM movr.public.promo_codes
read: EXPLAIN (OPT, ENV) SELECT code FROM movr.public.promo_codes
read: WITH x AS MATERIALIZED (SELECT * FROM movr.public.promo_codes) SELECT count(*) FROM x
read: TABLE movr.public.promo_codes
read: SELECT crdb_region FROM movr.public.promo_codes
read: SELECT * FROM movr.public.promo_codes WHERE rules IN (SELECT rules FROM movr.public.promo_codes LIMIT 10)
read: SELECT experimental_strftime(now(), '%Y'), fnv64(code::STRING) FROM movr.public.promo_codes
read: SELECT sqrdiff(1.0), concat_agg('a') FROM movr.public.promo_codes
select: SELECT * FROM movr.public.promo_codes FOR UPDATE
select: SELECT * FROM movr.public.promo_codes WHERE code = 1 FOR SHARE SKIP LOCKED
select: SELECT * FROM movr.public.promo_codes FOR KEY SHARE NOWAIT
select: SELECT * FROM movr.public.promo_codes AS OF SYSTEM TIME '-1s' FOR UPDATE
select: SELECT * FROM [INSERT INTO movr.public.promo_codes (code) VALUES (1) RETURNING code]
select: SELECT * FROM [DELETE FROM movr.public.promo_codes RETURNING code] AS x
select: SELECT x.code FROM movr.public.promo_codes x, [UPDATE movr.public.promo_codes SET rules = rules RETURNING code] AS y
select: SELECT * FROM [UPSERT INTO movr.public.promo_codes (code) VALUES (1) RETURNING code]
select: WITH x AS (UPSERT INTO movr.public.promo_codes (code) VALUES (1) RETURNING code) SELECT * FROM x
select: WITH x AS (DELETE FROM movr.public.promo_codes RETURNING code) SELECT count(*) FROM x
select: SELECT my_udf(code) FROM movr.public.promo_codes
select: SELECT public.my_udf(code) FROM movr.public.promo_codes
select: SELECT nextval('s'), code FROM movr.public.promo_codes
select: SELECT rules::my_enum FROM movr.public.promo_codes
select: SELECT count(*) FROM [SHOW TABLES], movr.public.promo_codes
select: SELECT crdb_internal.force_retry('1s') FROM movr.public.promo_codes
insert: INSERT INTO movr.public.promo_codes (code, rules) VALUES (1, 2) RETURNING NOTHING
insert: INSERT INTO movr.public.promo_codes (code) VALUES (unique_rowid()) ON CONFLICT (code) DO UPDATE SET rules = excluded.rules
insert: INSERT INTO movr.public.promo_codes (code) SELECT generate_series(1, 3)
upsert: UPSERT INTO movr.public.promo_codes (code, rules) VALUES (1, 2)
upsert: upsert into movr.public.promo_codes select * from movr.public.promo_codes
upsert: WITH s AS (SELECT 1) UPSERT INTO movr.public.promo_codes (code) SELECT 1 FROM s
update: UPDATE movr.public.promo_codes SET rules = rules WHERE code = 1 ORDER BY code LIMIT 10 RETURNING NOTHING
update: UPDATE movr.public.promo_codes@primary SET rules = 1 WHERE true
delete: DELETE FROM movr.public.promo_codes WHERE code < 5 ORDER BY code LIMIT 100
delete: DELETE FROM movr.public.promo_codes@primary WHERE rules IS NULL RETURNING code
ddl: ALTER TABLE movr.public.promo_codes SPLIT AT VALUES (10), (20)
ddl: ALTER TABLE movr.public.promo_codes SCATTER
ddl: ALTER TABLE movr.public.promo_codes CONFIGURE ZONE USING num_replicas = 5
ddl: ALTER TABLE movr.public.promo_codes SET LOCALITY REGIONAL BY ROW
ddl: CREATE INDEX CONCURRENTLY ON movr.public.promo_codes (rules) STORING (code)
ddl: CREATE INVERTED INDEX ON movr.public.promo_codes (rules)
ddl: ALTER TABLE movr.public.promo_codes SET (ttl_expire_after = '1 day')
ddl: TRUNCATE movr.public.promo_codes
show: SHOW CREATE TABLE movr.public.promo_codes
show: SHOW COLUMNS FROM movr.public.promo_codes
show: SHOW INDEXES FROM movr.public.promo_codes
show: SHOW RANGES FROM TABLE movr.public.promo_codes
show: SHOW STATISTICS FOR TABLE movr.public.promo_codes
explain: EXPLAIN ANALYZE SELECT * FROM movr.public.promo_codes
explain: EXPLAIN ANALYZE (DEBUG) SELECT * FROM movr.public.promo_codes
explain: EXPLAIN ANALYZE (DISTSQL) UPDATE movr.public.promo_codes SET rules = 1
explain: EXPLAIN (DEBUG) SELECT * FROM movr.public.promo_codes
explain: EXPLAIN UPSERT INTO movr.public.promo_codes (code) VALUES (1)
utility: BACKUP TABLE movr.public.promo_codes INTO 'nodelocal://1/x' AS OF SYSTEM TIME '-10s'
utility: RESTORE TABLE movr.public.promo_codes FROM LATEST IN 'nodelocal://1/x'
utility: EXPORT INTO CSV 'nodelocal://1/x' FROM SELECT * FROM movr.public.promo_codes
utility: ANALYZE movr.public.promo_codes
copy: COPY movr.public.promo_codes (code, rules) FROM STDIN
copy: COPY movr.public.promo_codes TO STDOUT
ddl: IMPORT INTO movr.public.promo_codes (code) CSV DATA ('nodelocal://1/x')
read: SELECT * FROM defaultdb.events WHERE ts = $1
read: SELECT ts, kind FROM defaultdb.events AS OF SYSTEM TIME '-10s' WHERE ts = 1
read: SELECT kind FROM defaultdb.events AS OF SYSTEM TIME follower_read_timestamp()
read: SELECT kind FROM defaultdb.events AS OF SYSTEM TIME with_max_staleness('10s') WHERE ts = $1
read: SELECT kind FROM defaultdb.events AS OF SYSTEM TIME with_min_timestamp(now() - '5s'::INTERVAL, true) WHERE ts = 1
read: SELECT count(*) FROM defaultdb.events AS OF SYSTEM TIME '2026-01-01 00:00:00+00:00'
read: SELECT * FROM defaultdb.events AS OF SYSTEM TIME -'1h' LIMIT 5
read: select ts from defaultdb.events as of system time experimental_follower_read_timestamp()
read: SELECT ts FROM defaultdb.events@primary WHERE ts > 5
read: SELECT ts FROM defaultdb.events@{FORCE_INDEX=primary} WHERE ts > 5
read: SELECT ts FROM defaultdb.events@{NO_FULL_SCAN}
read: SELECT ts FROM defaultdb.events@{FORCE_INDEX=idx_kind,DESC} ORDER BY ts DESC
read: SELECT ts::STRING, kind::INT8, ts::BYTES FROM defaultdb.events
read: SELECT CAST(kind AS STRING), CAST(ts AS DECIMAL(10, 2)) FROM defaultdb.events
read: SELECT kind:::STRING FROM defaultdb.events
read: SELECT ifnull(kind, kind), nvl(kind, kind), if(kind IS NULL, 1, 2) FROM defaultdb.events
read: SELECT ts, row_number() OVER (PARTITION BY kind ORDER BY ts) FROM defaultdb.events
read: SELECT kind, count(*) FROM defaultdb.events GROUP BY kind HAVING count(*) > 1 ORDER BY 2 DESC
read: SELECT * FROM defaultdb.events WITH ORDINALITY
read: SELECT x.ts, y.ts FROM defaultdb.events AS x INNER HASH JOIN defaultdb.events AS y ON x.ts = y.ts
read: SELECT x.ts FROM defaultdb.events x LEFT LOOKUP JOIN defaultdb.events y ON x.ts = y.ts
read: SELECT x.ts FROM defaultdb.events x INNER MERGE JOIN defaultdb.events y USING (ts)
read: EXPLAIN SELECT * FROM defaultdb.events
read: EXPLAIN (DISTSQL) SELECT * FROM defaultdb.events
read: EXPLAIN (VERBOSE) SELECT * FROM defaultdb.events
read: EXPLAIN (OPT, VERBOSE) SELECT ts FROM defaultdb.events
read: EXPLAIN (VEC) SELECT ts FROM defaultdb.events
read: EXPLAIN (TYPES) SELECT ts FROM defaultdb.events
read: EXPLAIN (OPT, ENV) SELECT ts FROM defaultdb.events
read: WITH x AS MATERIALIZED (SELECT * FROM defaultdb.events) SELECT count(*) FROM x
read: TABLE defaultdb.events
read: SELECT crdb_region FROM defaultdb.events
read: SELECT * FROM defaultdb.events WHERE kind IN (SELECT kind FROM defaultdb.events LIMIT 10)
read: SELECT experimental_strftime(now(), '%Y'), fnv64(ts::STRING) FROM defaultdb.events
read: SELECT sqrdiff(1.0), concat_agg('a') FROM defaultdb.events
select: SELECT * FROM defaultdb.events FOR UPDATE
select: SELECT * FROM defaultdb.events WHERE ts = 1 FOR SHARE SKIP LOCKED
select: SELECT * FROM defaultdb.events FOR KEY SHARE NOWAIT
select: SELECT * FROM defaultdb.events AS OF SYSTEM TIME '-1s' FOR UPDATE
select: SELECT * FROM [INSERT INTO defaultdb.events (ts) VALUES (1) RETURNING ts]
select: SELECT * FROM [DELETE FROM defaultdb.events RETURNING ts] AS x
select: SELECT x.ts FROM defaultdb.events x, [UPDATE defaultdb.events SET kind = kind RETURNING ts] AS y
select: SELECT * FROM [UPSERT INTO defaultdb.events (ts) VALUES (1) RETURNING ts]
select: WITH x AS (UPSERT INTO defaultdb.events (ts) VALUES (1) RETURNING ts) SELECT * FROM x
select: WITH x AS (DELETE FROM defaultdb.events RETURNING ts) SELECT count(*) FROM x
select: SELECT my_udf(ts) FROM defaultdb.events
select: SELECT public.my_udf(ts) FROM defaultdb.events
select: SELECT nextval('s'), ts FROM defaultdb.events
select: SELECT kind::my_enum FROM defaultdb.events
select: SELECT count(*) FROM [SHOW TABLES], defaultdb.events
select: SELECT crdb_internal.force_retry('1s') FROM defaultdb.events
insert: INSERT INTO defaultdb.events (ts, kind) VALUES (1, 2) RETURNING NOTHING
insert: INSERT INTO defaultdb.events (ts) VALUES (unique_rowid()) ON CONFLICT (ts) DO UPDATE SET kind = excluded.kind
insert: INSERT INTO defaultdb.events (ts) SELECT generate_series(1, 3)
upsert: UPSERT INTO defaultdb.events (ts, kind) VALUES (1, 2)
upsert: upsert into defaultdb.events select * from defaultdb.events
upsert: WITH s AS (SELECT 1) UPSERT INTO defaultdb.events (ts) SELECT 1 FROM s
update: UPDATE defaultdb.events SET kind = kind WHERE ts = 1 ORDER BY ts LIMIT 10 RETURNING NOTHING
update: UPDATE defaultdb.events@primary SET kind = 1 WHERE true
delete: DELETE FROM defaultdb.events WHERE ts < 5 ORDER BY ts LIMIT 100
delete: DELETE FROM defaultdb.events@primary WHERE kind IS NULL RETURNING ts
ddl: ALTER TABLE defaultdb.events SPLIT AT VALUES (10), (20)
ddl: ALTER TABLE defaultdb.events SCATTER
ddl: ALTER TABLE defaultdb.events CONFIGURE ZONE USING num_replicas = 5
ddl: ALTER TABLE defaultdb.events SET LOCALITY REGIONAL BY ROW
ddl: CREATE INDEX CONCURRENTLY ON defaultdb.events (kind) STORING (ts)
ddl: CREATE INVERTED INDEX ON defaultdb.events (kind)
ddl: ALTER TABLE defaultdb.events SET (ttl_expire_after = '1 day')
ddl: TRUNCATE defaultdb.events
show: SHOW CREATE TABLE defaultdb.events
show: SHOW COLUMNS FROM defaultdb.events
show: SHOW INDEXES FROM defaultdb.events
show: SHOW RANGES FROM TABLE defaultdb.events
show: SHOW STATISTICS FOR TABLE defaultdb.events
explain: EXPLAIN ANALYZE SELECT * FROM defaultdb.events
explain: EXPLAIN ANALYZE (DEBUG) SELECT * FROM defaultdb.events
explain: EXPLAIN ANALYZE (DISTSQL) UPDATE defaultdb.events SET kind = 1
explain: EXPLAIN (DEBUG) SELECT * FROM defaultdb.events
explain: EXPLAIN UPSERT INTO defaultdb.events (ts) VALUES (1)
utility: BACKUP TABLE defaultdb.events INTO 'nodelocal://1/x' AS OF SYSTEM TIME '-10s'
utility: RESTORE TABLE defaultdb.events FROM LATEST IN 'nodelocal://1/x'
utility: EXPORT INTO CSV 'nodelocal://1/x' FROM SELECT * FROM defaultdb.events
utility: ANALYZE defaultdb.events
copy: COPY defaultdb.events (ts, kind) FROM STDIN
copy: COPY defaultdb.events TO STDOUT
ddl: IMPORT INTO defaultdb.events (ts) CSV DATA ('nodelocal://1/x')
read: SELECT unique_rowid()
read: SELECT gen_random_uuid()
read: SELECT gen_random_ulid()
read: SELECT cluster_logical_timestamp()
read: SELECT now()::TIMESTAMPTZ
read: SELECT current_date()
read: SELECT statement_timestamp()
read: SELECT version()
read: SELECT 'a'::STRING 
read: SELECT 
read: SELECT  'b'
read: SELECT b'abc'
read: SELECT x'1F'
read: SELECT '[1,2]'::INT[]
read: SELECT ARRAY['a']::STRING[]
read: SELECT 7 // 2
read: SELECT 2 ^ 3
read: SELECT 7 % 2
read: SELECT 'abc' ~ 'b'
read: SELECT '{"a": 1}'::JSONB -> 'a'
read: SELECT '{"a": 1}'::JSONB @> '{"a": 1}'
read: SELECT 'POINT(1 1)'::GEOMETRY
read: SELECT st_distance('POINT(1 1)'::GEOMETRY, 'POINT(2 2)'::GEOMETRY)
read: SELECT st_astext(st_makepoint(1, 2))
read: SELECT fnv32('a'), crc32c('a'), sha1('a'), sha256('a'), md5('a')
read: SELECT to_english(5)
read: SELECT from_ip(to_ip('192.0.2.1'))
read: SELECT uuid_v4(), uuid_nil()
read: SELECT to_uuid('x')
read: SELECT levenshtein('a', 'b'), soundex('a')
read: SELECT strftime(now(), '%Y'), strptime('2020', '%Y')
read: SELECT if(true, 1, 2)
read: SELECT ifnull(NULL, 1), nvl(NULL, 1)
read: SELECT iferror(1/0, 1), iserror(1/0)
read: SELECT isnan('NaN'::FLOAT)
read: SELECT pow(2, 3), sqrt(4.0), cbrt(8.0)
read: SELECT regexp_extract('abc', 'b')
read: SELECT json_set('{}', ARRAY['a'], '1'), json_remove_path('{"a": 1}', ARRAY['a'])
read: SELECT jsonb_array_to_string_array('["a"]')
read: SELECT parse_timestamp('2020-01-01'), parse_interval('1 day'), parse_date('2020-01-01')
read: SELECT extract_duration(hour FROM interval '1 h')
read: SELECT extract(epoch FROM now())
read: SELECT date_trunc('day', now())
read: SELECT * FROM generate_series(1, 10)
read: SELECT * FROM (VALUES (1, 'a')) AS v (id, s)
read: SELECT * FROM pg_catalog.pg_class
read: SELECT * FROM information_schema.tables
read: SELECT * FROM system.information_schema.columns
read: SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY id) FROM users
read: SELECT max(id), xor_agg(id) FROM users
read: SELECT array_agg(id) FILTER (WHERE id > 1) FROM users
read: SELECT id FROM users@users_city_idx AS u WHERE u.city = 'x'
read: SELECT u.id FROM users AS u, LATERAL (SELECT * FROM rides r WHERE r.rider_id = u.id LIMIT 1) AS x
read: SELECT * FROM users INNER JOIN rides ON users.id = rides.rider_id AS OF SYSTEM TIME '-5s'
read: SELECT DISTINCT ON (city) city, id FROM users ORDER BY city, id
read: SELECT similarity('a', 'b'), show_trgm('abc')
read: SELECT unordered_unique_rowid()
read: SELECT 'a'::CHAR, 1::INT2, 1::INT4, 1::INT64, 1.5::FLOAT8, '1'::DECIMAL, true::BOOL
read: SELECT '192.0.2.1'::INET
read: SELECT '1 day'::INTERVAL
read: SELECT B'101'::VARBIT
read: SELECT 'x'::"char"
read: SELECT 'a'::NAME, 1::OID, 'users'::REGCLASS
read: SELECT (1, 2, 3) = (1, 2, 3)
read: SELECT ARRAY[1, 2] && ARRAY[2]
read: SELECT NULL::STRING
read: SELECT e'\x41', e'a\'b'
read: SELECT pg_typeof(1)
read: SELECT width_bucket(5, 0, 10, 2)
read: SELECT encode('abc', 'hex'), decode('00', 'hex')
read: SELECT uuid_generate_v4()
read: SELECT uuid_generate_v5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'x')
read: SELECT st_contains(a.g, b.g) FROM a, b
read: SELECT st_dwithin(a.g::GEOGRAPHY, 'POINT(1 1)'::GEOGRAPHY, 100) FROM a
select: SELECT crdb_internal.force_retry('1s')
select: SELECT crdb_internal.force_error('40001', 'x')
select: SELECT crdb_internal.serialize_session()
select: SELECT crdb_internal.deserialize_session('x')
select: SELECT crdb_internal.unsafe_upsert_descriptor(1, 'x')
select: SELECT crdb_internal.request_statement_bundle('x', 0, '0', '0')
select: SELECT nextval('s')
select: SELECT setval('s', 1)
select: SELECT lastval()
select: SELECT pg_advisory_lock(1)
select: SELECT pg_try_advisory_lock(1)
select: SELECT set_config('application_name', 'x', false)
select: SELECT set_config('application_name', $1, true)
select: SELECT my_udf(1)
select: SELECT shop.my_udf(1)
select: SELECT st_mycustom(1)
select: SELECT crdb_internal.node_id()
select: SELECT * FROM [SHOW TABLES]
select: SELECT * FROM [SHOW JOBS] WHERE status = 'failed'
select: SELECT a FROM [SHOW COMMIT TIMESTAMP]
select: SELECT * FROM [EXPLAIN SELECT 1]
select: SELECT * FROM [CANCEL JOBS (SELECT 1)]
select: SELECT * FROM t1, [DELETE FROM t2 RETURNING a]
select: SELECT 'x'::my_enum
select: SELECT my_enum 'x'
select: SELECT * FROM t FOR NO KEY UPDATE
select: SELECT pg_sleep(1)
select: SELECT crdb_internal.reset_sql_stats()
select: SELECT * INTO x FROM y
select: SELECT 'a':::my_type
begin: BEGIN PRIORITY HIGH
begin: BEGIN TRANSACTION PRIORITY LOW
begin: BEGIN ISOLATION LEVEL SERIALIZABLE, PRIORITY NORMAL
begin: BEGIN AS OF SYSTEM TIME '-10s'
begin: BEGIN TRANSACTION AS OF SYSTEM TIME follower_read_timestamp()
begin: BEGIN PRIORITY HIGH AS OF SYSTEM TIME '-10s'
begin: BEGIN READ ONLY, AS OF SYSTEM TIME '-1m'
begin: BEGIN ISOLATION LEVEL SNAPSHOT
begin: START TRANSACTION PRIORITY HIGH
settransaction: SET TRANSACTION PRIORITY HIGH
settransaction: SET TRANSACTION AS OF SYSTEM TIME '-10s'
settransaction: SET TRANSACTION ISOLATION LEVEL READ COMMITTED, PRIORITY LOW
settransaction: SET SESSION TRANSACTION PRIORITY LOW
set: SET DATABASE = movr
set: SET database TO movr
set: USE movr
set: SET TRACING = on
set: SET tracing = off
set: SET application_name = 'x'
set: SET SESSION default_transaction_use_follower_reads = on
set: SET inject_retry_errors_enabled = true
set: SET sql_safe_updates = false
set: SET results_buffer_size = '1MiB'
set: SET statement_timeout = '5s'
set: SET TIME ZONE -3
set: SET TIME ZONE 'America/New_York'
set: SET search_path = a, b
set: SET LOCAL statement_timeout = 100
set: SET enable_zigzag_join = on
set: SET default_transaction_priority = high
set: SET experimental_enable_temp_tables = 'on'
set: SET ROLE root
set: SET ROLE NONE
set: SET distsql = always
set: SET kv_transaction_buffered_writes_enabled = on
set: SET my.custom = 'x'
reset: RESET application_name
reset: RESET SESSION application_name
reset: RESET search_path
resetall: RESET ALL
discardall: DISCARD ALL
utility: SET CLUSTER SETTING kv.rangefeed.enabled = true
utility: RESET CLUSTER SETTING kv.rangefeed.enabled
utility: CANCEL QUERY '1'
utility: CANCEL SESSION '1'
utility: CANCEL JOB 1
utility: PAUSE JOB 1
utility: RESUME JOB 1
utility: PAUSE SCHEDULE 1
utility: BACKUP INTO 'nodelocal://1/x'
utility: BACKUP DATABASE movr INTO LATEST IN 'x'
utility: RESTORE DATABASE movr FROM LATEST IN 'x'
utility: EXPORT INTO PARQUET 'x' FROM TABLE rides
show: SHOW node_id
show: SHOW CLUSTER SETTING version
show: SHOW ALL CLUSTER SETTINGS
show: SHOW DATABASES
show: SHOW TABLES
show: SHOW JOBS
show: SHOW SESSIONS
show: SHOW QUERIES
show: SHOW TRACE FOR SESSION
show: SHOW TRANSACTION STATUS
show: SHOW SAVEPOINT STATUS
show: SHOW LAST QUERY STATISTICS
show: SHOW COMMIT TIMESTAMP
show: SHOW TRANSFER STATE
show: SHOW REGIONS
show: SHOW GRANTS
show: SHOW USERS
show: SHOW ROLES
show: SHOW ZONE CONFIGURATIONS
show: SHOW CREATE ALL TABLES
show: SHOW SEQUENCES
show: SHOW SCHEMAS
show: SHOW TYPES
show: SHOW BACKUPS IN 'x'
show: SHOW DEFAULT PRIVILEGES
show: SHOW crdb_version
show: SHOW transaction_isolation
show: SHOW application_name
show: SHOW TIME ZONE
ddl: CREATE TABLE t (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), a STRING, INDEX (a), FAMILY f (id, a))
ddl: CREATE TABLE t (a INT PRIMARY KEY USING HASH)
ddl: CREATE TABLE t AS SELECT * FROM users AS OF SYSTEM TIME '-1s'
ddl: CREATE DATABASE d PRIMARY REGION "us-east1" REGIONS "us-east1"
ddl: ALTER DATABASE d ADD REGION "us-west1"
ddl: CREATE CHANGEFEED FOR TABLE users INTO 'kafka://x'
ddl: CREATE SCHEDULE s FOR BACKUP INTO 'x' RECURRING '@daily'
ddl: DROP SCHEDULE 1
ddl: CREATE STATISTICS s ON a FROM t
ddl: ALTER RANGE default CONFIGURE ZONE USING gc.ttlseconds = 600
ddl: ALTER PARTITION p OF TABLE t CONFIGURE ZONE DISCARD
ddl: CREATE USER u WITH PASSWORD 'x'
ddl: GRANT SYSTEM VIEWACTIVITY TO u
ddl: CREATE FUNCTION f() RETURNS INT LANGUAGE SQL AS 'SELECT 1'
ddl: CREATE TEMP TABLE t (a INT)
ddl: CREATE SEQUENCE s PER NODE CACHE 10
ddl: CREATE TYPE e AS ENUM ('a')
ddl: ALTER TENANT 1 SET CLUSTER SETTING x = 1
ddl: ALTER VIRTUAL CLUSTER a COMPLETE REPLICATION TO LATEST
ddl: DROP TABLE t CASCADE
ddl: COMMENT ON DATABASE d IS 'x'
ddl: REFRESH MATERIALIZED VIEW v AS OF SYSTEM TIME '-1s'
ddl: CREATE EXTERNAL CONNECTION c AS 'x'
ddl: ALTER JOB 1 OWNER TO u
ddl: TRUNCATE a, b CASCADE
savepoint: SAVEPOINT cockroach_restart
savepoint: savepoint COCKROACH_RESTART
savepoint: SAVEPOINT cockroach_restart_2
release: RELEASE SAVEPOINT cockroach_restart
release: RELEASE cockroach_restart
rollbackto: ROLLBACK TO SAVEPOINT cockroach_restart
script: BEGIN; SAVEPOINT cockroach_restart; SELECT 1
script: RELEASE SAVEPOINT cockroach_restart; COMMIT
script: SELECT 1; UPSERT INTO t VALUES (1)
script: SET TRACING = on; SELECT 1
script: SELECT 1 AS OF SYSTEM TIME '-1s'; DELETE FROM t
script: SELECT 1; SET CLUSTER SETTING a.b = 1
unknown: SPLIT TABLE t
unknown: SCRUB DATABASE movr
unknown: EXPERIMENTAL SCRUB TABLE t
unknown: INSPECT TABLE t
unknown: CONTROL x
unknown: MOVR
unknown: ANALYSEX t
unknown: SET x = concat('a', 'b')
unknown: SET (a = 1)
unknown: REPAIR x
declare: DECLARE c CURSOR FOR SELECT * FROM users
declarehold: DECLARE c CURSOR WITH HOLD FOR SELECT 1
fetch: FETCH 5 FROM c
fetch: MOVE 1 FROM c
close: CLOSE c
deallocateall: DEALLOCATE ALL
call: CALL p(1)
do: DO $$ BEGIN NULL; END $$
prepare: PREPARE p AS UPSERT INTO t VALUES ($1)
prepare: PREPARE p (INT, STRING) AS SELECT $1, $2
execute: EXECUTE p (1)
