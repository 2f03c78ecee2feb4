// pgx on the console in its default mode: each command is prepared under a name and described, and numbers are
// asked for in the binary format.
//
//	go run console.go HOST PORT      prints "all ok" at the end
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/jackc/pgx/v4"
)

var background = context.Background()

func check(holds bool, format string, arguments ...interface{}) {
	if !holds {
		panic(fmt.Sprintf(format, arguments...))
	}
}

func connect(user, database string) *pgx.Conn {
	url := fmt.Sprintf("postgres://%s@%s:%s/%s?sslmode=disable", user, os.Args[1], os.Args[2], database)
	connection, err := pgx.Connect(background, url)
	check(err == nil, "%v", err)
	return connection
}

// The value of `column` in the row whose column `key` is `wanted`, as the driver decodes it.
func cell(console *pgx.Conn, show, key, wanted, column string) interface{} {
	rows, err := console.Query(background, show)
	check(err == nil, "%s: %v", show, err)
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		check(err == nil, "%s: %v", show, err)
		row := map[string]interface{}{}
		for i, field := range rows.FieldDescriptions() {
			row[string(field.Name)] = values[i]
		}
		if row[key] == wanted {
			return row[column]
		}
	}
	panic(fmt.Sprintf("%s has no row for %s: %v", show, wanted, rows.Err()))
}

func execute(connection *pgx.Conn, command string) error {
	_, err := connection.Exec(background, command)
	return err
}

func main() {
	application, console := connect("app", "app"), connect("admin", "pgbouncer")
	for i := 0; i < 10; i++ { // the statement's first use, and later ones
		check(execute(application, "SELECT 1") == nil, "the application")
		check(cell(console, "SHOW POOLS", "database", "app", "pool_mode") == "transaction", "pool_mode")
		clients := cell(console, "SHOW POOLS", "database", "app", "cl_active")
		check(clients == int64(1) || clients == int32(1), "cl_active: %v (%T)", clients, clients)
		check(cell(console, "SHOW CONFIG", "key", "pool_mode", "value") == "transaction", "SHOW CONFIG")
		check(execute(console, "PAUSE app") == nil, "PAUSE")
		paused := cell(console, "SHOW DATABASES", "name", "app", "paused")
		check(fmt.Sprint(paused) == "1", "paused: %v", paused)
		check(execute(console, "RESUME app") == nil, "RESUME")
		check(execute(console, "RESUME app") != nil, "a database that is not paused")
		check(execute(console, "NONSENSE") != nil, "no such command")
	}
	for _, show := range []string{"CLIENTS", "SERVERS", "SOCKETS", "STATS", "STATS_TOTALS", "TOTALS", "LISTS", "USERS",
		"MEM", "VERSION", "DNS_HOSTS", "DNS_ZONES", "PEERS", "PEER_POOLS", "STATE"} {
		rows, err := console.Query(background, "SHOW "+show)
		check(err == nil, "SHOW %s: %v", show, err)
		for rows.Next() {
			_, err = rows.Values()
			check(err == nil, "SHOW %s: %v", show, err)
		}
		check(rows.Err() == nil, "SHOW %s: %v", show, rows.Err())
	}
	fmt.Println("all ok")
}
