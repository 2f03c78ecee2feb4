-- A migration as it is run with psql: may be run again, one transaction for the rows, DDL outside of it.
CREATE TABLE IF NOT EXISTS switch_accounts (id INT PRIMARY KEY, owner TEXT NOT NULL, balance INT NOT NULL);
CREATE TABLE IF NOT EXISTS switch_migrations (id INT PRIMARY KEY, name TEXT NOT NULL);
SELECT count(*) AS applied FROM switch_migrations WHERE id = 1 \gset
\if :applied
    \echo nothing to do
\else
    BEGIN;
    INSERT INTO switch_accounts VALUES (1, 'first', 1000), (2, 'second', 1000), (3, 'third', 1000);
    INSERT INTO switch_migrations VALUES (1, 'accounts');
    COMMIT;
    ALTER TABLE switch_accounts ADD COLUMN note TEXT;
    \echo migrated
\endif
