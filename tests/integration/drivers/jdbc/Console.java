// pgJDBC on the console in its default mode, which is the extended protocol for everything.
//
//   java -cp postgresql.jar Console.java HOST PORT      prints "all ok" at the end

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

public class Console {
    private static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }

    /// The value of `column` in the row whose column `key` is `wanted`.
    private static String cell(Connection connection, String show, String key, String wanted, String column)
        throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(show);
             ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                if (wanted.equals(rows.getString(key))) return rows.getString(column);
            }
        }
        throw new AssertionError(show + " has no row for " + wanted);
    }

    private static void execute(Connection connection, String command) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(command);
        }
    }

    private static void fails(Connection connection, String command) {
        try {
            execute(connection, command);
        } catch (SQLException expected) {
            return;
        }
        throw new AssertionError("no error: " + command);
    }

    private static void dialogue(Connection console, Connection application) throws SQLException {
        for (int i = 0; i < 10; i++) {  // beyond the driver's threshold for named statements and binary results
            check("transaction".equals(cell(console, "SHOW POOLS", "database", "app", "pool_mode")), "pool_mode");
            check("transaction".equals(cell(console, "SHOW CONFIG", "key", "pool_mode", "value")), "SHOW CONFIG");
            execute(console, "PAUSE app");
            check("1".equals(cell(console, "SHOW DATABASES", "name", "app", "paused")), "paused");
            execute(console, "RESUME app");
            check("0".equals(cell(console, "SHOW DATABASES", "name", "app", "paused")), "resumed");
            fails(console, "RESUME app");
            fails(console, "NONSENSE");
            execute(application, "SELECT 1");
        }
    }

    public static void main(String[] arguments) {
        String server = "jdbc:postgresql://" + arguments[0] + ":" + arguments[1];
        try (Connection application = DriverManager.getConnection(server + "/app?socketTimeout=120", "app", "");
             Connection console =
                 DriverManager.getConnection(server + "/pgbouncer?socketTimeout=120", "admin", "")) {
            execute(application, "SELECT 1");
            dialogue(console, application);
            System.out.println("all ok");
        } catch (Throwable error) {
            error.printStackTrace();
            System.exit(1);
        }
        System.exit(0);
    }
}
