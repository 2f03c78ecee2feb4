// pgx in its default mode, which prepares each text under a name and keeps it: what an application does with
// it, through transaction pooling.
//
//	go run dialogue.go HOST PORT     prints a line for each part and "all ok" at the end
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
)

const executions = 30

var (
	url        string
	background = context.Background()
)

func check(holds bool, format string, arguments ...interface{}) {
	if !holds {
		panic(fmt.Sprintf(format, arguments...))
	}
}

func must(err error) { check(err == nil, "%v", err) }

func fails(sqlstate string, err error) {
	var said *pgconn.PgError
	check(errors.As(err, &said) && said.Code == sqlstate, "expected %s, found %v", sqlstate, err)
}

func connect() *pgx.Conn {
	connection, err := pgx.Connect(background, url)
	must(err)
	return connection
}

func execute(connection *pgx.Conn, sql string, arguments ...interface{}) {
	_, err := connection.Exec(background, sql, arguments...)
	must(err)
}

func number(connection *pgx.Conn, sql string, arguments ...interface{}) (value int) {
	must(connection.QueryRow(background, sql, arguments...).Scan(&value))
	return value
}

// Values cross in the binary format.
func types(connection *pgx.Conn) {
	when := time.Date(2024, 2, 29, 12, 34, 56, 789000000, time.UTC)
	for i := 0; i < executions; i++ {
		var whole int64
		var text, large string
		var bytes []byte
		var at time.Time
		var list []int32
		var nothing *string
		must(connection.QueryRow(background,
			"SELECT $1::bigint, $2::text, $3::bytea, $4::timestamptz, $5::int[], $6::text, repeat($2, 20000)",
			int64(9007199254740993)+int64(i), "größe 😀", []byte{0, 1, 254}, when, []int32{int32(i), 3}, nil).
			Scan(&whole, &text, &bytes, &at, &list, &nothing, &large))
		check(whole == 9007199254740993+int64(i), "bigint %d", whole)
		check(text == "größe 😀" && large == strings.Repeat(text, 20000), "text %s", text)
		check(len(bytes) == 3 && bytes[2] == 254, "bytea %v", bytes)
		check(at.Equal(when), "timestamptz %v", at)
		check(len(list) == 2 && list[0] == int32(i), "array %v", list)
		check(nothing == nil, "NULL")
	}
}

func transactions(connection *pgx.Conn) {
	execute(connection, "CREATE TABLE pgx_steps (id int PRIMARY KEY)")
	for i := 0; i < executions; i++ {
		transaction, err := connection.BeginTx(background, pgx.TxOptions{IsoLevel: pgx.Serializable})
		must(err)
		_, err = transaction.Exec(background, "INSERT INTO pgx_steps VALUES ($1)", i)
		must(err)
		if i%2 == 0 {
			must(transaction.Commit(background))
		} else {
			must(transaction.Rollback(background))
		}
	}
	transaction, err := connection.Begin(background)
	must(err)
	inner, err := transaction.Begin(background) // a savepoint
	must(err)
	_, err = inner.Exec(background, "INSERT INTO pgx_steps VALUES ($1)", 0)
	fails("23505", err)
	must(inner.Rollback(background))
	_, err = transaction.Exec(background, "INSERT INTO pgx_steps VALUES ($1)", 1000)
	must(err)
	must(transaction.Commit(background))
	check(number(connection, "SELECT count(*) FROM pgx_steps") == executions/2+1, "steps")
	execute(connection, "DROP TABLE pgx_steps")
}

func failures(connection *pgx.Conn) {
	for i := 0; i < executions; i++ {
		var value int
		err := connection.QueryRow(background, "SELECT 10 / $1::int", i%3).Scan(&value)
		if i%3 == 0 {
			fails("22012", err)
		} else {
			must(err)
			check(value == 10/(i%3), "10 / %d", i%3)
		}
		_, err = connection.Exec(background, "SELEC 1")
		fails("42601", err)
	}
}

// Statements queued in one batch leave in one write; one of the second batch fails.
func batches(connection *pgx.Conn) {
	execute(connection, "CREATE TABLE pgx_batch (id int PRIMARY KEY)")
	send := func(ids ...int) error {
		batch := &pgx.Batch{}
		for _, id := range ids {
			batch.Queue("INSERT INTO pgx_batch VALUES ($1)", id)
		}
		results := connection.SendBatch(background, batch)
		defer results.Close()
		for range ids {
			if _, err := results.Exec(); err != nil {
				return err
			}
		}
		return nil
	}
	for i := 0; i < executions; i++ {
		must(send(3*i, 3*i+1, 3*i+2))
		fails("23505", send(100000+i, 3*i, 200000+i))
	}
	check(number(connection, "SELECT count(*) FROM pgx_batch") == 3*executions, "a failed batch leaves nothing")
	execute(connection, "DROP TABLE pgx_batch")
}

func copies(connection *pgx.Conn) {
	execute(connection, "CREATE TABLE pgx_copy (id int, v text)")
	rows := make([][]interface{}, 20000)
	for i := range rows {
		rows[i] = []interface{}{int32(i), fmt.Sprintf("value %d", i)}
	}
	count, err := connection.CopyFrom(background, pgx.Identifier{"pgx_copy"}, []string{"id", "v"},
		pgx.CopyFromRows(rows))
	must(err)
	check(count == 20000, "%d rows copied", count)
	check(number(connection, "SELECT count(*) FROM pgx_copy WHERE v = 'value ' || id") == 20000, "as they were sent")
	execute(connection, "DROP TABLE pgx_copy")
}

// When a context ends, the driver sends a cancel and gives its connection up in the middle of the statement.
func deadlines(connection *pgx.Conn) {
	short, stop := context.WithTimeout(background, 50*time.Millisecond)
	defer stop()
	_, err := connection.Exec(short, "SELECT pg_sleep(60)")
	check(err != nil && connection.IsClosed(), "interrupted: %v", err)
	again := connect()
	defer again.Close(background)
	check(number(again, "SELECT 5") == 5, "the next connection")
}

// More connections than servers; each has its own statements under the driver's same names.
func severalConnections(*pgx.Conn) {
	var clients sync.WaitGroup
	failed := make(chan interface{}, 8)
	for me := 0; me < 8; me++ {
		clients.Add(1)
		go func(me int) {
			defer clients.Done()
			defer func() {
				if reason := recover(); reason != nil {
					failed <- reason
				}
			}()
			connection := connect()
			defer connection.Close(background)
			for round := 0; round < 150; round++ {
				var mine, now int
				must(connection.QueryRow(background, fmt.Sprintf("SELECT %d, $1::int + 0", me), round).Scan(&mine, &now))
				check(mine == me && now == round, "%d of %d: %d of %d", round, me, now, mine)
			}
		}(me)
	}
	clients.Wait()
	close(failed)
	for reason := range failed {
		panic(reason)
	}
}

func main() {
	url = fmt.Sprintf("postgres://app@%s:%s/app?sslmode=disable", os.Args[1], os.Args[2])
	for _, part := range []struct {
		name string
		run  func(*pgx.Conn)
	}{
		{"types", types}, {"transactions", transactions}, {"failures", failures}, {"batches", batches},
		{"copies", copies}, {"deadlines", deadlines}, {"several connections", severalConnections},
	} {
		connection := connect()
		part.run(connection)
		connection.Close(background)
		fmt.Println(part.name + ": ok")
	}
	fmt.Println("all ok")
}
