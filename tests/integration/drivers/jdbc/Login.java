// pgJDBC logs in over TLS that it checks in full, by whatever the pooler asks of it.
//
//   java -cp postgresql.jar Login.java HOST PORT USER PASSWORD AUTHORITY     prints "all ok" at the end

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;

public class Login {
    private static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }

    private static Connection connect(String[] arguments, String password, String sslmode) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", arguments[2]);
        properties.setProperty("password", password);
        properties.setProperty("sslmode", sslmode);
        properties.setProperty("sslrootcert", arguments[4]);
        properties.setProperty("socketTimeout", "120");
        return DriverManager.getConnection("jdbc:postgresql://" + arguments[0] + ":" + arguments[1] + "/app",
                                           properties);
    }

    private static void works(Connection connection, String user) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT current_user, ?::int + 1")) {
            for (int i = 0; i < 10; i++) {  // beyond the threshold for named statements
                statement.setInt(1, i);
                try (ResultSet rows = statement.executeQuery()) {
                    check(rows.next(), "a row");
                    check(user.equals(rows.getString(1)), "current_user");
                    check(rows.getInt(2) == i + 1, "the parameter");
                }
            }
        }
    }

    private static void refused(String[] arguments, String password, String sslmode, String text) {
        try (Connection connection = connect(arguments, password, sslmode)) {
            throw new AssertionError("connected with " + sslmode + " although it must be refused: " + text);
        } catch (SQLException expected) {
            check(expected.getMessage().contains(text), expected.getMessage());
        }
    }

    public static void main(String[] arguments) {
        try {
            refused(arguments, arguments[3] + "!", "verify-full", "authentication failed");
            try (Connection first = connect(arguments, arguments[3], "verify-full");
                 Connection second = connect(arguments, arguments[3], "verify-full")) {
                works(first, arguments[2]);
                works(second, arguments[2]);
                refused(arguments, arguments[3] + "!", "verify-full", "authentication failed");
            }
            refused(arguments, arguments[3], "disable", "SSL required");
            System.out.println("all ok");
        } catch (Throwable error) {
            error.printStackTrace();
            System.exit(1);
        }
        System.exit(0);
    }
}
