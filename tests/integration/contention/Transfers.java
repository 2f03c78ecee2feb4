// pgJDBC as an application uses it, many clients on few rows, without a retry loop: see transfers.py, whose
// arguments and output these are.
//
//   java -cp postgresql.jar Transfers.java HOST PORT MODE CLIENTS TRANSACTIONS SEED [retry]

import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

public class Transfers {
    private static final int HOT_ACCOUNTS = 8;
    private static final int HOT_LISTS = 5;
    private static final int STEPS = 4;

    private static String url;
    private static String mode;
    private static boolean retry;
    private static final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    /** One transaction: what it does, and what it says of itself when it does not come to its end. */
    private abstract static class Work {
        String intended;

        abstract String run(Connection connection) throws SQLException;
    }

    private static Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection(url, "app", "");
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        return connection;
    }

    private static void update(Connection connection, String sql, long... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) statement.setLong(i + 1, values[i]);
            statement.executeUpdate();
        }
    }

    private static long read(Connection connection, String sql, long... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) statement.setLong(i + 1, values[i]);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    private static void blind(Connection connection, long from, long to, long amount) throws SQLException {
        update(connection, "UPDATE accounts SET balance = balance - ? WHERE id = ?", amount, from);
        update(connection, "UPDATE accounts SET balance = balance + ? WHERE id = ?", amount, to);
    }

    private static void computed(Connection connection, long account, long change) throws SQLException {
        long balance = read(connection, "SELECT balance FROM accounts WHERE id = ?", account);
        update(connection, "UPDATE accounts SET balance = ? WHERE id = ?", balance + change, account);
    }

    private static Work transfer(long number, Random chance) {
        long from = 1 + chance.nextInt(HOT_ACCOUNTS);
        long to = 1 + (from + chance.nextInt(HOT_ACCOUNTS - 1)) % HOT_ACCOUNTS;
        long amount = 1 + chance.nextInt(9);
        Work work = new Work() {
            @Override
            String run(Connection connection) throws SQLException {
                if (mode.equals("rmw")) {
                    computed(connection, from, -amount);
                    computed(connection, to, amount);
                } else {
                    if (mode.equals("lock"))
                        read(connection, "SELECT id FROM accounts WHERE id IN (?, ?) ORDER BY id FOR UPDATE", from, to);
                    blind(connection, from, to, amount);
                }
                update(connection, "INSERT INTO transfers VALUES (?, ?, ?, ?)", number, from, to, amount);
                return intended;
            }
        };
        work.intended = Long.toString(number);
        return work;
    }

    private static String readList(Connection connection, int key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT items FROM lists WHERE id = ?")) {
            statement.setInt(1, key);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                StringJoiner items = new StringJoiner(",");
                for (Integer item : (Integer[]) rows.getArray(1).getArray()) items.add(item.toString());
                return items.toString();
            }
        }
    }

    private static Work lists(long number, Random chance) {
        boolean[] append = new boolean[STEPS];
        int[] key = new int[STEPS];
        StringJoiner appends = new StringJoiner(" ");
        for (int i = 0; i < STEPS; i++) {
            append[i] = chance.nextBoolean();
            key[i] = 1 + chance.nextInt(HOT_LISTS);
            if (append[i]) appends.add("a:" + key[i] + ":" + (number * STEPS + i));
        }
        Work work = new Work() {
            @Override
            String run(Connection connection) throws SQLException {
                StringJoiner said = new StringJoiner(" ");
                for (int i = 0; i < STEPS; i++) {
                    long value = number * STEPS + i;
                    if (append[i]) {
                        update(connection, "UPDATE lists SET items = items || ?::int WHERE id = ?", value, key[i]);
                        said.add("a:" + key[i] + ":" + value);
                    } else {
                        said.add("r:" + key[i] + ":" + readList(connection, key[i]));
                    }
                }
                return said.toString();
            }
        };
        work.intended = appends.toString();
        return work;
    }

    private static boolean serialization(SQLException error) {
        return "40001".equals(error.getSQLState()) || "40P01".equals(error.getSQLState());
    }

    private static String attempt(Connection connection, Work work) throws SQLException {
        try {
            String said = work.run(connection);
            connection.commit();
            return "ok " + said;
        } catch (SQLException error) {
            if (!connection.isClosed()) connection.rollback();
            return (serialization(error) ? "failed " : "unknown ") + work.intended + " !" + error.getSQLState();
        }
    }

    private static void client(int me, int transactions, long seed) throws SQLException {
        Random chance = new Random(seed * 1000 + me);
        Connection connection = connect();
        for (int i = 0; i < transactions; i++) {
            long number = me * 100000L + i + 1;
            Work work = mode.equals("lists") ? lists(number, chance) : transfer(number, chance);
            String line = attempt(connection, work);
            while (retry && line.startsWith("failed")) line = attempt(connection, work);
            lines.add(line);
            if (connection.isClosed()) connection = connect();
        }
        connection.close();
    }

    public static void main(String[] args) throws Exception {
        url = "jdbc:postgresql://" + args[0] + ":" + args[1] + "/app";
        mode = args[2];
        int clients = Integer.parseInt(args[3]);
        int transactions = Integer.parseInt(args[4]);
        long seed = Long.parseLong(args[5]);
        retry = args.length > 6;
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        List<Future<?>> all = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < clients; i++) {
            int me = i;
            all.add(threads.submit(() -> {
                client(me, transactions, seed);
                return null;
            }));
        }
        for (Future<?> one : all) one.get();
        threads.shutdown();
        for (String line : lines) System.out.println(line);
        System.out.printf("done %.3f%n", (System.nanoTime() - start) / 1e9);
    }
}
