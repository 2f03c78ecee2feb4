// pgJDBC in its default mode through transaction pooling: what an application does with it.
//
//   java -cp postgresql.jar Dialogue.java HOST PORT     prints a line for each part and "all ok" at the end

import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

public class Dialogue {
    /// The driver prepares on the server from the fifth execution on: well beyond it.
    private static final int EXECUTIONS = 30;

    private static String url;

    private interface Part {
        void run(Connection connection) throws Exception;
    }

    private interface Action {
        void run() throws SQLException;
    }

    private static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }

    private static void equal(Object expected, Object found) {
        check(expected.equals(found), "expected " + expected + ", found " + found);
    }

    private static void fails(String sqlstate, Action action) {
        try {
            action.run();
        } catch (SQLException error) {
            equal(sqlstate, error.getSQLState());
            return;
        }
        throw new AssertionError("no error " + sqlstate);
    }

    private static Connection connect() throws SQLException {
        return DriverManager.getConnection(url, "app", "");
    }

    private static int number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            check(rows.next(), "a row of " + sql);
            return rows.getInt(1);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void types(Connection connection) throws SQLException {
        String sql = "SELECT ?::int, ?::bigint, ?::numeric, ?::text, ?::bytea, ?::uuid, ?::timestamptz, ?::bool, "
            + "?::float8, ?::int[], ?::text";
        UUID id = UUID.fromString("7d444840-9dc0-11d1-b245-5ffdce74fad2");
        OffsetDateTime when = OffsetDateTime.of(2024, 2, 29, 12, 34, 56, 789_000_000, ZoneOffset.UTC);
        byte[] bytes = {0, 1, -2, -1};
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < EXECUTIONS; i++) {  // from text to binary results on the way
                statement.setInt(1, -i);
                statement.setLong(2, 9007199254740993L + i);
                statement.setBigDecimal(3, new BigDecimal("12345678901234567890.0123456789"));
                statement.setString(4, "größe 😀 " + i);
                statement.setBytes(5, bytes);
                statement.setObject(6, id);
                statement.setObject(7, when);
                statement.setBoolean(8, i % 2 == 0);
                statement.setDouble(9, 0.1);
                statement.setArray(10, connection.createArrayOf("int4", new Object[] {i, null, 3}));
                statement.setNull(11, java.sql.Types.VARCHAR);
                try (ResultSet rows = statement.executeQuery()) {
                    check(rows.next(), "one row");
                    equal(-i, rows.getInt(1));
                    equal(9007199254740993L + i, rows.getLong(2));
                    equal(new BigDecimal("12345678901234567890.0123456789"), rows.getBigDecimal(3));
                    equal("größe 😀 " + i, rows.getString(4));
                    check(Arrays.equals(bytes, rows.getBytes(5)), "bytea");
                    equal(id, rows.getObject(6));
                    equal(when.toInstant(), rows.getObject(7, OffsetDateTime.class).toInstant());
                    equal(i % 2 == 0, rows.getBoolean(8));
                    equal(0.1, rows.getDouble(9));
                    equal(Arrays.asList(i, null, 3), Arrays.asList((Object[]) rows.getArray(10).getArray()));
                    check(rows.getString(11) == null, "NULL");
                }
            }
        }
    }

    private static void transactions(Connection connection) throws SQLException {
        execute(connection, "CREATE TABLE jdbc_steps (id int PRIMARY KEY)");
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO jdbc_steps VALUES (?)")) {
            for (int i = 0; i < EXECUTIONS; i++) {
                insert.setInt(1, i);
                insert.executeUpdate();
                if (i % 2 == 0) {
                    connection.commit();
                } else {
                    connection.rollback();
                }
            }
            Savepoint savepoint = connection.setSavepoint();
            insert.setInt(1, 0);
            fails("23505", insert::executeUpdate);
            fails("25P02", () -> number(connection, "SELECT 1"));
            connection.rollback(savepoint);
            insert.setInt(1, 1000);
            insert.executeUpdate();
            connection.commit();
        }
        equal(EXECUTIONS / 2 + 1, number(connection, "SELECT count(*) FROM jdbc_steps"));
        connection.commit();
        connection.setAutoCommit(true);
        execute(connection, "DROP TABLE jdbc_steps");
    }

    private static void errors(Connection connection) throws SQLException {
        fails("42601", () -> number(connection, "SELEC 1"));
        fails("42P01", () -> number(connection, "SELECT 1 FROM jdbc_nowhere"));
        try (PreparedStatement divide = connection.prepareStatement("SELECT 10 / ?")) {
            for (int i = 0; i < EXECUTIONS; i++) {
                divide.setInt(1, i % 3);
                if (i % 3 == 0) {
                    fails("22012", divide::executeQuery);
                } else {
                    try (ResultSet rows = divide.executeQuery()) {
                        check(rows.next(), "one row");
                        equal(10 / (i % 3), rows.getInt(1));
                    }
                }
            }
        }
    }

    private static void batches(Connection connection) throws SQLException {
        execute(connection, "CREATE TABLE jdbc_batch (id int PRIMARY KEY, v text)");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO jdbc_batch VALUES (?, ?)")) {
            for (int i = 0; i < 2000; i++) {
                insert.setInt(1, i);
                insert.setString(2, "v" + i);
                insert.addBatch();
            }
            int[] counts = insert.executeBatch();
            equal(2000, counts.length);
            check(Arrays.stream(counts).allMatch(count -> count == 1), "one row for each");
            for (int id : new int[] {5000, 7, 5001}) {  // the second one exists
                insert.setInt(1, id);
                insert.setString(2, "");
                insert.addBatch();
            }
            fails("23505", () -> {
                try {
                    insert.executeBatch();
                } catch (BatchUpdateException error) {
                    throw error;
                }
            });
        }
        equal(2000, number(connection, "SELECT count(*) FROM jdbc_batch"));
        execute(connection, "DROP TABLE jdbc_batch");
    }

    private static void copies(Connection connection) throws Exception {
        execute(connection, "CREATE TABLE jdbc_copy (id int, v text)");
        CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20000; i++) lines.append(i).append("\tvalue ").append(i).append('\n');
        equal(20000L, copy.copyIn("COPY jdbc_copy FROM STDIN", new StringReader(lines.toString())));
        fails("22P02", () -> {
            try {
                copy.copyIn("COPY jdbc_copy FROM STDIN", new StringReader("x\ty\n"));
            } catch (java.io.IOException error) {
                throw new AssertionError(error);
            }
        });
        StringWriter out = new StringWriter();
        equal(20000L, copy.copyOut("COPY (SELECT * FROM jdbc_copy ORDER BY id) TO STDOUT", out));
        equal(lines.toString(), out.toString());
        execute(connection, "DROP TABLE jdbc_copy");
    }

    /// A fetch size makes a portal that lives through several round trips of a transaction.
    private static void cursors(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM generate_series(1, ?) g")) {
            statement.setFetchSize(100);
            for (int i = 0; i < EXECUTIONS; i++) {
                statement.setInt(1, 1000);
                int sum = 0;
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) sum += rows.getInt(1);
                }
                equal(500500, sum);
                connection.commit();
            }
        }
        connection.setAutoCommit(true);
    }

    /// More connections than servers; each has its own statements under the driver's same names.
    private static void severalConnections(Connection ignored) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<Void>> done = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            final int me = i;
            Callable<Void> client = () -> {
                try (Connection connection = connect(); PreparedStatement ask = connection.prepareStatement(
                         "SELECT " + me + ", ?::int + 0, '" + "x".repeat(me) + "'")) {
                    for (int round = 0; round < 150; round++) {
                        ask.setInt(1, round);
                        try (ResultSet rows = ask.executeQuery()) {
                            check(rows.next(), "one row");
                            equal(me, rows.getInt(1));
                            equal(round, rows.getInt(2));
                            equal(me, rows.getString(3).length());
                        }
                    }
                }
                return null;
            };
            done.add(threads.submit(client));
        }
        threads.shutdown();
        for (Future<Void> one : done) one.get(120, TimeUnit.SECONDS);
    }

    private static void part(String name, Part part) throws Exception {
        try (Connection connection = connect()) {
            part.run(connection);
        }
        System.out.println(name + ": ok");
    }

    public static void main(String[] arguments) {
        url = "jdbc:postgresql://" + arguments[0] + ":" + arguments[1] + "/app?socketTimeout=120";
        try {
            part("types", Dialogue::types);
            part("transactions", Dialogue::transactions);
            part("errors", Dialogue::errors);
            part("batches", Dialogue::batches);
            part("copies", Dialogue::copies);
            part("cursors", Dialogue::cursors);
            part("several connections", Dialogue::severalConnections);
            System.out.println("all ok");
        } catch (Throwable error) {
            error.printStackTrace();
            System.exit(1);
        }
        System.exit(0);  // whatever threads are left
    }
}
